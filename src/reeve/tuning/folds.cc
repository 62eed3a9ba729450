#include "reeve/tuning/folds.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "reeve/base/random.h"

namespace reeve::tuning {
namespace {

using Rows = std::vector<std::int64_t>;

// Rows of each class, shuffled.
std::vector<Rows> ShuffledClasses(std::span<const std::int64_t> rows, const SplitOptions& options,
                                  const char* purpose) {
  std::vector<Rows> classes(static_cast<std::size_t>(options.classes));
  for (const std::int64_t row : rows) {
    classes[static_cast<std::size_t>(options.labels[static_cast<std::size_t>(row)])].push_back(row);
  }
  const Random random(options.seed);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    random.Fork(purpose, c).Shuffle(std::span(classes[c]));
  }
  return classes;
}

Rows SortedByTime(std::span<const std::int64_t> rows, const SplitOptions& options) {
  Rows sorted(rows.begin(), rows.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](std::int64_t a, std::int64_t b) {
    return options.times[static_cast<std::size_t>(a)] < options.times[static_cast<std::size_t>(b)];
  });
  return sorted;
}

void SortParts(Fold& fold) {
  std::sort(fold.train.begin(), fold.train.end());
  std::sort(fold.test.begin(), fold.test.end());
}

// How many of each class are tested: the exact share, rounded so that the total is right too
// (largest remainders first). At least one row of every class is left to learn from.
std::vector<std::size_t> Quotas(const std::vector<Rows>& classes, double share) {
  std::size_t total = 0;
  std::vector<std::size_t> quotas;
  std::vector<std::pair<double, std::size_t>> remainders;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const double exact = static_cast<double>(classes[c].size()) * share;
    quotas.push_back(static_cast<std::size_t>(exact));
    remainders.emplace_back(exact - std::floor(exact), c);
    total += classes[c].size();
  }
  const auto wanted = static_cast<std::size_t>(std::llround(static_cast<double>(total) * share));
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::size_t given = std::accumulate(quotas.begin(), quotas.end(), std::size_t{0});
  for (const auto& [remainder, c] : remainders) {
    if (given >= wanted) break;
    if (quotas[c] + 1 < classes[c].size()) {
      ++quotas[c];
      ++given;
    }
  }
  return quotas;
}

// Groups dealt to k parts, largest first, each to the part whose class mix it improves most
// (smallest spread of class counts, then fewest rows): stratified as far as whole groups allow.
std::vector<int> DealGroups(std::span<const std::int64_t> rows, int parts,
                            const SplitOptions& options,
                            std::map<std::int32_t, int>& part_of_group) {
  const auto class_count = static_cast<std::size_t>(options.classes);
  std::map<std::int32_t, std::vector<double>> counts;
  std::vector<double> totals(class_count, 0.0);
  for (const std::int64_t row : rows) {
    const auto i = static_cast<std::size_t>(row);
    auto& group = counts[options.groups[i]];
    group.resize(class_count);
    group[static_cast<std::size_t>(options.labels[i])] += 1;
    totals[static_cast<std::size_t>(options.labels[i])] += 1;
  }
  std::vector<std::int32_t> order;
  for (const auto& [group, unused] : counts) order.push_back(group);
  Random(options.seed).Fork("groups").Shuffle(std::span(order));
  const auto rows_of = [&](std::int32_t group) {
    return std::accumulate(counts[group].begin(), counts[group].end(), 0.0);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return rows_of(a) > rows_of(b); });

  std::vector<std::vector<double>> filled(static_cast<std::size_t>(parts),
                                          std::vector<double>(class_count, 0.0));
  const auto cost_of = [&](std::size_t part, const std::vector<double>& group) {
    double cost = 0;
    for (std::size_t c = 0; c < class_count; ++c) {
      const double share = (filled[part][c] + group[c]) / std::max(totals[c], 1.0);
      cost += share * share - (filled[part][c] / std::max(totals[c], 1.0)) *
                                  (filled[part][c] / std::max(totals[c], 1.0));
    }
    return cost;
  };
  for (const std::int32_t group : order) {
    std::size_t best = 0;
    for (std::size_t part = 1; part < filled.size(); ++part) {
      if (cost_of(part, counts[group]) < cost_of(best, counts[group])) best = part;
    }
    for (std::size_t c = 0; c < class_count; ++c) filled[best][c] += counts[group][c];
    part_of_group[group] = static_cast<int>(best);
  }
  std::vector<int> part_of_row;
  for (const std::int64_t row : rows) {
    part_of_row.push_back(part_of_group[options.groups[static_cast<std::size_t>(row)]]);
  }
  return part_of_row;
}

