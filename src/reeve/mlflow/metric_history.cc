#include "reeve/mlflow/metric_history.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "reeve/mlflow/metrics.h"
#include "reeve/mlflow/search/page_token.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

constexpr std::int64_t kMostBulkPoints = 25'000;
constexpr std::size_t kMostRuns = 100;
constexpr std::int64_t kMostPointsPerRun = 2'500;

// By "=" SQLite would go through the points that all runs have under the key, for the sake of an
// index that has all columns; a range keeps it to the points of the run.
const std::string kHasKey = "key BETWEEN ? AND ?";

struct Point {
  double value;
  std::int64_t timestamp;
  std::int64_t step;
};

// From columns value, is_nan, timestamp, step.
Point PointFromRow(const sql::Statement& row, int first_idx) {
  return {.value = MetricValue(row, first_idx, first_idx + 1),
          .timestamp = row.Integer(first_idx + 2),
          .step = row.Integer(first_idx + 3)};
}

// `run_id` is left out when it is empty.
void WritePoint(std::string_view key, const Point& point, std::string_view run_id,
                JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("key", key);
  writer.RealMember("value", point.value);
  writer.IntegerMember("timestamp", point.timestamp);
  writer.IntegerMember("step", point.step);
  writer.MemberUnlessEmpty("run_id", run_id);
  writer.EndObject();
}

std::vector<sql::Parameter> ToKeys(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

Status GetHistory(const Context& context, const Request& request, std::string& answer) {
  const std::string key = request.Text("metric_key");
  const std::optional<std::int64_t> most = request.Integer("max_results");
  if (most && *most < 1) {
    return Status::InvalidArgument("Invalid value " + std::to_string(*most) +
                                   " for parameter 'max_results' supplied. It must be a positive "
                                   "integer.");
  }
  REEVE_ASSIGN_OR_RETURN(const std::int64_t offset, DecodePageToken(request.Text("page_token")));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  const std::string sql =
      "SELECT value, is_nan, timestamp, step FROM metrics WHERE run_uuid = ? AND " + kHasKey +
      " ORDER BY timestamp, step, value LIMIT ? OFFSET ?";
  constexpr std::int64_t kAll = std::int64_t{1} << 62;
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database->Prepare(sql, request.Text("run_id"), key, key, most ? *most + 1 : kAll, offset));
  JsonWriter writer(answer);
  writer.BeginObject();
  for (std::int64_t i = 0;; ++i) {
    REEVE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (more && i == 0) {
      writer.Key("metrics");
      writer.BeginArray();
    }
    if (!more || i == most) {
      if (i > 0) writer.EndArray();
      if (more) writer.Member("next_page_token", EncodePageToken(offset + *most));
      break;
    }
    WritePoint(key, PointFromRow(row, 0), {}, writer);
  }
  writer.EndObject();
  return Status::Ok();
}

Status CheckBulkRuns(std::size_t count) {
  if (count == 0) {
    return Status::InvalidArgument(
        "GetMetricHistoryBulk request must specify at least one run_id.");
  }
  if (count <= kMostRuns) return Status::Ok();
  return Status::InvalidArgument("GetMetricHistoryBulk request cannot specify more than " +
                                 std::to_string(kMostRuns) + " run_ids. Received " +
                                 std::to_string(count) + " run_ids.");
}

Status GetHistoryBulk(const Context& context, const Request& request, std::string& answer) {
  const std::vector<std::string> run_ids = request.Texts("run_id");
  REEVE_RETURN_IF_ERROR(CheckBulkRuns(run_ids.size()));
  if (!request.Has("metric_key"))
    return Status::InvalidArgument("GetMetricHistoryBulk request must specify a metric_key.");
  const std::string key = request.Text("metric_key");
  const std::int64_t most = std::clamp<std::int64_t>(
      request.Integer("max_results").value_or(kMostBulkPoints), 0, kMostBulkPoints);
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("metrics");
  writer.BeginArray();
  const std::string behind =
      "AND " + kHasKey + " ORDER BY run_uuid, timestamp, step, value LIMIT ?";
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      *database,
      {.select = "SELECT run_uuid, value, is_nan, timestamp, step FROM metrics WHERE run_uuid IN",
       .behind = behind,
       .last = {key, key, most}},
      ToKeys(run_ids), [&](const sql::Statement& row) {
        WritePoint(key, PointFromRow(row, 1), row.View(0), writer);
        return Status::Ok();
      }));
  writer.EndArray();
  writer.EndObject();
  return Status::Ok();
}

struct Interval {
  std::vector<std::string> run_ids;
  std::string key;
  /// Points of a run.
  std::int64_t most = kMostPointsPerRun;
  std::int64_t first_step = 0;
  std::int64_t last_step = 0;
};

