#include "reeve/tracking/registry_log.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/base/user_name.h"
#include "reeve/sql/each_row.h"

namespace reeve::tracking {
namespace {

constexpr const char* kTable = "reeve_registry_history";
// Names that a model had; more than anybody gives.
constexpr int kMostNames = 1000;

// "INSERT OR REPLACE" takes rows away without asking the triggers for DELETE.
constexpr const char* kSqliteTable = R"sql(
CREATE TABLE reeve_registry_history (id INTEGER PRIMARY KEY AUTOINCREMENT, time_ms BIGINT NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, model TEXT NOT NULL, version INTEGER NOT NULL,
  alias TEXT NOT NULL, old_value TEXT NOT NULL, new_value TEXT NOT NULL);
CREATE INDEX reeve_registry_history_model ON reeve_registry_history (model);
CREATE TRIGGER reeve_registry_history_update BEFORE UPDATE ON reeve_registry_history BEGIN
  SELECT RAISE(ABORT, 'the history of the registry is only appended to'); END;
CREATE TRIGGER reeve_registry_history_delete BEFORE DELETE ON reeve_registry_history BEGIN
  SELECT RAISE(ABORT, 'the history of the registry is only appended to'); END;
CREATE TRIGGER reeve_registry_history_replace BEFORE INSERT ON reeve_registry_history
  WHEN EXISTS (SELECT 1 FROM reeve_registry_history WHERE id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'the history of the registry is only appended to'); END;
)sql";

constexpr const char* kPostgresTable = R"sql(
CREATE TABLE reeve_registry_history (id BIGSERIAL PRIMARY KEY, time_ms BIGINT NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, model TEXT NOT NULL, version BIGINT NOT NULL,
  alias TEXT NOT NULL, old_value TEXT NOT NULL, new_value TEXT NOT NULL);
CREATE INDEX reeve_registry_history_model ON reeve_registry_history (model);
CREATE FUNCTION reeve_registry_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'the history of the registry is only appended to'; END $$;
CREATE TRIGGER reeve_registry_history_change BEFORE UPDATE OR DELETE ON reeve_registry_history
  FOR EACH ROW EXECUTE FUNCTION reeve_registry_history_refuse();
CREATE TRIGGER reeve_registry_history_truncate BEFORE TRUNCATE ON reeve_registry_history
  FOR EACH STATEMENT EXECUTE FUNCTION reeve_registry_history_refuse();
)sql";

Status MakeTable(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable(kTable));
  if (there) return Status::Ok();
  if (database.dialect() == sql::Dialect::kSqlite) return database.RunScript(kSqliteTable);
  // Several servers may find it missing at once: the first makes it, the others wait and look
  // again. The number is the lock's name.
  REEVE_RETURN_IF_ERROR(database.Run("SELECT pg_advisory_xact_lock(7246183550124)"));
  REEVE_ASSIGN_OR_RETURN(const bool made_meanwhile, database.HasTable(kTable));
  return made_meanwhile ? Status::Ok() : database.RunScript(kPostgresTable);
}

struct NumberedEvent {
  std::int64_t id = 0;
  RegistryEvent event;
};

// Events of one name up to `last_id`, the one with which the model came to this name among them.
Status ReadEvents(sql::Database& database, const std::string& name, std::int64_t last_id,
                  std::vector<NumberedEvent>& events) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT id, time_ms, actor, action, model, version, alias, old_value, "
                       "new_value FROM reeve_registry_history WHERE (model = ?1 OR (action = "
                       "'model_renamed' AND new_value = ?1)) AND id <= ?2 ORDER BY id",
                       name, last_id));
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return Status::Ok();
    const auto action = ParseRegistryAction(row.View(3));
    if (!action) continue;  // of a later release
    RegistryEvent event;
    event.time_ms = row.Integer(1);
    event.actor = row.Text(2);
    event.action = *action;
    event.model = row.Text(4);
    event.version = row.Integer(5);
    event.alias = row.Text(6);
    event.from = row.Text(7);
    event.to = row.Text(8);
    events.push_back({row.Integer(0), std::move(event)});
  }
}

