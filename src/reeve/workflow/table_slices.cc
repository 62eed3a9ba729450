#include "reeve/workflow/table_slices.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "reeve/base/random.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/slices.h"

namespace reeve::workflow {
namespace {

constexpr std::size_t kMostColumns = 200, kMostValues = 1000, kFewValues = 8, kMostShown = 12;
constexpr std::size_t kMostRows = 50'000;

using Positions = std::vector<std::int64_t>;

// A number as the column's own values are written.
std::string Written(const Column& column, double value) {
  return Column::Numbers("", column.type(), {value}).ToText(0);
}

void AddValues(const Column& column, const std::map<double, Positions>& by_value,
               std::vector<TableSlice>& slices) {
  for (const auto& [value, positions] : by_value)
    slices.push_back({column.name() + " = " + Written(column, value), positions});
}

// Quarters between the distinct quartiles of the values.
void AddQuarters(const Column& column, std::vector<std::pair<double, std::int64_t>> values,
                 std::vector<TableSlice>& slices) {
  std::sort(values.begin(), values.end());
  std::vector<double> edges;
  for (const double share : {0.25, 0.5, 0.75}) {
    const double edge =
        values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))].first;
    if (edge > values.front().first && (edges.empty() || edge > edges.back()))
      edges.push_back(edge);
  }
  std::vector<Positions> quarters(edges.size() + 1);
  for (const auto& [value, position] : values) {
    const auto quarter = std::upper_bound(edges.begin(), edges.end(), value) - edges.begin();
    quarters[static_cast<std::size_t>(quarter)].push_back(position);
  }
  for (std::size_t i = 0; i < quarters.size(); ++i) {
    std::string name = column.name();
    if (i == 0) {
      name += edges.empty() ? " given" : " below " + Written(column, edges[0]);
    } else if (i == edges.size()) {
      name += " from " + Written(column, edges[i - 1]) + " on";
    } else {
      name += " from " + Written(column, edges[i - 1]) + " to " + Written(column, edges[i]);
    }
    slices.push_back({name, std::move(quarters[i])});
  }
}

void SliceNumbers(const Column& column, std::span<const std::int64_t> rows,
                  std::vector<TableSlice>& slices) {
  std::map<double, Positions> by_value;
  std::vector<std::pair<double, std::int64_t>> values;
  Positions missing;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double value = column.numbers()[static_cast<std::size_t>(rows[i])];
    const auto position = static_cast<std::int64_t>(i);
    if (std::isnan(value)) {
      missing.push_back(position);
      continue;
    }
    values.emplace_back(value, position);
    if (by_value.size() <= kFewValues) by_value[value].push_back(position);
  }
  if (!values.empty()) {
    if (by_value.size() <= kFewValues) {
      AddValues(column, by_value, slices);
    } else {
      AddQuarters(column, std::move(values), slices);
    }
  }
  slices.push_back({column.name() + " missing", std::move(missing)});
}

void SliceCodes(const Column& column, std::span<const std::int64_t> rows,
                std::vector<TableSlice>& slices) {
  if (column.dictionary().size() > kMostValues) return;
  std::vector<Positions> by_code(column.dictionary().size());
  Positions missing;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int32_t code = column.codes()[static_cast<std::size_t>(rows[i])];
    (code == kMissingCode ? missing : by_code[static_cast<std::size_t>(code)])
        .push_back(static_cast<std::int64_t>(i));
  }
  for (std::size_t code = 0; code < by_code.size(); ++code)
    slices.push_back({column.name() + " = " + column.dictionary()[code], std::move(by_code[code])});
  slices.push_back({column.name() + " missing", std::move(missing)});
}

// Which predictions are looked at: all, or a random part in their order.
Positions Chosen(std::size_t count, std::uint64_t seed) {
  Positions chosen(count);
  std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
  if (count <= kMostRows) return chosen;
  Random random = Random(seed).Fork("slices");
  random.Shuffle(std::span(chosen));
  chosen.resize(kMostRows);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

struct Part {
  Positions rows;
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
};

Part TakePart(const SlicedPredictions& predictions, std::uint64_t seed) {
  const Positions chosen = Chosen(predictions.rows.size(), seed);
  Part part;
  part.probabilities =
      Probabilities(static_cast<std::int64_t>(chosen.size()), predictions.probabilities->classes);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto at = static_cast<std::size_t>(chosen[i]);
    part.rows.push_back(predictions.rows[at]);
    part.labels.push_back(predictions.labels[at]);
    const auto from = predictions.probabilities->row(chosen[i]);
    std::copy(from.begin(), from.end(),
              part.probabilities.mutable_row(static_cast<std::int64_t>(i)).begin());
  }
  return part;
}

