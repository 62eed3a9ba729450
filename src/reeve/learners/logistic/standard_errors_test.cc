#include "reeve/learners/logistic/standard_errors.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/inference/linear.h"
#include "reeve/learners/logistic/logistic.h"

namespace reeve::learners {
namespace {

// A table of two by two: `counts[x][y]` rows with x in the only column and class y.
struct TwoByTwo {
  Matrix matrix;
  std::vector<std::int32_t> labels;

  explicit TwoByTwo(const int (&counts)[2][2]) {
    std::vector<float> values;
    for (int x = 0; x < 2; ++x) {
      for (int y = 0; y < 2; ++y) {
        values.insert(values.end(), static_cast<std::size_t>(counts[x][y]), static_cast<float>(x));
        labels.insert(labels.end(), static_cast<std::size_t>(counts[x][y]), y);
      }
    }
    matrix = Matrix(static_cast<std::int64_t>(values.size()), {{.name = "x", .source = "x"}});
    std::copy(values.begin(), values.end(), matrix.column(0).begin());
  }
};

inference::Linear Fit(const TwoByTwo& data, const std::string& c, const std::string& penalty) {
  const auto trained =
      MakeLogistic()->Train({.matrix = &data.matrix, .labels = data.labels, .classes = 2},
                            {.params = {{"C", c}, {"penalty", penalty}}});
  EXPECT_TRUE(trained.ok()) << trained.status().message();
  return dynamic_cast<const inference::LinearModel&>(*trained->model).linear();
}

// Woolf's formula: the log odds ratio of a 2 x 2 table has the variance 1/a + 1/b + 1/c + 1/d.
TEST(StandardErrorsTest, AreThoseOfALogOddsRatio) {
  const TwoByTwo data({{40, 10}, {15, 35}});
  const inference::Linear linear = Fit(data, "1e8", "l2");
  ASSERT_EQ(linear.standard_errors.size(), 1u);
  EXPECT_NEAR(linear.weights[0], std::log(35.0 * 40 / (15.0 * 10)), 1e-6);
  EXPECT_NEAR(linear.standard_errors[0], std::sqrt(1.0 / 40 + 1.0 / 10 + 1.0 / 15 + 1.0 / 35),
              1e-6);
  EXPECT_NEAR(linear.means[0], 0.5, 1e-12);
  EXPECT_NEAR(linear.deviations[0], 0.5, 1e-12);
}

TEST(StandardErrorsTest, ThePenaltyMakesThemSmaller) {
  const TwoByTwo data({{40, 10}, {15, 35}});
  EXPECT_LT(Fit(data, "0.01", "l2").standard_errors[0], Fit(data, "1e8", "l2").standard_errors[0]);
}

TEST(StandardErrorsTest, ThereAreNoneForAnL1Penalty) {
  EXPECT_TRUE(Fit(TwoByTwo({{40, 10}, {15, 35}}), "1", "l1").standard_errors.empty());
}

}  // namespace
}  // namespace reeve::learners
