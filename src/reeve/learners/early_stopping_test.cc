#include "reeve/learners/early_stopping.h"

#include <cmath>

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

// Watches loss(round) until it ends, 3000 rounds at most; gives how many it took.
template <typename Loss>
int RoundsOf(EarlyStopping& stopping, Loss loss) {
  int round = 0;
  while (round < 3000 && !stopping.ended()) {
    stopping.Watch(round, loss(round));
    ++round;
  }
  return round;
}

TEST(EarlyStoppingTest, WaitsThreeFullStepsAndAnEighth) {
  EarlyStopping stopping(0, 0.1, 1000);
  const int rounds = RoundsOf(stopping, [](int r) { return 0.6 + std::abs(r - 80) * 1e-4; });
  EXPECT_EQ(stopping.best_round(), 80);
  EXPECT_EQ(rounds, 80 + 30 + 10 + 1);
}

TEST(EarlyStoppingTest, SlowLearnersMayPauseLonger) {
  EarlyStopping stopping(0, 0.05, 1000);
  const int rounds = RoundsOf(stopping, [](int r) { return 0.6 + std::abs(r - 80) * 1e-4; });
  EXPECT_EQ(rounds, 80 + 60 + 10 + 1);
}

TEST(EarlyStoppingTest, APatienceThatIsGivenIsKept) {
  EarlyStopping stopping(5, 0.1, 1000);
  EXPECT_EQ(RoundsOf(stopping, [](int r) { return 0.6 + std::abs(r - 80) * 1e-4; }), 86);
}

// Without noise each round gains, ever less; what no number of digits shows is no reason to go on.
TEST(EarlyStoppingTest, EndsWhereLittleIsLeftAndLessIsGained) {
  const auto falling = [](int r) { return 0.7 * std::exp(-r / 20.0) + 1e-9 * (3000 - r); };
  EarlyStopping stopping(0, 0.1, 1000);
  EXPECT_LT(RoundsOf(stopping, falling), 500);
  EarlyStopping told(20, 0.1, 1000);
  EXPECT_EQ(RoundsOf(told, falling), 3000);
}

TEST(EarlyStoppingTest, SmallGainsCountWhereMuchIsLeft) {
  EarlyStopping stopping(0, 0.1, 1000);
  EXPECT_EQ(RoundsOf(stopping, [](int r) { return 0.5 - 1e-6 * r; }), 3000);
}

}  // namespace
}  // namespace reeve::learners
