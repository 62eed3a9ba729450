#include "reeve/tuning/imbalance.h"

#include <algorithm>
#include <array>

#include "reeve/base/nearest.h"
#include "reeve/base/random.h"
#include "reeve/base/text.h"

namespace reeve::tuning {
namespace {

std::vector<std::vector<std::int64_t>> ByClass(std::span<const std::int64_t> rows,
                                               std::span<const std::int32_t> labels, int classes) {
  std::vector<std::vector<std::int64_t>> by_class(static_cast<std::size_t>(classes));
  for (const std::int64_t row : rows) {
    by_class[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])].push_back(row);
  }
  return by_class;
}

Balanced Weigh(std::span<const std::int64_t> rows, std::span<const std::int32_t> labels,
               int classes) {
  Balanced balanced;
  balanced.rows.assign(rows.begin(), rows.end());
  for (const auto& members : ByClass(rows, labels, classes)) {
    balanced.odds.push_back(members.empty() ? 1.0
                                            : static_cast<double>(rows.size()) /
                                                  (classes * static_cast<double>(members.size())));
  }
  for (const std::int64_t row : rows) {
    balanced.weights.push_back(
        balanced.odds[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])]);
  }
  return balanced;
}

Balanced Undersample(std::span<const std::int64_t> rows, std::span<const std::int32_t> labels,
                     int classes, std::uint64_t seed) {
  Balanced balanced;
  auto by_class = ByClass(rows, labels, classes);
  std::size_t smallest = rows.size();
  for (const auto& members : by_class) {
    if (!members.empty()) smallest = std::min(smallest, members.size());
  }
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    auto& members = by_class[c];
    Random(seed).Fork("undersample", c).Shuffle(std::span(members));
    const std::size_t kept = std::min(smallest, members.size());
    balanced.odds.push_back(
        members.empty() ? 1.0 : static_cast<double>(kept) / static_cast<double>(members.size()));
    balanced.rows.insert(balanced.rows.end(), members.begin(),
                         members.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  std::sort(balanced.rows.begin(), balanced.rows.end());
  return balanced;
}

// Odds when every class is seen as often as the largest one.
std::vector<double> OddsOfLargest(const std::vector<std::vector<std::int64_t>>& by_class) {
  std::size_t largest = 0;
  for (const auto& members : by_class) largest = std::max(largest, members.size());
  std::vector<double> odds;
  for (const auto& members : by_class) {
    odds.push_back(
        members.empty() ? 1.0 : static_cast<double>(largest) / static_cast<double>(members.size()));
  }
  return odds;
}

// Whole repeats of a class, and a part of it drawn without replacement for the rest: as few copies
// of the same row as can be.
Balanced Oversample(std::span<const std::int64_t> rows, std::span<const std::int32_t> labels,
                    int classes, std::uint64_t seed) {
  Balanced balanced;
  auto by_class = ByClass(rows, labels, classes);
  balanced.odds = OddsOfLargest(by_class);
  std::size_t largest = 0;
  for (const auto& members : by_class) largest = std::max(largest, members.size());
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    auto& members = by_class[c];
    if (members.empty()) continue;
    Random(seed).Fork("oversample", c).Shuffle(std::span(members));
    for (std::size_t i = 0; i < largest; ++i) balanced.rows.push_back(members[i % members.size()]);
  }
  std::sort(balanced.rows.begin(), balanced.rows.end());
  return balanced;
}

constexpr std::array<std::pair<Imbalance, std::string_view>, 6> kNames = {{
    {Imbalance::kNone, "none"},
    {Imbalance::kThreshold, "threshold"},
    {Imbalance::kWeights, "weights"},
    {Imbalance::kUndersample, "undersample"},
    {Imbalance::kOversample, "oversample"},
    {Imbalance::kSmote, "smote"},
}};

}  // namespace

std::span<const std::pair<Imbalance, std::string_view>> AllImbalances() { return kNames; }

Result<Imbalance> ParseImbalance(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [imbalance, known] : kNames) {
    if (known == name) return imbalance;
    names.emplace_back(known);
  }
  return Status::InvalidArgument("unknown way " + Quote(name) + " to treat imbalance." +
                                 Suggest(name, names));
}

Balanced Balance(Imbalance imbalance, std::span<const std::int64_t> rows,
                 std::span<const std::int32_t> labels, int classes, std::uint64_t seed) {
  if (imbalance == Imbalance::kWeights) return Weigh(rows, labels, classes);
  if (imbalance == Imbalance::kUndersample) return Undersample(rows, labels, classes, seed);
  if (imbalance == Imbalance::kOversample) return Oversample(rows, labels, classes, seed);
  Balanced balanced;
  if (imbalance == Imbalance::kSmote) balanced.odds = OddsOfLargest(ByClass(rows, labels, classes));
  balanced.rows.assign(rows.begin(), rows.end());
  return balanced;
}

}  // namespace reeve::tuning
