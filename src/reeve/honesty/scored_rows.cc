#include "reeve/honesty/scored_rows.h"

#include <algorithm>

#include "reeve/evaluation/interval.h"

namespace reeve::honesty {
namespace {

std::optional<MeasuredScore> MeasureAuc(const ScoredRows& rows) {
  std::vector<double> positive;
  positive.reserve(rows.labels.size());
  for (std::int64_t i = 0; i < rows.probabilities.rows; ++i)
    positive.push_back(rows.probabilities.at(i, 1));
  const auto auc = evaluation::DeLong(rows.labels, positive);
  if (!auc.ok()) return std::nullopt;
  const auto positives = std::count(rows.labels.begin(), rows.labels.end(), 1);
  const auto smaller = static_cast<double>(
      std::min<std::int64_t>(positives, static_cast<std::int64_t>(rows.labels.size()) - positives));
  return MeasuredScore{auc->auc, std::max(auc->variance, 0.25 / (smaller * smaller))};
}

std::optional<MeasuredScore> MeasureAccuracy(const ScoredRows& rows) {
  const auto count = static_cast<double>(rows.labels.size());
  if (count < 2) return std::nullopt;
  double right = 0;
  for (std::size_t i = 0; i < rows.labels.size(); ++i)
    right += Decide(rows.probabilities.row(static_cast<std::int64_t>(i)), 0.5) == rows.labels[i];
  const double share = right / count;
  return MeasuredScore{share, std::max(share * (1 - share) / count, 0.25 / (count * count))};
}

}  // namespace

std::optional<MeasuredScore> MeasureScore(const ScoredRows& rows) {
  return rows.probabilities.classes == 2 ? MeasureAuc(rows) : MeasureAccuracy(rows);
}

}  // namespace reeve::honesty
