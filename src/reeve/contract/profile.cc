#include "reeve/contract/profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "reeve/base/number.h"
#include "reeve/base/parallel.h"

namespace reeve::contract {
namespace {

constexpr int kBins = 20;
constexpr int kFrequencyBins = 10;
constexpr std::size_t kTopValues = 20;
constexpr std::size_t kTopCategories = 1000;

double QuantileOf(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Counts of sorted values between edges, the last bin closed.
Histogram CountBetween(std::vector<double> edges, const std::vector<double>& sorted) {
  Histogram histogram{.edges = std::move(edges), .counts = {}};
  if (histogram.edges.size() < 2) {
    histogram.counts.assign(1, static_cast<std::int64_t>(sorted.size()));
    return histogram;
  }
  auto from = sorted.begin();
  for (std::size_t bin = 0; bin + 1 < histogram.edges.size(); ++bin) {
    const bool last = bin + 2 == histogram.edges.size();
    const auto to =
        last ? sorted.end() : std::lower_bound(from, sorted.end(), histogram.edges[bin + 1]);
    histogram.counts.push_back(to - from);
    from = to;
  }
  return histogram;
}

void KeepTop(std::vector<ValueCount>& values, std::size_t most) {
  std::sort(values.begin(), values.end(), [](const ValueCount& a, const ValueCount& b) {
    return a.count > b.count || (a.count == b.count && a.value < b.value);
  });
  if (values.size() > most) values.resize(most);
}

void ProfileNumbers(const Column& column, ColumnProfile& profile) {
  std::vector<double> sorted;
  for (const double number : column.numbers()) {
    if (!std::isnan(number)) sorted.push_back(number + 0.0);
  }
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) return;
  profile.minimum = sorted.front();
  profile.maximum = sorted.back();
  const auto count = static_cast<double>(sorted.size());
  profile.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count;
  double squares = 0;
  for (const double number : sorted) squares += (number - *profile.mean) * (number - *profile.mean);
  profile.standard_deviation = std::sqrt(squares / count);
  for (const double q : kQuantiles) profile.quantiles.push_back(QuantileOf(sorted, q));

  std::vector<double> uniform, frequency;
  for (int i = 0; i <= kBins; ++i) {
    uniform.push_back(sorted.front() + (sorted.back() - sorted.front()) * i / kBins);
  }
  for (int i = 0; i <= kFrequencyBins; ++i) {
    frequency.push_back(QuantileOf(sorted, static_cast<double>(i) / kFrequencyBins));
  }
  for (auto* const edges : {&uniform, &frequency})
    edges->erase(std::unique(edges->begin(), edges->end()), edges->end());
  profile.uniform = CountBetween(std::move(uniform), sorted);
  profile.frequency = CountBetween(std::move(frequency), sorted);

  std::vector<std::pair<std::int64_t, double>> runs;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    runs.emplace_back(static_cast<std::int64_t>(end - begin), sorted[begin]);
    begin = end;
  }
  profile.distinct = static_cast<std::int64_t>(runs.size());
  std::stable_sort(runs.begin(), runs.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < std::min(kTopValues, runs.size()); ++i) {
    profile.top_values.push_back(
        {Column::Numbers("", column.type(), {runs[i].second}).ToText(0), runs[i].first});
  }
}

void ProfileTexts(const Column& column, ColumnProfile& profile) {
  std::vector<ValueCount> values;
  if (column.storage() == Column::Storage::kCodes) {
    std::vector<std::int64_t> counts(column.dictionary().size());
    for (const std::int32_t code : column.codes()) {
      if (code != kMissingCode) ++counts[static_cast<std::size_t>(code)];
    }
    for (std::size_t code = 0; code < counts.size(); ++code) {
      if (counts[code] > 0) values.push_back({column.dictionary()[code], counts[code]});
    }
  } else {
    std::unordered_map<std::string_view, std::int64_t> counts;
    for (std::int64_t row = 0; row < column.size(); ++row) {
      if (!column.IsMissing(row)) ++counts[column.text(row)];
    }
    for (const auto& [text, count] : counts) values.push_back({std::string(text), count});
  }
  profile.distinct = static_cast<std::int64_t>(values.size());
  KeepTop(values, column.type() == ColumnType::kCategory ? kTopCategories : kTopValues);
  profile.top_values = std::move(values);
}

ColumnProfile ProfileColumn(const Column& column) {
  ColumnProfile profile{.name = column.name(),
                        .type = column.type(),
                        .rows = column.size(),
                        .missing = column.CountMissing()};
  if (column.storage() == Column::Storage::kNumbers) {
    ProfileNumbers(column, profile);
  } else {
    ProfileTexts(column, profile);
  }
  return profile;
}

// Sum of (b - a) ln(b / a) over shares, empty bins at a small share so that the logarithm exists.
double StabilityIndex(const std::vector<double>& before, const std::vector<double>& after) {
  constexpr double kSmallShare = 1e-4;
  const double total_before = std::accumulate(before.begin(), before.end(), 0.0);
  const double total_after = std::accumulate(after.begin(), after.end(), 0.0);
  if (total_before == 0 || total_after == 0) return 0;
  double index = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double a = std::max(before[i] / total_before, kSmallShare);
    const double b = std::max(after[i] / total_after, kSmallShare);
    index += (b - a) * std::log(b / a);
  }
  return index;
}

