#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {
namespace {

TEST(StoreOpenTest, MakesAStoreAndTheFoldersAboveIt) {
  const TestFolder folder;
  const Result<std::unique_ptr<Store>> store =
      Store::Open("sqlite:///" + folder.Path("a/b/mlflow.db"), {});
  ASSERT_TRUE(store.ok()) << store.status().message();
  EXPECT_EQ((*store)->folder(), folder.Path("a/b"));
  EXPECT_TRUE(FileSystem::System().Exists(folder.Path("a/b/mlflow.db")));
}

TEST(StoreOpenTest, UnknownSchemesAreWrongUsage) {
  for (const char* uri : {"", "mlflow.db", "sqlite:", "sqlite://", "sqlite:///", "mysql://host/db",
                          "file:///tmp/mlruns", "SQLITE:///x.db", "sqlite:///:memory:",
                          "sqlite://relative.db", "sqlite:///a.db?timeout=3"}) {
    const Result<std::unique_ptr<Store>> store = Store::Open(uri, {});
    ASSERT_FALSE(store.ok()) << uri;
    EXPECT_EQ(store.status().code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_NE(store.status().message().find("sqlite:///mlflow.db"), std::string::npos) << uri;
  }
}

TEST(StoreOpenTest, ServersAreOpenedWithoutAskingThem) {
  for (const char* uri : {"http://127.0.0.1:1", "https://example.org/mlflow", "HTTP://h"}) {
    const Result<std::unique_ptr<Store>> store = Store::Open(uri, {.create = false});
    EXPECT_TRUE(store.ok()) << uri << ": " << store.status().message();
  }
}

TEST(StoreOpenTest, PasswordsInAddressesAreNotRepeated) {
  for (const char* uri : {"mysql://ada:hunter2@db/x", "postgresql://ada:hunter2%@db/x",
                          "postgresql://ada:hunter2/@db/x", "https://ada:hunter2@h:x"}) {
    const Status status = Store::Open(uri, {}).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_EQ(status.message().find("hunter2"), std::string::npos) << uri;
  }
}

TEST(StoreOpenTest, ADatabaseThatDoesNotAnswerIsUnavailable) {
  const Status status = Store::Open("postgresql://ada:hunter2@127.0.0.1:1/x", {}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("127.0.0.1:1/x"), std::string::npos) << status.message();
  EXPECT_EQ(status.message().find("hunter2"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace reeve::tracking
