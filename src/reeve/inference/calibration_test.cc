#include "reeve/inference/calibration.h"

#include <cmath>
#include <functional>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/inference/decision.h"

namespace reeve::inference {
namespace {

const Calibration kPlatt{.kind = CalibrationKind::kPlatt, .slope = 0.7, .intercept = -0.4};
const Calibration kTemperature{.kind = CalibrationKind::kTemperature, .temperature = 1.6};
const Calibration kIsotonic{
    .kind = CalibrationKind::kIsotonic, .x = {0, 0.1, 0.6, 1}, .y = {0.01, 0.3, 0.5, 0.99}};

double Positive(const Calibration& calibration, double p) {
  std::vector<double> row = {1 - p, p};
  calibration.Apply(row);
  EXPECT_NEAR(row[0] + row[1], 1, 1e-12);
  return row[1];
}

TEST(CalibrationTest, EachKindComputesItsFormula) {
  EXPECT_EQ(Positive({}, 0.3), 0.3);
  const double logit = std::log(0.3 / 0.7);
  EXPECT_NEAR(Positive(kPlatt, 0.3), 1 / (1 + std::exp(-(0.7 * logit - 0.4))), 1e-14);
  EXPECT_NEAR(Positive(kTemperature, 0.3), 1 / (1 + std::exp(-logit / 1.6)), 1e-14);
  EXPECT_NEAR(Positive(kIsotonic, 0.35), 0.4, 1e-14);
  EXPECT_NEAR(Positive(kIsotonic, 0.6), 0.5, 1e-14);
}

TEST(CalibrationTest, TheOrderOfRowsStays) {
  for (const Calibration& calibration : {kPlatt, kTemperature, kIsotonic}) {
    double before = Positive(calibration, 0);
    EXPECT_GT(before, 0);
    for (int i = 1; i <= 1000; ++i) {
      const double now = Positive(calibration, i / 1000.0);
      EXPECT_GT(now, before) << i;
      before = now;
    }
    EXPECT_LT(before, 1);
  }
}

TEST(CalibrationTest, TemperatureKeepsTheMostProbableOfManyClasses) {
  Random random(1);
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<double> row(5);
    for (double& value : row) value = random.Below(4) == 0 ? 0 : random.Uniform();
    row[random.Below(5)] += 0.1;
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& value : row) value /= sum;
    const int decided = Decide(row, 0.5);
    kTemperature.Apply(row);
    EXPECT_EQ(Decide(row, 0.5), decided);
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-12);
  }
}

TEST(CalibrationTest, ReadsBackWhatItWrote) {
  for (const Calibration& calibration : {Calibration{}, kPlatt, kTemperature, kIsotonic}) {
    const auto read = Calibration::FromJson(calibration.ToJson(), 2);
    ASSERT_TRUE(read.ok()) << read.status().message();
    for (const double p : {0.0, 0.2, 0.7, 1.0})
      EXPECT_EQ(Positive(*read, p), Positive(calibration, p));
  }
}

TEST(CalibrationTest, RefusesWhatIsNoCalibration) {
  const auto refused = [](Calibration calibration, int classes = 2) {
    return Calibration::FromJson(calibration.ToJson(), classes).status().code() ==
           StatusCode::kCorrupt;
  };
  EXPECT_TRUE(refused({.kind = CalibrationKind::kPlatt, .slope = -1}));
  EXPECT_TRUE(refused({.kind = CalibrationKind::kPlatt, .slope = std::nan("")}));
  EXPECT_TRUE(refused({.kind = CalibrationKind::kTemperature, .temperature = 0}));
  EXPECT_TRUE(refused(kPlatt, 3));
  EXPECT_TRUE(refused(kIsotonic, 3));
  const std::vector<std::pair<std::vector<double>, std::vector<double>>> points = {
      {{0.5}, {0.5}},                     // one point
      {{0.1, 0.2}, {0.1}},                // not as many
      {{0.2, 0.2}, {0.1, 0.3}},           // x does not rise
      {{0.1, 0.2}, {0.3, 0.3}},           // y does not rise
      {{-0.1, 0.2}, {0.3, 0.4}},          // x out of range
      {{0.1, 0.2}, {0, 0.4}},             // a probability of 0
      {{0.1, 0.2}, {0.1, std::nan("")}},  // no number
      {{}, {}}};
  for (const auto& [x, y] : points)
    EXPECT_TRUE(refused({.kind = CalibrationKind::kIsotonic, .x = x, .y = y}));
  EXPECT_EQ(Calibration::FromJson(Json{{"kind", "magic"}}, 2).status().code(),
            StatusCode::kCorrupt);
  EXPECT_EQ(Calibration::FromJson(Json::array(), 2).status().code(), StatusCode::kCorrupt);
}

TEST(DecisionTest, CalibratesAfterTheOdds) {
  const Decision decision{.threshold = 0.5, .odds = {0.5, 2}, .calibration = kPlatt};
  std::vector<double> row = {0.4, 0.6};
  decision.Correct(row);
  const double logit = std::log(0.6 / 0.4) - std::log(4);
  EXPECT_NEAR(row[1], 1 / (1 + std::exp(-(0.7 * logit - 0.4))), 1e-12);
  Probabilities many(2, 2);
  many.values = {0.4, 0.6, 1, 0};
  decision.Correct(many);
  EXPECT_EQ(many.at(0, 1), row[1]);
}

TEST(DecisionTest, OldDecisionsAreReadAndPlainOnesStayOld) {
  const Decision plain{.threshold = 0.4};
  EXPECT_EQ(plain.ToJson()["format_version"], 1);
  EXPECT_FALSE(plain.ToJson().contains("calibration"));
  EXPECT_EQ(Decision::FromJson(plain.ToJson(), 2)->calibration.kind, CalibrationKind::kNone);
  const Decision calibrated{.threshold = 0.4, .calibration = kTemperature};
  EXPECT_EQ(calibrated.ToJson()["format_version"], 2);
  EXPECT_EQ(Decision::FromJson(calibrated.ToJson(), 2)->calibration.temperature, 1.6);
  Json without = calibrated.ToJson();
  without.erase("calibration");
  EXPECT_EQ(Decision::FromJson(without, 2).status().code(), StatusCode::kCorrupt);
  Json later = calibrated.ToJson();
  later["format_version"] = 4;
  EXPECT_THAT(Decision::FromJson(later, 2).status().message(), testing::HasSubstr("versions 1 to"));
}

}  // namespace
}  // namespace reeve::inference
