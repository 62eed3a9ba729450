#include "reeve/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(LogTest, WritesOneLineToStderrFromTheLevelUp) {
  testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, "not shown by default");
  Log(LogLevel::kWarning, "shown {} %s");
  SetLogLevel(LogLevel::kDebug);
  Log(LogLevel::kDebug, "shown now");
  SetLogLevel(LogLevel::kOff);
  Log(LogLevel::kError, "never shown");
  SetLogLevel(LogLevel::kWarning);
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_THAT(written, testing::MatchesRegex("[0-9T:.-]+ warning shown \\{\\} %s\n"
                                             "[0-9T:.-]+ debug shown now\n"));
}

}  // namespace
}  // namespace reeve
