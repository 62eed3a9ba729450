#include "reeve/mlflow/aliases.h"

#include <optional>

#include "reeve/base/text.h"
#include "reeve/mlflow/registered_model.h"
#include "reeve/mlflow/registry_names.h"
#include "reeve/mlflow/registry_record.h"
#include "reeve/sql/each_row.h"
#include "reeve/tracking/registry_log.h"

namespace reeve::mlflow {
namespace {

using tracking::RegistryAction;
using tracking::RegistryEvent;

Result<std::optional<std::int64_t>> FindAlias(sql::Database& database, const std::string& name,
                                              const std::string& alias) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?",
                       name, alias));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? std::optional(row.Integer(0)) : std::nullopt;
}

// Later schemas have another key, so that no conflict can be named.
Status WriteAlias(sql::Database& database, const std::string& name, const std::string& alias,
                  std::optional<std::int64_t> version) {
  REEVE_RETURN_IF_ERROR(database.Run(
      "DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", name, alias));
  if (!version) return Status::Ok();
  return database.Run(
      "INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)", alias,
      *version, name);
}

Status SetAlias(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  const std::string alias = request.Text("alias");
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  REEVE_RETURN_IF_ERROR(CheckAlias(alias));
  REEVE_RETURN_IF_ERROR(CheckIsFreeAlias(alias));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, ParseVersion(request.Text("version")));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(ReadBareModelVersion(*database, name, version).status());
  REEVE_ASSIGN_OR_RETURN(const auto before, FindAlias(*database, name, alias));
  answer += "{}";
  if (before == version) return Status::Ok();
  REEVE_RETURN_IF_ERROR(WriteAlias(*database, name, alias, version));
  RegistryEvent event = EventNow(context, request, RegistryAction::kAliasSet, name);
  event.alias = alias;
  if (before) event.from = std::to_string(*before);
  event.to = std::to_string(version);
  REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  return transaction.Commit();
}

Status DeleteAlias(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  const std::string alias = request.Text("alias");
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  REEVE_RETURN_IF_ERROR(CheckAlias(alias));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  REEVE_ASSIGN_OR_RETURN(const auto before, FindAlias(*database, name, alias));
  answer += "{}";
  if (!before) return Status::Ok();
  REEVE_RETURN_IF_ERROR(WriteAlias(*database, name, alias, std::nullopt));
  RegistryEvent event = EventNow(context, request, RegistryAction::kAliasDeleted, name);
  event.alias = alias;
  event.from = std::to_string(*before);
  REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  return transaction.Commit();
}

Status GetByAlias(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(
      const ModelVersion version,
      ReadVersionByAlias(*database, request.Text("name"), request.Text("alias")));
  AnswerWithVersion(version, answer);
  return Status::Ok();
}

}  // namespace

Result<ModelVersion> ReadVersionByAlias(sql::Database& database, const std::string& name,
                                        const std::string& alias) {
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  REEVE_RETURN_IF_ERROR(CheckAlias(alias));
  REEVE_RETURN_IF_ERROR(CheckHasModel(database, name));
  if (ToLower(alias) == "latest") {
    REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> latest,
                           ReadLatestVersions(database, {name}));
    if (latest.empty()) return Status::NotFound("Latest version not found for model " + name + ".");
    return ReadModelVersion(database, name, latest.back().version);
  }
  REEVE_ASSIGN_OR_RETURN(const auto version, FindAlias(database, name, alias));
  if (!version) return Status::InvalidArgument("Registered model alias " + alias + " not found.");
  return ReadModelVersion(database, name, *version);
}

Status DeleteAliases(sql::Database& database, const RegistryEvent& deleted) {
  const auto event_of = [&](const sql::Statement& row) {
    RegistryEvent event = deleted;
    event.action = RegistryAction::kAliasDeleted;
    event.version = 0;
    event.alias = row.Text(0);
    event.from = std::to_string(row.Integer(1));
    return event;
  };
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<RegistryEvent> events,
      sql::ReadRows(
          database.Prepare("SELECT alias, version FROM registered_model_aliases WHERE name = ?1 "
                           "AND (version = ?2 OR ?2 = 0) ORDER BY alias",
                           deleted.model, deleted.version),
          event_of));
  for (const RegistryEvent& event : events)
    REEVE_RETURN_IF_ERROR(WriteAlias(database, event.model, event.alias, std::nullopt));
  return tracking::AppendRegistryEvents(database, events);
}

std::vector<Endpoint> AliasEndpoints() {
  using enum FieldType;
  const Field name = {"name", kText, true};
  const Field alias = {"alias", kText, true};
  constexpr const char* kPath = "/registered-models/alias";
  return {
      {"POST", kPath, {name, alias, {"version", kText, true}}, SetAlias},
      {"DELETE", kPath, {name, alias}, DeleteAlias},
      {"GET", kPath, {name, alias}, GetByAlias, Access::kRead},
  };
}

}  // namespace reeve::mlflow