std::size_t CountGroups(std::span<const std::int64_t> rows, const SplitOptions& options) {
  std::map<std::int32_t, int> seen;
  for (const std::int64_t row : rows) seen[options.groups[static_cast<std::size_t>(row)]] = 1;
  return seen.size();
}

Fold SplitByTime(std::span<const std::int64_t> rows, double test_share,
                 const SplitOptions& options) {
  const Rows sorted = SortedByTime(rows, options);
  const auto tested =
      static_cast<std::ptrdiff_t>(std::llround(static_cast<double>(rows.size()) * test_share));
  Fold fold;
  fold.train.assign(sorted.begin(), sorted.end() - tested);
  fold.test.assign(sorted.end() - tested, sorted.end());
  return fold;
}

Fold SplitByGroup(std::span<const std::int64_t> rows, double test_share,
                  const SplitOptions& options) {
  // A share s is one of about 1/s equal parts.
  const auto parts =
      std::clamp<int>(static_cast<int>(std::lround(1 / test_share)), 2,
                      static_cast<int>(std::max<std::size_t>(2, CountGroups(rows, options))));
  std::map<std::int32_t, int> part_of_group;
  const std::vector<int> part_of_row = DealGroups(rows, parts, options, part_of_group);
  Fold fold;
  // For shares above one half, every part but one is tested.
  const bool inverted = test_share > 0.5;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ((part_of_row[i] == 0) != inverted ? fold.test : fold.train).push_back(rows[i]);
  }
  return fold;
}

Fold SplitStratified(std::span<const std::int64_t> rows, double test_share,
                     const SplitOptions& options) {
  const std::vector<Rows> classes = ShuffledClasses(rows, options, "split");
  const std::vector<std::size_t> quotas = Quotas(classes, test_share);
  Fold fold;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const auto cut = classes[c].begin() + static_cast<std::ptrdiff_t>(quotas[c]);
    fold.test.insert(fold.test.end(), classes[c].begin(), cut);
    fold.train.insert(fold.train.end(), cut, classes[c].end());
  }
  return fold;
}

std::vector<Fold> FoldsByTime(std::span<const std::int64_t> rows, int k,
                              const SplitOptions& options) {
  const Rows sorted = SortedByTime(rows, options);
  const auto boundary = [&](int span) {
    return sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size()) * span / (k + 1);
  };
  std::vector<Fold> folds;
  for (int i = 0; i < k; ++i) {
    folds.push_back(
        {Rows(sorted.begin(), boundary(i + 1)), Rows(boundary(i + 1), boundary(i + 2))});
  }
  return folds;
}

std::vector<Fold> FoldsFromParts(std::span<const std::int64_t> rows,
                                 const std::vector<int>& part_of_row, int k) {
  std::vector<Fold> folds(static_cast<std::size_t>(k));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (int part = 0; part < k; ++part) {
      auto& fold = folds[static_cast<std::size_t>(part)];
      (part_of_row[i] == part ? fold.test : fold.train).push_back(rows[i]);
    }
  }
  return folds;
}

