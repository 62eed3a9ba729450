// Every score against scikit-learn's, from shared golden values.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/curves.h"
#include "reeve/evaluation/interval.h"
#include "reeve/evaluation/metric.h"
#include "reeve/evaluation/reliability.h"
#include "reeve/evaluation/threshold.h"

namespace reeve::evaluation {
namespace {

using nlohmann::json;
constexpr double kTolerance = 1e-9;

std::string GoldenFolder() {
  const char* const folder = std::getenv("REEVE_GOLDEN");
  return folder != nullptr ? folder : REEVE_SOURCE_DIR "/../shared/acceptance/golden";
}

std::vector<std::vector<std::string>> ReadCsv(const std::string& name) {
  std::ifstream file(GoldenFolder() + "/" + name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) rows.push_back(Split(line, ','));
  return rows;
}

class GoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GoldenFolder() + "/evaluation.json"))
      GTEST_SKIP() << "no golden values";
    std::ifstream(GoldenFolder() + "/evaluation.json") >> golden_;
    const auto rows = ReadCsv("binary.csv");
    binary_ = Probabilities(static_cast<std::int64_t>(rows.size()), 2);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      labels_.push_back(std::stoi(rows[i][0]));
      p_.push_back(std::stod(rows[i][1]));
      binary_.mutable_row(static_cast<std::int64_t>(i))[0] = 1 - p_.back();
      binary_.mutable_row(static_cast<std::int64_t>(i))[1] = p_.back();
      weights_.push_back(std::stod(rows[i][2]));
    }
  }

  double Value(const char* name, const std::vector<double>& weights) const {
    return Score(ParseMetric(name).value(), labels_, binary_, 0.5, weights).value();
  }

  json golden_;
  std::vector<std::int32_t> labels_;
  std::vector<double> p_, weights_;
  Probabilities binary_;
};

TEST_F(GoldenTest, BinaryScoresPlainAndWeighted) {
  for (const auto& [key, weights] :
       {std::pair("binary", std::vector<double>()), std::pair("binary_weighted", weights_)}) {
    for (const char* name :
         {"accuracy", "balanced_accuracy", "precision", "recall", "f1", "f2", "specificity", "mcc",
          "kappa", "auc", "average_precision", "log_loss", "brier", "ks", "gini"}) {
      EXPECT_NEAR(Value(name, weights), golden_[key][name].get<double>(), kTolerance)
          << key << " " << name;
    }
    const ConfusionMatrix confusion = CountConfusion(labels_, binary_, 0.5, weights);
    for (int t = 0; t < 2; ++t) {
      for (int p = 0; p < 2; ++p)
        EXPECT_NEAR(confusion.at(t, p), golden_[key]["confusion"][t][p].get<double>(), kTolerance);
    }
  }
}

TEST_F(GoldenTest, BestThresholds) {
  const std::pair<const char*, Metric> cases[] = {{"f1", Metric::kF1},
                                                  {"mcc", Metric::kMcc},
                                                  {"youden", Metric::kBalancedAccuracy},
                                                  {"accuracy", Metric::kAccuracy}};
  for (const auto& [name, metric] : cases) {
    const auto best = BestThreshold(metric, labels_, p_, {});
    ASSERT_TRUE(best.ok());
    EXPECT_DOUBLE_EQ(best->threshold, golden_["best_threshold"][name]["threshold"].get<double>())
        << name;
    const double value = metric == Metric::kBalancedAccuracy ? best->value * 2 - 1 : best->value;
    EXPECT_NEAR(value, golden_["best_threshold"][name]["value"].get<double>(), kTolerance) << name;
  }
  const auto cheapest = CheapestThreshold(1, 5, labels_, p_, {});
  EXPECT_DOUBLE_EQ(cheapest->threshold,
                   golden_["best_threshold"]["cost_fp1_fn5"]["threshold"].get<double>());
  EXPECT_DOUBLE_EQ(cheapest->value,
                   golden_["best_threshold"]["cost_fp1_fn5"]["value"].get<double>());
}

