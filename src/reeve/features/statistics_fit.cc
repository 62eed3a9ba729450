#include "reeve/features/statistics_fit.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "reeve/base/random.h"
#include "reeve/features/coded_column.h"
#include "reeve/features/combination_search.h"
#include "reeve/table/column_index.h"

namespace reeve::features {
namespace {

// Classes beyond these get no statistics of their own.
constexpr std::int32_t kMostClasses = 10;

// Brings the rows of each group together, groups in the order of their first rows.
void SortByGroup(std::span<const std::int64_t> rows, std::span<const std::int32_t> groups,
                 std::vector<std::uint32_t>& order) {
  const auto group_of = [&](std::uint32_t position) {
    return groups[static_cast<std::size_t>(rows[position])];
  };
  std::unordered_map<std::int32_t, std::uint32_t> rank_of;
  for (const std::uint32_t position : order)
    rank_of.try_emplace(group_of(position), static_cast<std::uint32_t>(rank_of.size()));
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return rank_of[group_of(a)] < rank_of[group_of(b)];
  });
}

RowOrder OrderRows(std::span<const std::int64_t> rows, const Supervision& supervision) {
  RowOrder made;
  made.order.resize(rows.size());
  std::iota(made.order.begin(), made.order.end(), 0U);
  Random random(supervision.seed);
  random.Shuffle(std::span(made.order));
  if (!supervision.groups.empty()) SortByGroup(rows, supervision.groups, made.order);
  const auto together = [&](std::uint32_t a, std::uint32_t b) {
    return !supervision.groups.empty() && supervision.groups[static_cast<std::size_t>(rows[a])] ==
                                              supervision.groups[static_cast<std::size_t>(rows[b])];
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + 1 == rows.size() || !together(made.order[i], made.order[i + 1]))
      made.ends.push_back(static_cast<std::uint32_t>(i + 1));
  }
  return made;
}

// The rows in the order in which they are told of each other.
std::vector<std::int64_t> Reorder(std::span<const std::int64_t> rows, const RowOrder& order) {
  std::vector<std::int64_t> ordered;
  ordered.reserve(rows.size());
  for (const std::uint32_t position : order.order) ordered.push_back(rows[position]);
  return ordered;
}

TargetStatistic Count(std::span<const CodedColumn> columns, const RowGroups& groups,
                      std::span<const std::vector<std::uint8_t>> hits) {
  const std::size_t width = groups.inputs.size(), classes = hits.size();
  TargetStatistic statistic{.inputs = groups.inputs,
                            .places = std::vector<std::uint32_t>(groups.groups * width),
                            .rows = std::vector<std::int64_t>(groups.groups),
                            .hits = std::vector<std::int64_t>(groups.groups * classes)};
  for (std::size_t i = 0; i < groups.ids.size(); ++i) {
    const std::size_t id = groups.ids[i];
    ++statistic.rows[id];
    for (std::size_t k = 0; k < classes; ++k) statistic.hits[id * classes + k] += hits[k][i];
    for (std::size_t j = 0; j < width; ++j)
      statistic.places[id * width + j] = columns[groups.inputs[j]].places[i];
  }
  return statistic;
}

// Writes the rates that the fitted rows get of one statistic, from `out` on.
void TellOfRates(const StatisticsParts& parts, const RowGroups& groups,
                 std::span<const std::vector<std::uint8_t>> hits, const RowOrder& order,
                 float* out) {
  struct Seen {
    double rows = 0, hits = 0;
  };
  const std::size_t rows = groups.ids.size();
  for (std::size_t k = 0; k < hits.size(); ++k) {
    std::vector<Seen> seen(groups.groups);
    std::size_t begin = 0;
    for (const std::uint32_t end : order.ends) {
      for (std::size_t i = begin; i < end; ++i) {
        const Seen& before = seen[groups.ids[i]];
        out[k * rows + order.order[i]] = ToFeature(
            (before.hits + parts.prior_rows * parts.priors[k]) / (before.rows + parts.prior_rows));
      }
      for (std::size_t i = begin; i < end; ++i) {
        seen[groups.ids[i]].rows += 1;
        seen[groups.ids[i]].hits += hits[k][i];
      }
      begin = end;
    }
  }
}

