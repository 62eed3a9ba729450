#include "reeve/tracking/metric_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "reeve/sql/many_rows.h"

namespace reeve::tracking {
namespace {

bool IsLater(const MetricRow& a, const MetricRow& b) {
  return std::tie(a.step, a.timestamp, a.value) > std::tie(b.step, b.timestamp, b.value);
}

std::vector<sql::Parameter> ValuesOf(const std::vector<const MetricRow*>& rows) {
  std::vector<sql::Parameter> values;
  values.reserve(rows.size() * 6);
  for (const MetricRow* row : rows) {
    values.insert(values.end(), {row->key, row->value, row->timestamp, row->step,
                                 std::int64_t{row->is_nan}, row->run_id});
  }
  return values;
}

Status WriteHistory(sql::Database& database, std::span<const MetricRow> rows) {
  std::vector<const MetricRow*> sorted;
  sorted.reserve(rows.size());
  for (const MetricRow& row : rows) sorted.push_back(&row);
  // As the primary key has them: each of its pages is gone to once.
  std::sort(sorted.begin(), sorted.end(), [](const MetricRow* a, const MetricRow* b) {
    return std::tie(a->key, a->timestamp, a->step, a->run_id) <
           std::tie(b->key, b->timestamp, b->step, b->run_id);
  });
  return sql::InsertRows(
             database,
             {.into = "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid)",
              .columns = 6,
              .behind = "ON CONFLICT DO NOTHING"},
             ValuesOf(sorted))
      .status();
}

Status WriteLatest(sql::Database& database, std::span<const MetricRow> rows) {
  // In the order of the keys, so that writers of one run cannot wait for each other in a circle.
  std::map<std::pair<std::string_view, std::string_view>, const MetricRow*> latest;
  for (const MetricRow& row : rows) {
    const auto [at, is_new] = latest.try_emplace({row.key, row.run_id}, &row);
    if (!is_new && IsLater(row, *at->second)) at->second = &row;
  }
  std::vector<const MetricRow*> kept;
  kept.reserve(latest.size());
  for (const auto& [key, row] : latest) kept.push_back(row);
  return sql::InsertRows(
             database,
             {.into = "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)",
              .columns = 6,
              .behind = "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, "
                        "timestamp = excluded.timestamp, step = excluded.step, "
                        "is_nan = excluded.is_nan WHERE "
                        "(excluded.step, excluded.timestamp, excluded.value) > "
                        "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)"},
             ValuesOf(kept))
      .status();
}

}  // namespace

double StoredMetricValue(double value) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  return std::isnan(value) ? 0 : std::clamp(value, -kLargest, kLargest);
}

Status WriteMetricRows(sql::Database& database, std::span<const MetricRow> rows) {
  REEVE_RETURN_IF_ERROR(WriteHistory(database, rows));
  return WriteLatest(database, rows);
}

}  // namespace reeve::tracking