TEST_F(GoldenTest, Curves) {
  const auto roc = RocCurve(labels_, p_);
  ASSERT_TRUE(roc.ok());
  ASSERT_EQ(roc->size(), golden_["roc"]["fpr"].size());
  for (std::size_t i = 0; i < roc->size(); ++i) {
    EXPECT_NEAR((*roc)[i].x, golden_["roc"]["fpr"][i].get<double>(), kTolerance);
    EXPECT_NEAR((*roc)[i].y, golden_["roc"]["tpr"][i].get<double>(), kTolerance);
    EXPECT_NEAR((*roc)[i].threshold, golden_["roc"]["threshold"][i].get<double>(), kTolerance);
  }
  const auto pr =
      PrecisionRecallCurve(labels_, p_);  // scikit-learn: lowest threshold first, then (0, 1)
  ASSERT_EQ(pr->size(), golden_["pr"]["threshold"].size());
  for (std::size_t i = 0; i < pr->size(); ++i) {
    const CurvePoint& point = (*pr)[pr->size() - 1 - i];
    EXPECT_NEAR(point.x, golden_["pr"]["recall"][i].get<double>(), kTolerance);
    EXPECT_NEAR(point.y, golden_["pr"]["precision"][i].get<double>(), kTolerance);
  }
  const auto deciles = LiftDeciles(labels_, p_);
  for (std::size_t i = 0; i < deciles.size(); ++i) {
    EXPECT_EQ(deciles[i].positives, golden_["deciles"][i]["positives"].get<std::int64_t>());
    EXPECT_NEAR(deciles[i].lift, golden_["deciles"][i]["lift"].get<double>(), kTolerance);
    EXPECT_NEAR(deciles[i].cumulative_gain, golden_["deciles"][i]["cumulative_gain"].get<double>(),
                kTolerance);
  }
  const auto reliability = ReliabilityCurve(labels_, p_, 10);
  ASSERT_EQ(reliability.size(), golden_["reliability_quantile10"]["observed"].size());
  for (std::size_t i = 0; i < reliability.size(); ++i) {
    EXPECT_NEAR(reliability[i].observed,
                golden_["reliability_quantile10"]["observed"][i].get<double>(), kTolerance);
    EXPECT_NEAR(reliability[i].mean_predicted,
                golden_["reliability_quantile10"]["predicted"][i].get<double>(), kTolerance);
  }
  // "ece" is the mean gap of that curve.
  double gap = 0;
  for (std::size_t i = 0; i < reliability.size(); ++i) {
    gap += static_cast<double>(reliability[i].rows) *
           std::abs(golden_["reliability_quantile10"]["observed"][i].get<double>() -
                    golden_["reliability_quantile10"]["predicted"][i].get<double>());
  }
  EXPECT_NEAR(Value("ece", {}), gap / static_cast<double>(labels_.size()), kTolerance);
}

TEST_F(GoldenTest, Intervals) {
  const auto delong = DeLong(labels_, p_);
  EXPECT_NEAR(delong->variance, golden_["auc_interval"]["var"].get<double>(), 1e-12);
  const auto auc = ConfidenceInterval(Metric::kAuc, labels_, binary_, {});
  EXPECT_NEAR(auc->low, golden_["auc_interval"]["low"].get<double>(), kTolerance);
  EXPECT_NEAR(auc->high, golden_["auc_interval"]["high"].get<double>(), kTolerance);
  const auto accuracy = ConfidenceInterval(Metric::kAccuracy, labels_, binary_, {});
  EXPECT_NEAR(accuracy->low, golden_["accuracy_wilson"][0].get<double>(), kTolerance);
  EXPECT_NEAR(accuracy->high, golden_["accuracy_wilson"][1].get<double>(), kTolerance);
}

TEST_F(GoldenTest, MulticlassScoresPlainAndWeighted) {
  const auto rows = ReadCsv("multiclass.csv");
  const std::vector<std::string> classes = {"cat", "dog", "emu", "fox"};
  Probabilities probabilities(static_cast<std::int64_t>(rows.size()), 4);
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    labels.push_back(static_cast<std::int32_t>(
        std::find(classes.begin(), classes.end(), rows[i][0]) - classes.begin()));
    for (std::size_t k = 0; k < 4; ++k)
      probabilities.mutable_row(static_cast<std::int64_t>(i))[k] = std::stod(rows[i][k + 1]);
    weights.push_back(std::stod(rows[i][5]));
  }
  const std::pair<const char*, const char*> names[] = {
      {"accuracy", "accuracy"},
      {"balanced_accuracy", "balanced_accuracy"},
      {"mcc", "mcc"},
      {"kappa", "kappa"},
      {"log_loss", "log_loss"},
      {"auc", "auc_ovr_macro"},
      {"auc_weighted", "auc_ovr_weighted"},
      {"top2_accuracy", "top2_accuracy"},
      {"average_precision", "average_precision_macro"},
      {"brier", "brier_multiclass_mean_squared"},
      {"precision_macro", "precision_macro"},
      {"recall_macro", "recall_macro"},
      {"f1_macro", "f1_macro"},
      {"precision_weighted", "precision_weighted"},
      {"recall_weighted", "recall_weighted"},
      {"f1_weighted", "f1_weighted"},
      {"f1", "f1_macro"}};
  for (const auto& [key, used] : {std::pair("multiclass", std::vector<double>()),
                                  std::pair("multiclass_weighted", weights)}) {
    for (const auto& [ours, theirs] : names) {
      const auto score = Score(ParseMetric(ours).value(), labels, probabilities, 0.5, used);
      ASSERT_TRUE(score.ok()) << ours;
      EXPECT_NEAR(*score, golden_[key][theirs].get<double>(), kTolerance) << key << " " << ours;
    }
  }
}

}  // namespace
}  // namespace reeve::evaluation
