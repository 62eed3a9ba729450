#include "reeve/server/slow_calls.h"

#include <chrono>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

class SlowCallsTest : public ::testing::Test {
 protected:
  SlowCallsTest() {
    route_.handle = [](const Request& request, Response&) {
      const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(1100);
      while (request.query == "slow" && std::chrono::steady_clock::now() < end) {
      }
    };
    MoveWhenSlow(route_);
  }
  void Call(std::string_view query) {
    Response response;
    route_.handle({.query = query}, response);
  }
  bool Moves() { return route_.takes_long({}); }
  // Calls until it moves no more; a busy machine may make a quick call slow.
  bool EndsMoving() {
    for (int i = 0; i < 100'000 && Moves(); ++i) Call("quick");
    return !Moves();
  }

  Route route_{.method = "GET", .pattern = "/x"};
};

TEST_F(SlowCallsTest, MovesUntilCallsProveQuick) {
  EXPECT_TRUE(Moves());
  Call("quick");
  EXPECT_TRUE(Moves());
  EXPECT_TRUE(EndsMoving());
}

TEST_F(SlowCallsTest, MovesAgainAfterOneSlowCall) {
  ASSERT_TRUE(EndsMoving());
  Call("slow");
  EXPECT_TRUE(Moves());
  EXPECT_TRUE(EndsMoving());
}

}  // namespace
}  // namespace reeve::server
