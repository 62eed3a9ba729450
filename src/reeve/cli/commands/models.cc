#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/workflow/registry.h"

namespace reeve::cli {
namespace {

Result<std::int64_t> ParseVersion(const std::string& text) {
  const auto version = ParseInteger(text);
  if (version && *version > 0) return *version;
  return Status::InvalidArgument("version is " + Quote(text, 60) + ", expected a number from 1 on");
}

// Nothing is asked here of where the runs are.
Result<std::unique_ptr<tracking::Store>> OpenRegistry(const Call& call) {
  return workflow::OpenExistingStore({.tracking = call.arguments.Stores().registry_or_tracking()});
}

}  // namespace

Result<int> RunModelsList(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  REEVE_ASSIGN_OR_RETURN(const auto models, store->ListModels());
  Json json = Json::array();
  for (const tracking::RegisteredModel& model : models) json.push_back(workflow::ToJson(model));
  call.console.Result(json, workflow::ToText(models));
  return 0;
}

Result<int> RunModelsShow(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  REEVE_ASSIGN_OR_RETURN(const auto versions, store->ListVersions(call.arguments.positionals()[0]));
  Json json = Json::array();
  for (const tracking::ModelVersion& version : versions) json.push_back(workflow::ToJson(version));
  call.console.Result(json, workflow::ToText(versions));
  return 0;
}

Result<int> RunModelsAlias(const Call& call) {
  const auto& words = call.arguments.positionals();
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  if (call.arguments.Flag("delete")) {
    REEVE_RETURN_IF_ERROR(store->DeleteAlias(words[0], words[1]));
    call.console.Result(Json{{"name", words[0]}, {"alias", words[1]}, {"version", nullptr}},
                        "Alias " + words[1] + " of " + words[0] + " is gone\n");
    return 0;
  }
  if (words.size() < 3)
    return Status::InvalidArgument(
        "the version is missing, expected: reeve models alias NAME ALIAS VERSION");
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, ParseVersion(words[2]));
  REEVE_RETURN_IF_ERROR(store->SetAlias(words[0], words[1], version));
  call.console.Result(Json{{"name", words[0]}, {"alias", words[1]}, {"version", words[2]}},
                      "Alias " + words[1] + " of " + words[0] + " is version " + words[2] + "\n");
  return 0;
}

Result<int> RunModelsStage(const Call& call) {
  const auto& words = call.arguments.positionals();
  const std::string stage = call.arguments.Text("stage");
  if (stage.empty())
    return Status::InvalidArgument(
        "--stage is missing, expected None, Staging, Production or Archived");
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, ParseVersion(words[1]));
  REEVE_RETURN_IF_ERROR(store->SetStage(words[0], version, stage));
  call.console.Result(Json{{"name", words[0]}, {"version", words[1]}, {"stage", stage}},
                      words[0] + " version " + words[1] + " is in stage " + stage + "\n");
  return 0;
}

Result<int> RunModelsRollback(const Call& call) {
  const std::string& name = call.arguments.positionals()[0];
  const std::string alias = call.arguments.Text("alias");
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  REEVE_ASSIGN_OR_RETURN(const workflow::RolledBack back, workflow::RollBack(*store, name, alias));
  const std::string number = std::to_string(back.version.version);
  const std::string text = "Alias " + alias + " of " + name + " is version " + number;
  call.console.Result(
      Json{{"name", name},
           {"alias", alias},
           {"version", number},
           {"by_history", back.is_by_history}},
      text + (back.is_by_history ? " again\n"
                                 : ", the version below: no earlier move of it is recorded\n"));
  return 0;
}

Result<int> RunModelsHistory(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  REEVE_ASSIGN_OR_RETURN(const auto events,
                         workflow::ReadHistory(*store, call.arguments.positionals()[0]));
  Json json = Json::array();
  for (const tracking::RegistryEvent& event : events) json.push_back(workflow::ToJson(event));
  call.console.Result(json, workflow::ToText(events));
  return 0;
}

Result<int> RunModelsDelete(const Call& call) {
  const auto& words = call.arguments.positionals();
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRegistry(call));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, ParseVersion(words[1]));
  REEVE_RETURN_IF_ERROR(store->DeleteVersion(words[0], version));
  call.console.Result(Json{{"name", words[0]}, {"deleted", words[1]}},
                      words[0] + " version " + words[1] + " is deleted\n");
  return 0;
}

}  // namespace reeve::cli
