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

std::vector<std::uint32_t> OrderByScore(std::span<const double> scores) {
  // Sorted by value rather than by index: the comparisons stay within the cache.
  struct Entry {
    double score;
    std::uint32_t row;
  };
  std::vector<Entry> entries(scores.size());
  for (std::size_t row = 0; row < entries.size(); ++row)
    entries[row] = {scores[row], static_cast<std::uint32_t>(row)};
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.score > b.score || (a.score == b.score && a.row < b.row);
  });
  std::vector<std::uint32_t> order;
  order.reserve(entries.size());
  for (const Entry& entry : entries) order.push_back(entry.row);
  return order;
}

std::vector<RankedPoint> RankInOrder(std::span<const std::uint32_t> order,
                                     const std::vector<bool>& positive,
                                     std::span<const double> scores,
                                     std::span<const double> weights) {
  std::vector<RankedPoint> ranked;
  RankedPoint point;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i];
    (positive[row] ? point.true_positives : point.false_positives) +=
        weights.empty() ? 1.0 : weights[row];
    point.score = scores[row];
    if (i + 1 == order.size() || scores[order[i + 1]] != point.score) ranked.push_back(point);
  }
  return ranked;
}

std::vector<RankedPoint> Rank(const std::vector<bool>& positive, std::span<const double> scores,
                              std::span<const double> weights) {
  return RankInOrder(OrderByScore(scores), positive, scores, weights);
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