// Worse than the model knows first, then worse than all rows, each by how much; then what may be
// luck, by how little it takes to be it.
void SortWorstFirst(report::SliceChart& chart) {
  const auto kind = [&](const report::SliceRow& slice) {
    return slice.IsSurprise(chart.higher_is_better) ? 0 : slice.IsWorse() ? 1 : 2;
  };
  std::stable_sort(chart.slices.begin(), chart.slices.end(),
                   [&](const report::SliceRow& a, const report::SliceRow& b) {
                     if (kind(a) != kind(b)) return kind(a) < kind(b);
                     if (kind(a) == 2 && a.adjusted_p != b.adjusted_p)
                       return a.adjusted_p < b.adjusted_p;
                     return std::abs(a.difference) > std::abs(b.difference);
                   });
  if (chart.slices.size() > kMostShown) chart.slices.resize(kMostShown);
}

}  // namespace

std::vector<TableSlice> MakeSlices(const Table& table, const std::vector<std::string>& columns,
                                   std::span<const std::int64_t> rows, std::int64_t fewest) {
  std::vector<TableSlice> slices;
  for (const std::string& name : columns) {
    const auto found = table.Find(name);
    if (!found) continue;
    const Column& column = table.column(*found);
    if (column.storage() == Column::Storage::kNumbers) SliceNumbers(column, rows, slices);
    if (column.storage() == Column::Storage::kCodes) SliceCodes(column, rows, slices);
    std::erase_if(slices, [&](const TableSlice& slice) {
      return slice.rows.size() < static_cast<std::size_t>(fewest) ||
             slice.rows.size() == rows.size();
    });
  }
  return slices;
}

std::optional<report::SliceChart> FindWeakSlices(const SlicedPredictions& predictions,
                                                 std::uint64_t seed) {
  const Part part = TakePart(predictions, seed);
  std::vector<std::string> columns(predictions.columns.begin(), predictions.columns.end());
  if (columns.size() > kMostColumns) columns.resize(kMostColumns);
  const evaluation::SliceOptions options{.rule = predictions.rule};
  const auto made = MakeSlices(*predictions.table, columns, part.rows, options.fewest_rows);
  std::vector<Positions> members;
  for (const TableSlice& slice : made) members.push_back(slice.rows);
  const evaluation::Metric metric =
      evaluation::SliceMetric(predictions.metric, predictions.probabilities->classes);
  const auto scores =
      evaluation::ScoreSlices(metric, part.labels, part.probabilities, members, options);
  if (!scores.ok()) return std::nullopt;
  const evaluation::MetricInfo& info = evaluation::InfoOf(metric);
  report::SliceChart chart{.metric = std::string(info.name),
                           .higher_is_better = info.higher_is_better,
                           .rows = predictions.described,
                           .overall = scores->overall};
  if (part.rows.size() < predictions.rows.size())
    chart.rows = GroupDigits(static_cast<long long>(part.rows.size())) + " random ones of the " +
                 predictions.described;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto& score = scores->slices[i];
    if (!score) continue;
    ++chart.looked_at;
    const bool is_worse = info.higher_is_better ? score->difference < 0 : score->difference > 0;
    const report::SliceRow slice{.name = made[i].name,
                                 .rows = score->rows,
                                 .score = score->score,
                                 .interval = score->interval,
                                 .difference = score->difference,
                                 .adjusted_p = is_worse ? score->adjusted_p : 1,
                                 .expected = score->expected,
                                 .adjusted_surprise_p = score->adjusted_surprise_p};
    if (is_worse || slice.IsSurprise(info.higher_is_better)) chart.slices.push_back(slice);
  }
  if (chart.slices.empty()) return std::nullopt;
  SortWorstFirst(chart);
  return chart;
}

}  // namespace reeve::workflow