// Of this name and, up to the moment it changed, of the names before.
Result<std::vector<RegistryEvent>> ReadRecorded(sql::Database& database, const std::string& name) {
  std::vector<NumberedEvent> all;
  std::string current = name;
  std::int64_t last_id = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < kMostNames; ++i) {
    std::vector<NumberedEvent> events;
    REEVE_RETURN_IF_ERROR(ReadEvents(database, current, last_id, events));
    const auto came = std::find_if(events.rbegin(), events.rend(), [&](const NumberedEvent& e) {
      return e.event.action == RegistryAction::kModelRenamed && e.event.to == current;
    });
    const bool is_first = came == events.rend();
    if (!is_first) {
      current = came->event.from;
      last_id = came->id - 1;
      // What came before belongs to another model that had the name.
      events.erase(events.begin(), came.base() - 1);
    }
    all.insert(all.begin(), events.begin(), events.end());
    if (is_first) break;
  }
  std::vector<RegistryEvent> recorded;
  for (NumberedEvent& event : all) recorded.push_back(std::move(event.event));
  return recorded;
}

Result<RegistryState> ReadState(sql::Database& database, const std::string& name,
                                std::int64_t now_ms) {
  RegistryState state;
  state.name = name;
  state.time_ms = now_ms;
  {
    REEVE_ASSIGN_OR_RETURN(
        sql::Statement row,
        database.Prepare("SELECT 1 FROM registered_models WHERE name = ?", name));
    REEVE_ASSIGN_OR_RETURN(state.exists, row.Step());
  }
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database.Prepare("SELECT alias, version FROM registered_model_aliases WHERE name = ?", name),
      [&](const sql::Statement& row) { state.aliases[row.Text(0)] = row.Integer(1); }));
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database.Prepare("SELECT version, current_stage, creation_time FROM model_versions WHERE "
                       "name = ? AND current_stage <> 'Deleted_Internal' ORDER BY version",
                       name),
      [&](const sql::Statement& row) {
        ModelVersion version;
        version.version = row.Integer(0);
        version.stage = row.Text(1);
        version.created_ms = row.Integer(2);
        state.versions.push_back(std::move(version));
      }));
  return state;
}

Result<std::vector<std::string>> ModelNames(sql::Database& database) {
  return sql::ReadRows(database.Prepare("SELECT name FROM registered_models ORDER BY name"),
                       [](const sql::Statement& row) { return row.Text(0); });
}

}  // namespace

RegistryEvent EventNow(const Clock& clock, RegistryAction action, const std::string& model) {
  RegistryEvent event;
  event.time_ms = clock.NowMs();
  event.actor = UserName();
  event.action = action;
  event.model = model;
  return event;
}

Status AppendRegistryEvents(sql::Database& database, const std::vector<RegistryEvent>& events) {
  if (events.empty()) return Status::Ok();
  REEVE_RETURN_IF_ERROR(MakeTable(database));
  for (const RegistryEvent& event : events) {
    REEVE_RETURN_IF_ERROR(database.Run(
        "INSERT INTO reeve_registry_history (time_ms, actor, action, model, version, alias, "
        "old_value, new_value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        event.time_ms, event.actor, RegistryActionName(event.action), event.model, event.version,
        event.alias, event.from, event.to));
  }
  return Status::Ok();
}

Result<std::vector<RegistryEvent>> ReadRegistryHistory(sql::Database& database,
                                                       const std::string& name,
                                                       std::int64_t now_ms) {
  REEVE_ASSIGN_OR_RETURN(const bool there, database.HasTable(kTable));
  std::vector<RegistryEvent> recorded;
  if (there) {
    REEVE_ASSIGN_OR_RETURN(recorded, ReadRecorded(database, name));
  }
  REEVE_ASSIGN_OR_RETURN(const RegistryState state, ReadState(database, name, now_ms));
  if (recorded.empty() && !state.exists) {
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> names, ModelNames(database));
    return Status::NotFound("registered model " + Quote(name) + " does not exist." +
                            Suggest(name, names));
  }
  return WithUnrecorded(recorded, state);
}

}  // namespace reeve::tracking
