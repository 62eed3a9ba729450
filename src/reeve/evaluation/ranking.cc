#include "reeve/evaluation/ranking.h"

#include <algorithm>

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
  // Sorted by value rather than by index: the comparisons stay within the cache.
  struct Entry {
    double score;
    std::uint32_t row;
  };
  std::vector<Entry> order(scores.size());
  for (std::size_t row = 0; row < order.size(); ++row)
    order[row] = {scores[row], static_cast<std::uint32_t>(row)};
  std::sort(order.begin(), order.end(), [](const Entry& a, const Entry& b) {
    return a.score > b.score || (a.score == b.score && a.row < b.row);
  });
  std::vector<RankedPoint> ranked;
  RankedPoint point;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i].row;
    (positive[row] ? point.true_positives : point.false_positives) +=
        weights.empty() ? 1.0 : weights[row];
    point.score = order[i].score;
    if (i + 1 == order.size() || order[i + 1].score != point.score) ranked.push_back(point);
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
