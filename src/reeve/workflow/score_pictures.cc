#include "reeve/workflow/score_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "reeve/evaluation/curves.h"
#include "reeve/evaluation/ranking.h"
#include "reeve/evaluation/reliability.h"
#include "reeve/report/style.h"

namespace reeve::workflow {
namespace {

constexpr std::size_t kMostPoints = 250;
constexpr int kDistributionBins = 25;

// One class against the rest: 0 and 1, and its probability.
struct OneClass {
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities;
};

OneClass Against(const ScoredRows& rows, int class_idx) {
  OneClass one;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    one.labels.push_back(rows.labels[i] == class_idx);
    one.probabilities.push_back(rows.probabilities->at(static_cast<std::int64_t>(i), class_idx));
  }
  return one;
}

// The class that is predicted by `rule`: 1 where that was right, and the probability it was given.
OneClass Predicted(const ScoredRows& rows, const DecisionRule& rule) {
  OneClass one;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    const auto row = rows.probabilities->row(static_cast<std::int64_t>(i));
    const int decided = rule.Decide(row);
    one.labels.push_back(rows.labels[i] == decided);
    one.probabilities.push_back(row[static_cast<std::size_t>(decided)]);
  }
  return one;
}

std::vector<evaluation::RankedPoint> RankOf(const OneClass& one) {
  return evaluation::Rank(std::vector<bool>(one.labels.begin(), one.labels.end()),
                          one.probabilities, {});
}

report::NamedCurve Named(const std::string& name, const std::vector<evaluation::CurvePoint>& curve,
                         double area) {
  report::NamedCurve named{name, {}, area};
  for (const evaluation::CurvePoint& point : evaluation::Thin(curve, kMostPoints))
    named.points.emplace_back(point.x, point.y);
  return named;
}

void AddCurves(const OneClass& one, const std::string& name, report::PictureData& data) {
  const auto roc = evaluation::RocCurve(one.labels, one.probabilities);
  const auto precision_recall = evaluation::PrecisionRecallCurve(one.labels, one.probabilities);
  if (!roc.ok() || !precision_recall.ok()) return;  // one class only: there is no curve
  const auto ranked = RankOf(one);
  data.roc.push_back(Named(name, *roc, evaluation::Auc(ranked).value()));
  data.precision_recall.push_back(
      Named(name, *precision_recall, evaluation::AveragePrecision(ranked).value()));
}

void AddCalibration(const OneClass& one, report::PictureData& data) {
  for (const evaluation::ReliabilityBin& bin :
       evaluation::ReliabilityCurve(one.labels, one.probabilities, evaluation::kReliabilityBins))
    data.calibration.push_back({bin.mean_predicted, bin.observed, {bin.low, bin.high}, bin.rows});
}

void AddDistribution(const OneClass& one, report::ScoreDistribution distribution,
                     report::PictureData& data) {
  for (report::ScoreDistribution::Group& group : distribution.groups)
    group.counts.assign(kDistributionBins, 0);
  for (std::size_t i = 0; i < one.labels.size(); ++i) {
    const int bin = std::clamp(static_cast<int>(one.probabilities[i] * kDistributionBins), 0,
                               kDistributionBins - 1);
    const std::size_t group = one.labels[i] == 1 ? 0 : 1;
    ++distribution.groups[group].counts[static_cast<std::size_t>(bin)];
  }
  data.distribution = std::move(distribution);
}

void AddBinary(const ScoredRows& rows, report::PictureData& data) {
  const OneClass one = Against(rows, 1);
  AddCurves(one, "", data);
  AddCalibration(one, data);
  AddDistribution(one,
                  {.groups = {{rows.classes[1], {}}, {rows.classes[0], {}}},
                   .label = "probability of " + rows.classes[1],
                   .threshold = rows.rule.threshold},
                  data);
  const double positives = std::accumulate(one.labels.begin(), one.labels.end(), 0.0);
  data.base_rate = positives / static_cast<double>(one.labels.size());
}

// Classes in the order of their AUC, the lowest first; those without one are left out.
std::vector<int> HardestFirst(const std::vector<double>& aucs) {
  std::vector<int> order;
  for (std::size_t i = 0; i < aucs.size(); ++i) {
    if (std::isfinite(aucs[i])) order.push_back(static_cast<int>(i));
  }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return aucs[static_cast<std::size_t>(a)] < aucs[static_cast<std::size_t>(b)];
  });
  return order;
}

void AddMulticlass(const ScoredRows& rows, report::PictureData& data) {
  std::vector<int> drawn = HardestFirst(ClassAucs(rows));
  if (drawn.size() > report::kSeriesStyles) drawn.resize(report::kSeriesStyles);
  for (const int class_idx : drawn)
    AddCurves(Against(rows, class_idx), rows.classes[static_cast<std::size_t>(class_idx)], data);
  AddCalibration(Predicted(rows, DecisionRule()), data);
  AddDistribution(Predicted(rows, rows.rule),
                  {.groups = {{"right decisions", {}}, {"wrong decisions", {}}},
                   .label = "probability of the predicted class",
                   .threshold = std::nullopt},
                  data);
}

}  // namespace

std::vector<double> ClassAucs(const ScoredRows& rows) {
  std::vector<double> aucs;
  if (rows.classes.size() <= 2) return aucs;
  for (std::size_t i = 0; i < rows.classes.size(); ++i) {
    const Result<double> auc = evaluation::Auc(RankOf(Against(rows, static_cast<int>(i))));
    aucs.push_back(auc.ok() ? *auc : std::numeric_limits<double>::quiet_NaN());
  }
  return aucs;
}

void AddScorePictures(const ScoredRows& rows, report::PictureData& data) {
  if (rows.labels.empty()) return;
  if (rows.classes.size() == 2) {
    AddBinary(rows, data);
  } else {
    AddMulticlass(rows, data);
  }
}

}  // namespace reeve::workflow
