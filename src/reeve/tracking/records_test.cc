#include "reeve/tracking/records.h"

#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

TEST(RunStatusTest, EveryStatusIsReadBackFromItsName) {
  const std::vector<std::pair<RunStatus, std::string>> cases = {
      {RunStatus::kRunning, "RUNNING"},
      {RunStatus::kScheduled, "SCHEDULED"},
      {RunStatus::kFinished, "FINISHED"},
      {RunStatus::kFailed, "FAILED"},
      {RunStatus::kKilled, "KILLED"}};
  for (const auto& [status, name] : cases) {
    EXPECT_EQ(RunStatusName(status), name);
    EXPECT_EQ(ParseRunStatus(name), status);
  }
}

TEST(RunStatusTest, UnknownNamesReadAsRunning) {
  for (const char* name : {"", "running", "DONE", "FINISHED "})
    EXPECT_EQ(ParseRunStatus(name), RunStatus::kRunning) << name;
}

}  // namespace
}  // namespace reeve::tracking