std::vector<Fold> FoldsStratified(std::span<const std::int64_t> rows, int k,
                                  const SplitOptions& options) {
  std::vector<int> part_of(options.labels.size());
  int next = 0;  // goes on from class to class, so that the parts differ by one row at most
  for (const Rows& members : ShuffledClasses(rows, options, "folds")) {
    for (const std::int64_t row : members) part_of[static_cast<std::size_t>(row)] = next++ % k;
  }
  std::vector<int> part_of_row;
  part_of_row.reserve(rows.size());
  for (const std::int64_t row : rows) part_of_row.push_back(part_of[static_cast<std::size_t>(row)]);
  return FoldsFromParts(rows, part_of_row, k);
}

// The smallest class that has at least two rows (single rows cannot be stratified anyway).
std::size_t SmallestClass(std::span<const std::int64_t> rows, const SplitOptions& options) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(options.classes));
  for (const std::int64_t row : rows)
    ++counts[static_cast<std::size_t>(options.labels[static_cast<std::size_t>(row)])];
  std::size_t smallest = rows.size();
  for (const std::size_t count : counts) {
    if (count > 1) smallest = std::min(smallest, count);
  }
  return smallest;
}

}  // namespace

Result<Fold> SplitOnce(std::span<const std::int64_t> rows, double test_share,
                       const SplitOptions& options) {
  if (!(test_share > 0 && test_share < 1)) {
    return Status::InvalidArgument("a share of " + std::to_string(test_share) +
                                   " cannot be set apart, expected a number between 0 and 1");
  }
  if (!options.groups.empty() && options.times.empty() && CountGroups(rows, options) < 2) {
    return Status::InvalidData(
        "all rows belong to one group, expected at least two groups to split by");
  }
  Fold fold = !options.times.empty()    ? SplitByTime(rows, test_share, options)
              : !options.groups.empty() ? SplitByGroup(rows, test_share, options)
                                        : SplitStratified(rows, test_share, options);
  if (fold.train.empty()) return Status::InvalidData("no row would be left to train on");
  if (fold.test.empty()) return Status::InvalidData("no row would be left to test on");
  SortParts(fold);
  return fold;
}

Result<std::vector<Fold>> MakeFolds(std::span<const std::int64_t> rows, int k,
                                    const SplitOptions& options) {
  if (k < 2)
    return Status::InvalidArgument(std::to_string(k) +
                                   " folds cannot be made, expected at least 2");
  if (rows.size() < 4) {
    return Status::InvalidData(std::to_string(rows.size()) +
                               " rows are too few to cross-validate, expected at least 4");
  }
  std::vector<Fold> folds;
  if (!options.times.empty()) {
    folds = FoldsByTime(rows, std::min<int>(k, static_cast<int>(rows.size()) - 1), options);
  } else if (!options.groups.empty()) {
    const std::size_t groups = CountGroups(rows, options);
    if (groups < 2)
      return Status::InvalidData(
          "all rows belong to one group, expected at least two groups to split by");
    const int parts = std::min<int>(k, static_cast<int>(groups));
    std::map<std::int32_t, int> part_of_group;
    folds = FoldsFromParts(rows, DealGroups(rows, parts, options, part_of_group), parts);
  } else {
    // With two classes a fold without one of them has no score; with more, a rare class is simply
    // absent.
    const int most =
        options.classes == 2
            ? static_cast<int>(std::min<std::size_t>(SmallestClass(rows, options), 1000))
            : k;
    folds = FoldsStratified(rows, std::clamp(most, 2, k), options);
  }
  for (Fold& fold : folds) SortParts(fold);
  return folds;
}

std::vector<Fold> ToPositions(const std::vector<Fold>& folds,
                              const std::vector<std::int64_t>& rows) {
  const auto translate = [&](const std::vector<std::int64_t>& part) {
    std::vector<std::int64_t> positions;
    positions.reserve(part.size());
    for (const std::int64_t row : part)
      positions.push_back(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin());
    return positions;
  };
  std::vector<Fold> translated;
  for (const Fold& fold : folds)
    translated.push_back({translate(fold.train), translate(fold.test)});
  return translated;
}

}  // namespace reeve::tuning