// Rows of `profile` in the bins of `edges`, from its own finer histogram: shares of a bin are
// spread evenly.
std::vector<double> Rebin(const std::vector<double>& edges, const ColumnProfile& profile) {
  std::vector<double> counts(std::max<std::size_t>(edges.size(), 2) - 1);
  const Histogram& own = profile.frequency.counts.size() > 1 ? profile.frequency : profile.uniform;
  const auto bin_of = [&](double value) {
    const auto it = std::upper_bound(edges.begin(), edges.end(), value);
    const auto bin = std::clamp<std::ptrdiff_t>(it - edges.begin() - 1, 0,
                                                static_cast<std::ptrdiff_t>(counts.size()) - 1);
    return static_cast<std::size_t>(bin);
  };
  for (std::size_t bin = 0; bin < own.counts.size(); ++bin) {
    constexpr int kPieces = 100;
    const double low = own.edges.empty() ? 0 : own.edges[std::min(bin, own.edges.size() - 1)];
    const double high = own.edges.empty() ? 0 : own.edges[std::min(bin + 1, own.edges.size() - 1)];
    for (int piece = 0; piece < kPieces; ++piece) {
      const double value = low + (high - low) * (piece + 0.5) / kPieces;
      counts[bin_of(value)] += static_cast<double>(own.counts[bin]) / kPieces;
    }
  }
  return counts;
}

double PsiOfNumbers(const ColumnProfile& before, const ColumnProfile& after) {
  std::vector<double> a = Rebin(before.frequency.edges, before);
  std::vector<double> b = Rebin(before.frequency.edges, after);
  a.push_back(static_cast<double>(before.missing));
  b.push_back(static_cast<double>(after.missing));
  return StabilityIndex(a, b);
}

double PsiOfValues(const ColumnProfile& before, const ColumnProfile& after) {
  std::map<std::string, std::pair<double, double>> counts;
  for (const ValueCount& value : before.top_values)
    counts[value.value].first = static_cast<double>(value.count);
  for (const ValueCount& value : after.top_values)
    counts[value.value].second = static_cast<double>(value.count);
  std::vector<double> a = {static_cast<double>(before.missing)},
                      b = {static_cast<double>(after.missing)};
  for (const auto& [value, both] : counts) {
    a.push_back(both.first);
    b.push_back(both.second);
  }
  return StabilityIndex(a, b);
}

bool SameStatistics(const ColumnProfile& a, const ColumnProfile& b) {
  return a.rows == b.rows && a.missing == b.missing && a.distinct == b.distinct &&
         a.mean == b.mean && a.standard_deviation == b.standard_deviation &&
         a.minimum == b.minimum && a.maximum == b.maximum &&
         std::equal(a.top_values.begin(), a.top_values.end(), b.top_values.begin(),
                    b.top_values.end(), [](const ValueCount& x, const ValueCount& y) {
                      return x.value == y.value && x.count == y.count;
                    });
}

ColumnChange Compare(const ColumnProfile& before, const ColumnProfile& after) {
  ColumnChange change{
      .name = before.name, .kind = "changed", .before = before, .after = after, .psi = {}};
  if (before.type != after.type) {
    change.kind = "type";
    return change;
  }
  if (SameStatistics(before, after)) change.kind = "same";
  change.psi =
      before.minimum && after.minimum ? PsiOfNumbers(before, after) : PsiOfValues(before, after);
  return change;
}

}  // namespace

Profile MakeProfile(const Table& table, int threads) {
  Profile profile{.digest = DigestOf(table), .rows = table.rows(), .columns = {}};
  profile.columns.resize(table.column_count());
  // No task fails.
  (void)ParallelFor(threads, static_cast<std::int64_t>(table.column_count()), [&](std::int64_t i) {
    const auto column_idx = static_cast<std::size_t>(i);
    profile.columns[column_idx] = ProfileColumn(table.column(column_idx));
    return Status::Ok();
  });
  return profile;
}

ProfileDiff DiffProfiles(const Profile& before, const Profile& after) {
  ProfileDiff diff{.same = before.digest == after.digest,
                   .rows_before = before.rows,
                   .rows_after = after.rows,
                   .columns = {}};
  std::map<std::string, const ColumnProfile*> later;
  for (const ColumnProfile& column : after.columns) later[column.name] = &column;
  for (const ColumnProfile& column : before.columns) {
    const auto it = later.find(column.name);
    if (it == later.end()) {
      diff.columns.push_back(
          {.name = column.name, .kind = "removed", .before = column, .after = {}, .psi = {}});
    } else {
      diff.columns.push_back(Compare(column, *it->second));
      later.erase(it);
    }
  }
  for (const ColumnProfile& column : after.columns) {
    if (later.contains(column.name)) {
      diff.columns.push_back(
          {.name = column.name, .kind = "added", .before = {}, .after = column, .psi = {}});
    }
  }
  return diff;
}

}  // namespace reeve::contract
