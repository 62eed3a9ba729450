#include <unordered_map>

#include "reeve/mlflow/run_tags.h"
#include "reeve/mlflow/runs.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

// Runs of a page by their ids. Rows of one run come together, so the last is looked at first.
class RunsById {
 public:
  explicit RunsById(std::span<Run> runs) {
    by_id_.reserve(runs.size());
    for (Run& run : runs) {
      by_id_.emplace(run.id, &run);
      keys_.emplace_back(std::string_view(run.id));
    }
  }
  std::span<const sql::Parameter> keys() const { return keys_; }
  // Null when there is none.
  Run* Find(std::string_view id) {
    if (last_ != nullptr && last_->id == id) return last_;
    const auto found = by_id_.find(id);
    return last_ = found == by_id_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string_view, Run*> by_id_;
  std::vector<sql::Parameter> keys_;
  Run* last_ = nullptr;
};

Status ReadMetrics(sql::Database& database, RunsById& runs) {
  return SelectForKeys(
      database,
      {.select = "SELECT run_uuid, key, value, timestamp, step, is_nan FROM latest_metrics "
                 "WHERE run_uuid IN"},
      runs.keys(), [&](const sql::Statement& row) {
        if (Run* const run = runs.Find(row.View(0))) {
          run->metrics.push_back({.key = row.Text(1),
                                  .value = MetricValue(row, 2, 5),
                                  .timestamp = row.Integer(3),
                                  .step = row.Integer(4)});
        }
        return Status::Ok();
      });
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Status ReadPairs(sql::Database& database, std::string_view select, Pairs Run::*pairs,
                 RunsById& runs) {
  return SelectForKeys(database, {.select = select}, runs.keys(), [&](const sql::Statement& row) {
    if (Run* const run = runs.Find(row.View(0)))
      (run->*pairs).emplace_back(row.View(1), row.View(2));
    return Status::Ok();
  });
}

// Runs of old have their name in the tag only.
void TakeNameFromTag(Run& run) {
  if (!run.name.empty()) return;
  for (const auto& [key, value] : run.tags) {
    if (key == kRunNameTag) run.name = value;
  }
}

}  // namespace

Status ReadRunData(sql::Database& database, std::vector<Run>& runs) {
  if (runs.empty()) return Status::Ok();
  RunsById by_id(runs);
  REEVE_RETURN_IF_ERROR(ReadMetrics(database, by_id));
  REEVE_RETURN_IF_ERROR(ReadPairs(
      database, "SELECT run_uuid, key, value FROM params WHERE run_uuid IN", &Run::params, by_id));
  REEVE_RETURN_IF_ERROR(ReadPairs(
      database, "SELECT run_uuid, key, value FROM tags WHERE run_uuid IN", &Run::tags, by_id));
  for (Run& run : runs) TakeNameFromTag(run);
  return ReadRunInputs(database, runs);
}

Result<std::vector<Run>> ReadRuns(sql::Database& database, const std::vector<std::string>& ids) {
  static const std::string kSelect =
      std::string("SELECT ") + kRunFields + " FROM runs WHERE run_uuid IN";
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < ids.size(); ++i) places.emplace(ids[i], i);
  std::vector<Run> runs(ids.size());
  REEVE_RETURN_IF_ERROR(sql::SelectForKeys(database, {.select = kSelect},
                                           std::vector<sql::Parameter>(ids.begin(), ids.end()),
                                           [&](const sql::Statement& row) {
                                             runs[places.at(row.View(0))] = RunFromRow(row);
                                             return Status::Ok();
                                           }));
  // Removed since the ids were read.
  std::erase_if(runs, [](const Run& run) { return run.id.empty(); });
  REEVE_RETURN_IF_ERROR(ReadRunData(database, runs));
  return runs;
}

}  // namespace reeve::mlflow
