#include "reeve/evaluation/ranking.h"

#include <algorithm>
#include <numeric>

namespace reeve::evaluation {
namespace {

Status BothKinds(const std::vector<RankedPoint>& ranked) {
  if (!ranked.empty() && ranked.back().true_positives > 0 && ranked.back().false_positives > 0)
    return Status::Ok();
  return Status::InvalidData(
      "only one class occurs among the rows, expected rows of both to rank them");
}

}  // namespace

std::vector<RankedPoint> Rank(const std::vector<bool>& positive, std::span<const double> scores,
                              std::span<const double> weights) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
  });
  std::vector<RankedPoint> ranked;
  RankedPoint point;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i];
    (positive[row] ? point.true_positives : point.false_positives) +=
        weights.empty() ? 1.0 : weights[row];
    point.score = scores[row];
    if (i + 1 == order.size() || scores[order[i + 1]] != scores[row]) ranked.push_back(point);
  }
  return ranked;
}

Result<double> Auc(const std::vector<RankedPoint>& ranked) {
  REEVE_RETURN_IF_ERROR(BothKinds(ranked));
  double area = 0;
  RankedPoint last;
  for (const RankedPoint& point : ranked) {
    area += (point.false_positives - last.false_positives) *
            (point.true_positives + last.true_positives) / 2;
    last = point;
  }
  return area / (last.true_positives * last.false_positives);
}

Result<double> AveragePrecision(const std::vector<RankedPoint>& ranked) {
  if (ranked.empty() || ranked.back().true_positives <= 0) {
    return Status::InvalidData("no row is of the positive class, expected at least one");
  }
  double sum = 0, last = 0;
  for (const RankedPoint& point : ranked) {
    if (point.true_positives == last) continue;  // also where a resample gave a row no weight
    sum += (point.true_positives - last) * point.true_positives /
           (point.true_positives + point.false_positives);
    last = point.true_positives;
  }
  return sum / ranked.back().true_positives;
}

Result<double> KolmogorovSmirnov(const std::vector<RankedPoint>& ranked) {
  REEVE_RETURN_IF_ERROR(BothKinds(ranked));
  double largest = 0;
  for (const RankedPoint& point : ranked) {
    largest = std::max(largest, point.true_positives / ranked.back().true_positives -
                                    point.false_positives / ranked.back().false_positives);
  }
  return largest;
}

}  // namespace reeve::evaluation
