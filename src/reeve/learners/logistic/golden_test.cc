// Logistic regression against scikit-learn's, from shared golden values.

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/inference/linear.h"
#include "reeve/learners/logistic/logistic.h"

namespace reeve::learners {
namespace {

using nlohmann::json;

std::string GoldenFolder() {
  const char* const folder = std::getenv("REEVE_GOLDEN");
  return folder != nullptr ? folder : REEVE_SOURCE_DIR "/../shared/acceptance/golden";
}

// The design matrix that the golden values describe: numbers imputed by their median and
// standardised, then 0/1.
class GoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GoldenFolder() + "/transform.json"))
      GTEST_SKIP() << "no golden values";
    std::ifstream(GoldenFolder() + "/transform.json") >> golden_;
    std::ifstream file(GoldenFolder() + "/table.csv");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) AddRow(Split(line, ','));
  }

  void AddRow(const std::vector<std::string>& cells) {
    std::vector<float> row;
    for (std::size_t i = 0; i < 3; ++i) {
      const double value =
          ParseNumber(cells[i + 1]).value_or(golden_["impute_median"][i].get<double>());
      row.push_back(static_cast<float>((value - golden_["standard"]["mean_"][i].get<double>()) /
                                       golden_["standard"]["scale_"][i].get<double>()));
    }
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string value = cells[i + 4].empty() ? "(missing)" : cells[i + 4];
      for (const auto& category : golden_["one_hot"]["categories"][i])
        row.push_back(category.get<std::string>() == value);
    }
    const bool fit = cells[0] == "fit";
    (fit ? fit_ : apply_).push_back(row);
    if (!fit) return;
    labels_.push_back(cells[6] == "1");
    const double rooms = ParseNumber(cells[3]).value();
    rooms_.push_back(rooms <= 2 ? 0 : rooms <= 4 ? 1 : 2);
  }

  static Matrix MatrixOf(std::vector<std::vector<float>> rows, bool without_rooms) {
    for (auto& row : rows) {
      if (without_rooms) row.erase(row.begin() + 2);
    }
    Matrix matrix(static_cast<std::int64_t>(rows.size()),
                  std::vector<MatrixColumn>(rows[0].size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < rows[i].size(); ++j)
        matrix.column(static_cast<std::int64_t>(j))[i] = rows[i][j];
    }
    return matrix;
  }

  void Compare(const char* name, const Params& params, std::span<const double> weights = {}) {
    const Matrix fit = MatrixOf(fit_, false);
    const TrainingSet set{.matrix = &fit, .labels = labels_, .weights = weights};
    const auto trained = MakeLogistic()->Train(set, {.params = params});
    ASSERT_TRUE(trained.ok()) << trained.status().message();
    const json& expected = golden_["logistic"][name];
    const auto& linear = dynamic_cast<const inference::LinearModel&>(*trained->model).linear();
    for (std::size_t j = 0; j < linear.weights.size(); ++j) {
      EXPECT_NEAR(linear.weights[j], expected["coef"][0][j].get<double>(), 1e-3)
          << name << " " << j;
    }
    const Probabilities p = trained->model->Predict(MatrixOf(apply_, false));
    for (std::int64_t row = 0; row < p.rows; ++row) {
      EXPECT_NEAR(p.at(row, 1), expected["apply"][static_cast<std::size_t>(row)][0].get<double>(),
                  1e-5)
          << name;
    }
  }

  json golden_;
  std::vector<std::vector<float>> fit_, apply_;
  std::vector<std::int32_t> labels_, rooms_;
};

TEST_F(GoldenTest, L2ForEveryStrength) {
  for (const char* c : {"0.01", "0.1", "1", "10", "100"})
    Compare(("l2_C" + std::string(c)).c_str(), {{"C", c}});
}

TEST_F(GoldenTest, BalancedWeights) {
  double positives = 0;
  for (const std::int32_t label : labels_) positives += label;
  const auto rows = static_cast<double>(labels_.size());
  std::vector<double> weights;
  for (const std::int32_t label : labels_)
    weights.push_back(rows / (2 * (label == 1 ? positives : rows - positives)));
  Compare("l2_C1_balanced", {{"C", "1"}}, weights);
}

TEST_F(GoldenTest, L1) { Compare("l1_C0.1_saga", {{"C", "0.1"}, {"penalty", "l1"}}); }

TEST_F(GoldenTest, Multinomial) {
  const Matrix fit = MatrixOf(fit_, true);
  const TrainingSet set{.matrix = &fit, .labels = rooms_, .classes = 3};
  const auto trained = MakeLogistic()->Train(set, {.params = {{"C", "1"}}});
  ASSERT_TRUE(trained.ok()) << trained.status().message();
  const Probabilities p = trained->model->Predict(MatrixOf(apply_, true));
  for (std::int64_t row = 0; row < p.rows; ++row) {
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(p.at(row, k),
                  golden_["multinomial_C1"]["apply"][static_cast<std::size_t>(row)]
                         [static_cast<std::size_t>(k)]
                             .get<double>(),
                  1e-5);
    }
  }
}

}  // namespace
}  // namespace reeve::learners
