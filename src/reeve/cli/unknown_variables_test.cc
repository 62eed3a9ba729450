#include "reeve/cli/unknown_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(UnknownVariablesTest, MisspeltOnesAreNamedWithTheNearest) {
  const char* const environment[] = {"HOME=/home/ada", "REEVE_SED=secret", "REEVE_TRACKING_URL=x",
                                     nullptr};
  EXPECT_THAT(WarnOfUnknownVariables(environment),
              ElementsAre("the variable REEVE_SED sets nothing. Did you mean \"REEVE_SEED\"?",
                          "the variable REEVE_TRACKING_URL sets nothing. Did you mean "
                          "\"REEVE_TRACKING_URI\"?"));
}

TEST(UnknownVariablesTest, KnownOnesAndThoseOfOthersAreNot) {
  const char* const environment[] = {
      "REEVE_SEED=1",     "REEVE_SERVICE_HOST=10.0.0.1",        "REEVE_PORT_5000_TCP_ADDR=10.0.0.1",
      "REEVE_DATA=/data", "REEVE_LIBRARY=/usr/lib/libreeve.so", nullptr};
  EXPECT_THAT(WarnOfUnknownVariables(environment), IsEmpty());
}

}  // namespace
}  // namespace reeve::cli
