#include "reeve/report/plot.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::report {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(TicksTest, AreRoundNumbersInsideOfTheRange) {
  EXPECT_THAT(Ticks(0, 1, 6), ElementsAre(0, DoubleNear(0.2, 1e-12), DoubleNear(0.4, 1e-12),
                                          DoubleNear(0.6, 1e-12), DoubleNear(0.8, 1e-12), 1));
  EXPECT_THAT(Ticks(317, 943, 4), ElementsAre(400, 600, 800));
  EXPECT_THAT(Ticks(-3, 3, 6), ElementsAre(-3, -2, -1, 0, 1, 2, 3));
}

TEST(TicksTest, EndForEveryRange) {
  const double values[] = {0,
                           1,
                           -1,
                           1e-320,
                           1e300,
                           -1e300,
                           1.7e308,
                           -1.7e308,
                           1e16,
                           1e16 + 2,
                           0.1,
                           std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()};
  for (const double low : values) {
    for (const double high : values) {
      const auto ticks = Ticks(low, high, 6);
      EXPECT_GE(ticks.size(), 1U);
      EXPECT_LE(ticks.size(), 8U);
    }
  }
}

TEST(PlotTest, MapsTheEndsOfItsAxesToTheEndsOfItsBox) {
  Drawing drawing;
  const Plot plot(drawing, {.left = 10, .top = 20, .right = 110, .bottom = 220},
                  {.label = "x", .low = -1, .high = 1}, {.label = "y", .low = 0, .high = 4});
  EXPECT_DOUBLE_EQ(plot.X(-1), 10);
  EXPECT_DOUBLE_EQ(plot.X(1), 110);
  EXPECT_DOUBLE_EQ(plot.Y(0), 220);
  EXPECT_DOUBLE_EQ(plot.Y(4), 20);
  // What lies beyond is drawn at the edge.
  EXPECT_DOUBLE_EQ(plot.X(99), 110);
}

TEST(PlotTest, WhatIsNoNumberIsNotDrawn) {
  Drawing drawing;
  Plot plot(drawing, {.left = 0, .top = 0, .right = 100, .bottom = 100},
            {.label = "", .low = std::nan(""), .high = std::nan("")}, {.label = ""});
  plot.Series({{0, 0}, {std::nan(""), 1}, {1, std::numeric_limits<double>::infinity()}, {1, 1}}, 0);
  EXPECT_THAT(drawing.body(), HasSubstr("points=\"0,100 100,0\""));
  EXPECT_THAT(drawing.body(), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace reeve::report
