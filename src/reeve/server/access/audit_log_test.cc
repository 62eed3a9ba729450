#include "reeve/server/access/audit_log.h"

#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/log.h"
#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

TEST(AuditLogTest, EachCallIsOneLineAndLinesAreAppended) {
  const TestFolder folder;
  const std::string path = folder.Path("audit.jsonl");
  const std::vector<std::pair<std::string_view, std::string>> subjects = {{"run", "8d2c"}};
  for (int i = 0; i < 2; ++i) {
    auto log = AuditLog::Open(path);
    ASSERT_TRUE(log.ok()) << log.status().message();
    (*log)->Append({.unix_ms = 0,
                    .user = "ann\n\"",
                    .peer = "10.0.0.1:5",
                    .method = "POST",
                    .path = "/api",
                    .subjects = &subjects,
                    .status = 200,
                    .request_id = "id"});
    EXPECT_EQ((*log)->lost(), 0u);
  }
  const std::string line =
      R"({"time":"1970-01-01T00:00:00.000Z","user":"ann\n\"","peer":"10.0.0.1:5","method":"POST",)"
      R"("path":"/api","run":"8d2c","status":200,"request_id":"id"})"
      "\n";
  EXPECT_EQ(*FileSystem::System().Read(path, 10'000), line + line);
}

TEST(AuditLogTest, AFullDiskIsCounted) {
  auto log = AuditLog::Open("/dev/full");
  if (!log.ok()) GTEST_SKIP() << log.status().message();
  SetLogLevel(LogLevel::kOff);
  (*log)->Append({.path = "/a"});
  (*log)->Append({.path = "/b"});
  SetLogLevel(LogLevel::kWarning);
  EXPECT_EQ((*log)->lost(), 2u);
}

TEST(AuditLogTest, AFileThatCannotBeOpenedIsAnError) {
  EXPECT_EQ(AuditLog::Open("/proc/none/audit").status().code(), StatusCode::kIo);
}

}  // namespace
}  // namespace reeve::server
