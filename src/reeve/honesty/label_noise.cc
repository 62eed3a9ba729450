#include "reeve/honesty/label_noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "reeve/base/text.h"
#include "reeve/evaluation/interval.h"

namespace reeve::honesty {
namespace {

constexpr std::size_t kFewestInQuarter = 40;
constexpr double kFloor = 0.02, kGrowth = 1.25, kLaterGrowth = 2, kOfChance = 0.5;

// Mean probability of each class over the rows that carry it; 2 (out of reach) for absent ones.
std::vector<double> Thresholds(const ScoredRows& rows) {
  const auto classes = static_cast<std::size_t>(rows.probabilities.classes);
  std::vector<double> sum(classes), count(classes);
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    const auto label = static_cast<std::size_t>(rows.labels[i]);
    sum[label] += rows.probabilities.at(static_cast<std::int64_t>(i), rows.labels[i]);
    count[label] += 1;
  }
  for (std::size_t c = 0; c < classes; ++c) sum[c] = count[c] > 0 ? sum[c] / count[c] : 2;
  return sum;
}

std::vector<SuspectLabel> ConfidentlyWrong(const ScoredRows& rows) {
  const std::vector<double> thresholds = Thresholds(rows);
  std::vector<SuspectLabel> suspects;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    const auto probabilities = rows.probabilities.row(static_cast<std::int64_t>(i));
    std::int32_t best = -1;
    for (std::size_t c = 0; c < probabilities.size(); ++c) {
      if (probabilities[c] < thresholds[c]) continue;
      if (best < 0 || probabilities[c] > probabilities[static_cast<std::size_t>(best)])
        best = static_cast<std::int32_t>(c);
    }
    if (best < 0 || best == rows.labels[i]) continue;
    suspects.push_back({i, best, probabilities[static_cast<std::size_t>(rows.labels[i])],
                        probabilities[static_cast<std::size_t>(best)]});
  }
  std::stable_sort(suspects.begin(), suspects.end(),
                   [](const auto& a, const auto& b) { return a.own - a.other < b.own - b.other; });
  return suspects;
}

// Errors among the surest quarter of the rows predicted as a class, and among the next two.
struct Quarters {
  double rows = 0;
  std::array<double, 3> errors = {};
};

Quarters CountErrors(const ScoredRows& rows, int class_idx) {
  std::vector<std::pair<double, bool>> predicted;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    const auto probabilities = rows.probabilities.row(static_cast<std::int64_t>(i));
    if (Decide(probabilities, 0.5) != class_idx) continue;
    predicted.emplace_back(probabilities[static_cast<std::size_t>(class_idx)],
                           rows.labels[i] != class_idx);
  }
  std::stable_sort(predicted.begin(), predicted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  const std::size_t quarter = predicted.size() / 4;
  Quarters quarters{.rows = static_cast<double>(quarter)};
  for (std::size_t i = 0; i < quarters.errors.size() * quarter; ++i)
    quarters.errors[i / quarter] += predicted[i].second;
  return quarters;
}

bool IsNoise(const Quarters& quarters, double chance) {
  if (quarters.rows < static_cast<double>(kFewestInQuarter)) return false;
  const auto [first, second, third] = quarters.errors;
  return evaluation::Wilson(first, quarters.rows, 0.95).low >= kFloor &&
         second <= kGrowth * first && third <= kLaterGrowth * first &&
         first / quarters.rows <= kOfChance * chance;
}

}  // namespace

LabelNoise FindLabelNoise(const ScoredRows& out_of_fold) {
  LabelNoise noise;
  const auto rows = static_cast<double>(out_of_fold.labels.size());
  double worst = 0;
  for (int c = 0; c < out_of_fold.probabilities.classes; ++c) {
    const auto of_class =
        static_cast<double>(std::count(out_of_fold.labels.begin(), out_of_fold.labels.end(), c));
    const Quarters quarters = CountErrors(out_of_fold, c);
    if (IsNoise(quarters, 1 - of_class / rows))
      worst = std::max(worst, quarters.errors.front() / quarters.rows);
  }
  if (worst == 0) return noise;
  noise.suspects = ConfidentlyWrong(out_of_fold);
  char share[32];
  std::snprintf(share, sizeof share, "%.1f %%", 100 * worst);
  noise.warnings.push_back(
      {"label_noise", "",
       GroupDigits(static_cast<long long>(noise.suspects.size())) + " of " +
           GroupDigits(static_cast<long long>(out_of_fold.labels.size())) +
           " labels look wrong: even among its surest out-of-fold predictions " + share +
           " contradict the label, no fewer than among less sure ones"});
  return noise;
}

}  // namespace reeve::honesty
