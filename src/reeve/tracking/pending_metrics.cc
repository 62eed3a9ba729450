#include "reeve/tracking/pending_metrics.h"

#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/sql/many_rows.h"
#include "reeve/sql/open.h"

namespace reeve::tracking {
namespace {

using Texts = std::set<std::string, std::less<>>;

// Numbers are never given again, not even when the table is empty: who settles takes away what has
// a number up to the last that it read.
constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS points (id INTEGER PRIMARY KEY, run_uuid TEXT NOT NULL, key TEXT NOT NULL,
  value REAL NOT NULL, timestamp INTEGER NOT NULL, step INTEGER NOT NULL, is_nan INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS numbering (last INTEGER NOT NULL);
INSERT INTO numbering SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM numbering);
)sql";

// One file for a database, by whichever link it is opened.
std::string PathBeside(const std::string& database_path) {
  std::error_code failed;
  const std::filesystem::path real =
      std::filesystem::canonical(AbsolutePath(database_path), failed);
  return (failed ? AbsolutePath(database_path) : real.string()) + "-pending";
}

// Made before SQLite does, which knows nothing of the file whose permissions it is to have.
void MakeFile(const std::string& path, const std::string& database_path) {
  struct stat database {};
  if (::stat(database_path.c_str(), &database) != 0) return;
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return;
  (void)::fchmod(file, database.st_mode & 0777);
  ::close(file);
}

Status MakeTables(sql::Database& database) {
  // Fails when another process does it at this moment, which is as well.
  (void)database.RunScript("PRAGMA journal_mode = WAL");
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_RETURN_IF_ERROR(database.RunScript(kTables));
  return transaction.Commit();
}

std::string_view Keep(std::string_view text, Texts& texts) {
  const auto at = texts.find(text);
  return at != texts.end() ? *at : *texts.emplace(text).first;
}

// MLflow's `gc` may have removed a run since.
Result<Texts> ExistingRuns(sql::Database& database, std::span<const MetricRow> rows) {
  std::set<std::string_view> wanted;
  for (const MetricRow& row : rows) wanted.insert(row.run_id);
  Texts found;
  REEVE_RETURN_IF_ERROR(sql::SelectForKeys(
      database, {.select = "SELECT run_uuid FROM runs WHERE run_uuid IN"},
      std::vector<sql::Parameter>(wanted.begin(), wanted.end()), [&](const sql::Statement& row) {
        found.insert(row.Text(0));
        return Status::Ok();
      }));
  return found;
}

}  // namespace

// In the order in which they came.
struct PendingMetrics::Points {
  std::vector<MetricRow> rows;
  std::int64_t last = 0;
  // What the rows view; few, since runs and keys come again and again.
  Texts texts;
};

PendingMetrics::PendingMetrics(const std::string& path)
    : pool_([uri = "sqlite:///" + path] {
        return sql::Open(uri, {.create = false, .relaxed_sync = true});
      }) {}

Result<std::unique_ptr<PendingMetrics>> PendingMetrics::Open(const std::string& database_path) {
  const std::string path = PathBeside(database_path);
  MakeFile(path, database_path);
  std::unique_ptr<PendingMetrics> pending(new PendingMetrics(path));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease file, pending->pool_.Write());
  REEVE_RETURN_IF_ERROR(MakeTables(*file));
  return pending;
}

Status PendingMetrics::SettleLeftovers(const std::string& database_path, sql::Database& database) {
  const std::string path = PathBeside(database_path);
  if (!FileSystem::System().Exists(path)) return Status::Ok();
  return PendingMetrics(path).Settle(database);
}

Status PendingMetrics::Add(std::span<const MetricRow> rows) {
  if (rows.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease file, pool_.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*file));
  const auto count = static_cast<std::int64_t>(rows.size());
  std::int64_t id = 0;
  {
    REEVE_ASSIGN_OR_RETURN(
        sql::Statement last,
        file->Prepare("UPDATE numbering SET last = last + ? RETURNING last", count));
    REEVE_RETURN_IF_ERROR(last.Step().status());
    id = last.Integer(0) - count;
  }
  std::vector<sql::Parameter> values;
  values.reserve(rows.size() * 7);
  for (const MetricRow& row : rows) {
    values.insert(values.end(), {++id, row.run_id, row.key, row.value, row.timestamp, row.step,
                                 std::int64_t{row.is_nan}});
  }
  REEVE_RETURN_IF_ERROR(
      sql::InsertRows(
          *file,
          {.into = "INSERT INTO points (id, run_uuid, key, value, timestamp, step, is_nan)",
           .columns = 7},
          values)
          .status());
  return transaction.Commit();
}

Result<bool> PendingMetrics::Any() {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease file, pool_.Read());
  REEVE_ASSIGN_OR_RETURN(sql::Statement row, file->Prepare("SELECT 1 FROM points LIMIT 1"));
  return row.Step();
}

Result<PendingMetrics::Points> PendingMetrics::Read() {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease file, pool_.Read());
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      file->Prepare(
          "SELECT id, run_uuid, key, value, timestamp, step, is_nan FROM points ORDER BY id"));
  Points points;
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return points;
    points.last = row.Integer(0);
    points.rows.push_back({.run_id = Keep(row.View(1), points.texts),
                           .key = Keep(row.View(2), points.texts),
                           .value = row.Real(3),
                           .timestamp = row.Integer(4),
                           .step = row.Integer(5),
                           .is_nan = row.Integer(6) != 0});
  }
}

Status PendingMetrics::Settle(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(Points points, Read());
  if (points.rows.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const Texts runs, ExistingRuns(database, points.rows));
  std::erase_if(points.rows, [&](const MetricRow& row) { return !runs.contains(row.run_id); });
  REEVE_RETURN_IF_ERROR(WriteMetricRows(database, points.rows));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease file, pool_.Write());
  return file->Run("DELETE FROM points WHERE id <= ?", points.last);
}

}  // namespace reeve::tracking