Result<Interval> ReadInterval(const Request& request) {
  Interval interval = {.run_ids = request.Texts("run_ids"), .key = request.Text("metric_key")};
  if (interval.run_ids.size() > kMostRuns) {
    return WithHintAtDocs(Status::InvalidArgument(
        "GetMetricHistoryBulkInterval request must specify at most " + std::to_string(kMostRuns) +
        " run_ids. Received " + std::to_string(interval.run_ids.size()) + " run_ids."));
  }
  interval.most = request.Integer("max_results").value_or(kMostPointsPerRun);
  if (interval.most < 1 || interval.most > kMostPointsPerRun) {
    return WithHintAtDocs(Status::InvalidArgument("max_results must be between 1 and " +
                                                  std::to_string(kMostPointsPerRun) + "."));
  }
  const std::optional<std::int64_t> first = request.Integer("start_step");
  const std::optional<std::int64_t> last = request.Integer("end_step");
  if (first.has_value() != last.has_value()) {
    return Status::InvalidArgument(
        "If either start step or end step are specified, both must be specified.");
  }
  interval.first_step = first.value_or(std::numeric_limits<std::int64_t>::min());
  interval.last_step = last.value_or(std::numeric_limits<std::int64_t>::max());
  if (interval.first_step <= interval.last_step) return interval;
  return Status::InvalidArgument(
      "end_step must be greater than start_step. Found start_step=" + std::to_string(*first) +
      " and end_step=" + std::to_string(*last) + ".");
}

using PointsByRun = std::map<std::string, std::vector<Point>, std::less<>>;

// The first point of each of `most` stretches of equal length, and the last point of all, chosen by
// the database, so that a million points of a run stay there.
Result<PointsByRun> ReadSamples(sql::Database& database, const Interval& interval) {
  const std::string behind =
      "AND " + kHasKey +
      " AND step >= ? AND step <= ? WINDOW w AS "
      "(PARTITION BY run_uuid ORDER BY step, timestamp, value, is_nan)) AS stretched) AS placed "
      "WHERE place = 1 OR position = total ORDER BY run_uuid, position";
  PointsByRun points;
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      database,
      {.select = "SELECT run_uuid, value, is_nan, timestamp, step FROM ("
                 "SELECT run_uuid, value, is_nan, timestamp, step, position, total, "
                 "row_number() OVER (PARTITION BY run_uuid, stretch ORDER BY position) AS place "
                 "FROM (SELECT run_uuid, value, is_nan, timestamp, step, "
                 "ntile(?) OVER w AS stretch, row_number() OVER w AS position, "
                 "count(*) OVER (PARTITION BY run_uuid) AS total "
                 "FROM metrics WHERE run_uuid IN",
       .behind = behind,
       .first = {interval.most},
       .last = {interval.key, interval.key, interval.first_step, interval.last_step}},
      ToKeys(interval.run_ids), [&](const sql::Statement& row) {
        points[row.Text(0)].push_back(PointFromRow(row, 1));
        return Status::Ok();
      }));
  const auto most = static_cast<std::size_t>(interval.most);
  for (auto& [run_id, of_run] : points) {
    // The last of all takes the place of the last beginning.
    if (of_run.size() > most) of_run.erase(of_run.end() - 2);
  }
  return points;
}

Status GetHistoryBulkInterval(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Interval interval, ReadInterval(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const PointsByRun points, ReadSamples(*database, interval));
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!points.empty()) {
    writer.Key("metrics");
    writer.BeginArray();
    for (const std::string& run_id : interval.run_ids) {
      const auto of_run = points.find(run_id);
      if (of_run == points.end()) continue;
      for (const Point& point : of_run->second) WritePoint(interval.key, point, run_id, writer);
    }
    writer.EndArray();
  }
  writer.EndObject();
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> MetricHistoryEndpoints() {
  using enum FieldType;
  const Field key = {"metric_key", kText, true};
  return {
      {"GET",
       "/metrics/get-history",
       {{"run_id", kText, true}, key, {"page_token"}, {"max_results", kInteger}},
       GetHistory,
       Access::kRead},
      {"GET",
       "/metrics/get-history-bulk",
       {{"run_id", kTexts}, {"metric_key"}, {"max_results", kInteger}},
       GetHistoryBulk,
       Access::kRead},
      {"GET",
       "/metrics/get-history-bulk-interval",
       {{"run_ids", kTexts, true},
        key,
        {"start_step", kInteger},
        {"end_step", kInteger},
        {"max_results", kInteger}},
       GetHistoryBulkInterval,
       Access::kRead},
  };
}

}  // namespace reeve::mlflow
