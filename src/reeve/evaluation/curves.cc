#include "reeve/evaluation/curves.h"

#include <algorithm>
#include <numeric>

#include "reeve/evaluation/ranking.h"

namespace reeve::evaluation {
namespace {

Result<std::vector<RankedPoint>> RankPositives(std::span<const std::int32_t> labels,
                                               std::span<const double> probabilities) {
  std::vector<bool> positive;
  for (const std::int32_t label : labels) positive.push_back(label == 1);
  std::vector<RankedPoint> ranked = Rank(positive, probabilities, {});
  if (ranked.empty() || ranked.back().true_positives == 0 || ranked.back().false_positives == 0) {
    return Status::InvalidData(
        "only one class occurs among the rows, expected both to draw a curve");
  }
  return ranked;
}

}  // namespace

Result<std::vector<CurvePoint>> RocCurve(std::span<const std::int32_t> labels,
                                         std::span<const double> probabilities) {
  REEVE_ASSIGN_OR_RETURN(const auto ranked, RankPositives(labels, probabilities));
  std::vector<CurvePoint> curve;
  for (const RankedPoint& point : ranked) {
    curve.push_back({point.false_positives / ranked.back().false_positives,
                     point.true_positives / ranked.back().true_positives, point.score});
  }
  return curve;
}

Result<std::vector<CurvePoint>> PrecisionRecallCurve(std::span<const std::int32_t> labels,
                                                     std::span<const double> probabilities) {
  REEVE_ASSIGN_OR_RETURN(const auto ranked, RankPositives(labels, probabilities));
  std::vector<CurvePoint> curve;
  for (const RankedPoint& point : ranked) {
    curve.push_back({point.true_positives / ranked.back().true_positives,
                     point.true_positives / (point.true_positives + point.false_positives),
                     point.score});
  }
  return curve;
}

std::vector<LiftDecile> LiftDeciles(std::span<const std::int32_t> labels,
                                    std::span<const double> probabilities) {
  constexpr std::size_t kParts = 10;
  const double positives = std::accumulate(labels.begin(), labels.end(), 0.0);
  if (positives == 0) return {};
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return probabilities[a] > probabilities[b];
  });
  const double base_rate = positives / static_cast<double>(labels.size());
  std::vector<LiftDecile> deciles;
  double found = 0;
  for (std::size_t part = 0; part < kParts; ++part) {
    LiftDecile decile{.decile = static_cast<int>(part) + 1};
    for (std::size_t i = part * order.size() / kParts; i < (part + 1) * order.size() / kParts;
         ++i) {
      ++decile.rows;
      decile.positives += labels[order[i]];
    }
    found += static_cast<double>(decile.positives);
    if (decile.rows > 0) {
      decile.lift =
          static_cast<double>(decile.positives) / static_cast<double>(decile.rows) / base_rate;
    }
    decile.cumulative_gain = found / positives;
    deciles.push_back(decile);
  }
  return deciles;
}

std::vector<CurvePoint> Thin(const std::vector<CurvePoint>& curve, std::size_t most) {
  if (curve.size() <= most || most < 2) return curve;
  std::vector<CurvePoint> thinned;
  for (std::size_t i = 0; i < most; ++i)
    thinned.push_back(curve[i * (curve.size() - 1) / (most - 1)]);
  return thinned;
}

}  // namespace reeve::evaluation