// How many rows there are of each row's values. Where they are few those of its own batch are left
// out, as a new row is not among them. Where they are many the number names the value rather than
// how sure its rate is, and has to be the same for fitted and for new rows.
void TellOfNumbers(std::span<const std::int64_t> counted, const RowGroups& groups,
                   const RowOrder& order, float* out) {
  constexpr std::int64_t kFewRows = 10;
  std::vector<std::int64_t> own(groups.groups);
  std::size_t begin = 0;
  for (const std::uint32_t end : order.ends) {
    for (std::size_t i = begin; i < end; ++i) ++own[groups.ids[i]];
    for (std::size_t i = begin; i < end; ++i) {
      const std::int64_t all = counted[groups.ids[i]];
      const std::int64_t told = all > kFewRows ? all : all - own[groups.ids[i]];
      out[order.order[i]] = ToFeature(static_cast<double>(told));
    }
    for (std::size_t i = begin; i < end; ++i) own[groups.ids[i]] = 0;
    begin = end;
  }
}

// Leaves the columns that statistics are made of.
void KeepUsedColumns(std::vector<CodedColumn>& columns,
                     std::vector<std::vector<std::size_t>>& chosen) {
  std::vector<std::size_t> place(columns.size());
  std::vector<CodedColumn> kept;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const bool used = std::any_of(chosen.begin(), chosen.end(), [&](const auto& inputs) {
      return std::find(inputs.begin(), inputs.end(), j) != inputs.end();
    });
    place[j] = kept.size();
    if (used) kept.push_back(std::move(columns[j]));
  }
  for (std::vector<std::size_t>& inputs : chosen) {
    for (std::size_t& input : inputs) input = place[input];
  }
  columns = std::move(kept);
}

}  // namespace

std::optional<FittedStatistics> FitStatistics(const Table& table,
                                              std::span<const std::int64_t> rows,
                                              const std::vector<std::string>& features,
                                              const StatisticsOptions& options,
                                              const Supervision& supervision) {
  const RowOrder order = OrderRows(rows, supervision);
  const std::vector<std::int64_t> ordered = Reorder(rows, order);
  std::vector<CodedColumn> columns;
  const ColumnIndex index(table);
  for (const std::string& name : features) {
    const Column& column = *index.Find(name);
    for (auto reading : {CodeColumn(column, ordered), BinColumn(column, ordered)}) {
      if (reading) columns.push_back(std::move(*reading));
    }
  }
  StatisticsParts parts{.prior_rows = options.prior_rows};
  std::vector<std::vector<std::uint8_t>> hits;
  for (std::int32_t k = 1; k < supervision.classes && k <= kMostClasses; ++k) {
    std::vector<std::uint8_t>& hit = hits.emplace_back();
    for (const std::int64_t row : ordered)
      hit.push_back(supervision.labels[static_cast<std::size_t>(row)] == k ? 1 : 0);
    parts.classes.push_back(k);
    parts.priors.push_back(std::accumulate(hit.begin(), hit.end(), 0.0) /
                           static_cast<double>(std::max<std::size_t>(hit.size(), 1)));
  }
  auto chosen = ChooseStatistics({.columns = columns, .hits = hits, .order = &order}, options);
  if (chosen.empty()) return std::nullopt;
  KeepUsedColumns(columns, chosen);
  for (const CodedColumn& column : columns) parts.inputs.push_back(column.input);
  FittedStatistics fitted;
  const std::size_t outputs = (hits.size() + 1) * rows.size();
  fitted.training.resize(chosen.size() * outputs);
  for (std::size_t s = 0; s < chosen.size(); ++s) {
    const RowGroups groups = GroupRows(columns, chosen[s], rows.size());
    parts.statistics.push_back(Count(columns, groups, hits));
    float* const told = fitted.training.data() + s * outputs;
    TellOfRates(parts, groups, hits, order, told);
    TellOfNumbers(parts.statistics.back().rows, groups, order, told + hits.size() * rows.size());
  }
  auto step = StatisticsStep::Make(std::move(parts));
  if (!step.ok()) return std::nullopt;  // no set of parts made here is refused
  fitted.step = std::move(step).value();
  return fitted;
}

}  // namespace reeve::features
