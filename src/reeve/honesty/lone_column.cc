#include "reeve/honesty/lone_column.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/evaluation/ranking.h"

namespace reeve::honesty {
namespace {

constexpr std::size_t kFolds = 5;

std::vector<double> ClassCounts(const ClassLabels& labels) {
  std::vector<double> counts(static_cast<std::size_t>(labels.classes));
  for (const std::int32_t label : labels.labels) counts[static_cast<std::size_t>(label)] += 1;
  return counts;
}

// A fold for each row, of equal size and at random.
std::vector<std::size_t> FoldOfRows(std::size_t rows, std::uint64_t seed) {
  std::vector<std::size_t> fold(rows);
  for (std::size_t i = 0; i < rows; ++i) fold[i] = i % kFolds;
  Random(seed).Fork("lone column").Shuffle(std::span(fold));
  return fold;
}

// Shares of classes by group, of the rows outside one fold.
class ShareTable {
 public:
  ShareTable(const ColumnGroups& groups, const ClassLabels& labels)
      : groups_(groups), labels_(labels), classes_(static_cast<std::size_t>(labels.classes)) {
    prior_ = ClassCounts(labels);
    const double rows = std::max<double>(1, static_cast<double>(labels.labels.size()));
    for (double& share : prior_) share /= rows;
    counts_.resize(static_cast<std::size_t>(groups.count) * classes_);
    totals_.resize(static_cast<std::size_t>(groups.count));
  }

  void Add(std::size_t i, double weight) {
    const auto label = static_cast<std::size_t>(labels_.labels[i]);
    for (const std::int32_t group_idx : groups_.of(i)) {
      counts_[static_cast<std::size_t>(group_idx) * classes_ + label] += weight;
      totals_[static_cast<std::size_t>(group_idx)] += weight;
    }
  }

  // The share of `class_idx` in a group, the overall shares added with the weight of one row.
  double Share(std::int32_t group_idx, std::size_t class_idx) const {
    const auto g = static_cast<std::size_t>(group_idx);
    return (counts_[g * classes_ + class_idx] + prior_[class_idx]) / (totals_[g] + 1);
  }

  // The class that the purest of a row's groups speaks for, and that group.
  std::pair<std::size_t, std::int32_t> Decide(std::size_t i) const {
    std::pair<std::size_t, std::int32_t> best{0, groups_.of(i).front()};
    double best_share = -1;
    for (const std::int32_t group_idx : groups_.of(i)) {
      for (std::size_t c = 0; c < classes_; ++c) {
        if (Share(group_idx, c) <= best_share) continue;
        best_share = Share(group_idx, c);
        best = {c, group_idx};
      }
    }
    return best;
  }

 private:
  const ColumnGroups& groups_;
  const ClassLabels& labels_;
  std::size_t classes_;
  std::vector<double> prior_, counts_, totals_;
};

// Calls visit(i, shares) for each row with the shares of the rows outside its fold.
template <typename Visit>
void ForEachOutOfFold(const ColumnGroups& groups, const ClassLabels& labels, std::uint64_t seed,
                      const Visit& visit) {
  const std::size_t rows = labels.labels.size();
  const std::vector<std::size_t> fold = FoldOfRows(rows, seed);
  ShareTable shares(groups, labels);
  for (std::size_t i = 0; i < rows; ++i) shares.Add(i, 1);
  std::vector<std::vector<std::size_t>> members(kFolds);
  for (std::size_t i = 0; i < rows; ++i) members[fold[i]].push_back(i);
  for (const std::vector<std::size_t>& part : members) {
    for (const std::size_t i : part) shares.Add(i, -1);
    for (const std::size_t i : part) visit(i, shares);
    for (const std::size_t i : part) shares.Add(i, 1);
  }
}

double Skill(double wrong, const std::vector<double>& class_counts) {
  const double rows = std::accumulate(class_counts.begin(), class_counts.end(), 0.0);
  const double others = rows - *std::max_element(class_counts.begin(), class_counts.end());
  return others > 0 ? 1 - wrong / others : 0;
}

// Rows on the wrong side of the best cut of the values; missing ones count as wrong.
double WrongAtBestCut(const Column& column, std::span<const std::int64_t> rows,
                      const ClassLabels& labels, const std::vector<double>& class_counts) {
  std::vector<std::pair<double, std::int32_t>> sorted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double value = column.numbers()[static_cast<std::size_t>(rows[i])];
    if (!std::isnan(value)) sorted.emplace_back(value, labels.labels[i]);
  }
  std::sort(sorted.begin(), sorted.end());
  const double missing = static_cast<double>(rows.size() - sorted.size());
  double positives = 0;
  for (const auto& [value, label] : sorted) positives += label;
  const double all = static_cast<double>(sorted.size());
  double below = 0, positives_below = 0, best = std::min(class_counts[0], class_counts[1]);
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    below += 1;
    positives_below += sorted[i].second;
    if (sorted[i].first == sorted[i + 1].first) continue;
    const double up = positives_below + (all - below) - (positives - positives_below);
    best = std::min({best, up + missing, all - up + missing});
  }
  return best;
}

}  // namespace

double LoneSkill(const Column& column, std::span<const std::int64_t> rows,
                 const ColumnGroups& groups, const ClassLabels& labels, std::uint64_t seed) {
  double wrong = 0;
  ForEachOutOfFold(groups, labels, seed, [&](std::size_t i, const ShareTable& shares) {
    wrong += shares.Decide(i).first != static_cast<std::size_t>(labels.labels[i]);
  });
  const std::vector<double> counts = ClassCounts(labels);
  if (labels.classes == 2 && column.storage() == Column::Storage::kNumbers)
    wrong = std::min(wrong, WrongAtBestCut(column, rows, labels, counts));
  return Skill(wrong, counts);
}

Result<double> LoneAuc(const ColumnGroups& groups, const ClassLabels& labels, std::uint64_t seed) {
  std::vector<double> scores(labels.labels.size());
  ForEachOutOfFold(groups, labels, seed, [&](std::size_t i, const ShareTable& shares) {
    scores[i] = shares.Share(shares.Decide(i).second, 1);
  });
  std::vector<bool> positive;
  for (const std::int32_t label : labels.labels) positive.push_back(label == 1);
  return evaluation::Auc(evaluation::Rank(positive, scores, {}));
}

}  // namespace reeve::honesty
