#include "reeve/workflow/registry.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/report/texts.h"
#include "reeve/tracking/process_mark.h"

namespace reeve::workflow {
namespace {

std::string Score(const tracking::Run& run, const std::string& key) {
  const auto it = run.metrics.find(key);
  if (it == run.metrics.end() || std::isnan(it->second)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", it->second);
  return text;
}

std::string Param(const tracking::Run& run, const std::string& key) {
  const auto it = run.params.find(key);
  return it == run.params.end() ? "-" : it->second;
}

std::string Aliases(const tracking::RegisteredModel& model) {
  std::string text;
  for (const auto& [alias, version] : model.aliases)
    text += (text.empty() ? "" : ", ") + (alias + " → " + std::to_string(version));
  return text.empty() ? "-" : text;
}

// The last version of a trail before `current` that is still there, if any.
const tracking::ModelVersion* FindBefore(const std::vector<std::int64_t>& trail,
                                         std::int64_t current,
                                         const std::vector<tracking::ModelVersion>& versions) {
  for (auto at = trail.rbegin(); at != trail.rend(); ++at) {
    if (*at == current) continue;
    const auto found =
        std::find_if(versions.begin(), versions.end(),
                     [&](const tracking::ModelVersion& version) { return version.version == *at; });
    if (found != versions.end()) return &*found;
  }
  return nullptr;
}

// "champion 1 → 2", "version 3: None → Production".
std::string Change(const tracking::RegistryEvent& event) {
  using Action = tracking::RegistryAction;
  const auto or_none = [](const std::string& value) { return value.empty() ? "–" : value; };
  const std::string arrow = or_none(event.from) + " → " + or_none(event.to);
  switch (event.action) {
    case Action::kModelCreated:
      return "model made";
    case Action::kModelRenamed:
      return "renamed: " + arrow;
    case Action::kModelDeleted:
      return "model deleted";
    case Action::kVersionCreated:
      return "version " + std::to_string(event.version) + " made";
    case Action::kVersionDeleted:
      return "version " + std::to_string(event.version) + " deleted";
    case Action::kStageChanged:
      return "version " + std::to_string(event.version) + ": stage " + arrow;
    case Action::kAliasSet:
    case Action::kAliasDeleted:
      return event.alias + ": " + arrow;
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<tracking::Store>> OpenExistingStore(const tracking::StoreUris& uris) {
  return tracking::Store::Open(uris, {.create = false});
}

Result<std::vector<tracking::Run>> ListRuns(tracking::Store& store, const std::string& experiment,
                                            std::int64_t most) {
  // Of a store that may only be read they stay as they are.
  (void)tracking::FailAbandonedRuns(store);
  if (experiment.empty()) return store.ListRuns("", most);
  REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::Experiment> experiments,
                         store.ListExperiments());
  std::vector<std::string> names;
  for (const tracking::Experiment& known : experiments) {
    if (known.name == experiment) return store.ListRuns(known.id, most);
    names.push_back(known.name);
  }
  return Status::NotFound("experiment " + Quote(experiment) + " does not exist." +
                          Suggest(experiment, names));
}

Result<RolledBack> RollBack(tracking::Store& store, const std::string& name,
                            const std::string& alias) {
  REEVE_ASSIGN_OR_RETURN(const tracking::RegisteredModel model, store.GetModel(name));
  const auto current = model.aliases.find(alias);
  if (current == model.aliases.end())
    return Status::NotFound("model " + Quote(name) + " has no alias " + alias + " to roll back");
  REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::ModelVersion> versions,
                         store.ListVersions(name));
  REEVE_ASSIGN_OR_RETURN(const auto history, store.ListRegistryEvents(name));
  RolledBack found;
  if (history) {
    const tracking::ModelVersion* const before =
        FindBefore(tracking::AliasTrail(*history, alias), current->second, versions);
    found.is_by_history = before != nullptr;
    if (before != nullptr) found.version = *before;
  }
  if (!found.is_by_history) {
    const auto below =
        std::find_if(versions.begin(), versions.end(),  // newest first
                     [&](const auto& version) { return version.version < current->second; });
    if (below == versions.end()) {
      return Status::NotFound("model " + Quote(name) + " has no version before " +
                              std::to_string(current->second) + " to roll back to");
    }
    found.version = *below;
  }
  REEVE_RETURN_IF_ERROR(store.SetAlias(name, alias, found.version.version));
  return found;
}

Result<std::vector<tracking::RegistryEvent>> ReadHistory(tracking::Store& store,
                                                         const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(auto history, store.ListRegistryEvents(name));
  if (history) return std::move(*history);
  return Status::Unavailable(
             "the tracking server keeps no history of its registry, as MLflow's do "
             "not")
      .WithFix("serve the same database with: reeve server");
}

Json ToJson(const tracking::Run& run) {
  Json json{{"run_id", run.id},
            {"name", run.name},
            {"experiment_id", run.experiment_id},
            {"status", std::string(tracking::RunStatusName(run.status))},
            {"start", FormatIsoSeconds(run.start_ms)},
            {"end", run.end_ms > 0 ? Json(FormatIsoSeconds(run.end_ms)) : Json(nullptr)},
            {"user", run.user},
            {"artifacts", run.artifact_uri}};
  json["params"] = run.params;
  json["metrics"] = run.metrics;
  json["tags"] = run.tags;
  return json;
}

Json ToJson(const tracking::RegisteredModel& model) {
  return Json{{"name", model.name},
              {"description", model.description},
              {"created", FormatIsoSeconds(model.created_ms)},
              {"latest_version", std::to_string(model.latest_version)},
              {"aliases", model.aliases},
              {"tags", model.tags}};
}

Json ToJson(const tracking::ModelVersion& version) {
  return Json{{"name", version.name},
              {"version", std::to_string(version.version)},
              {"created", FormatIsoSeconds(version.created_ms)},
              {"run_id", version.run_id},
              {"stage", version.stage},
              {"status", version.status},
              {"aliases", version.aliases},
              {"description", version.description},
              {"location", version.storage_location},
              {"tags", version.tags}};
}

Json ToJson(const tracking::RegistryEvent& event) {
  const auto text = [](const std::string& value) {
    return value.empty() ? Json(nullptr) : Json(value);
  };
  return Json{{"time", FormatIsoSeconds(event.time_ms)},
              {"actor", text(event.actor)},
              {"action", std::string(tracking::RegistryActionName(event.action))},
              {"model", event.model},
              {"version", text(event.version > 0 ? std::to_string(event.version) : "")},
              {"alias", text(event.alias)},
              {"from", text(event.from)},
              {"to", text(event.to)},
              {"recorded", event.is_recorded}};
}

std::string ToText(const std::vector<tracking::Run>& runs) {
  std::string text = report::Padded("run", 34) + report::Padded("name", 24) +
                     report::Padded("status", 10) + report::Padded("started", 22) +
                     report::Padded("learner", 10) + report::Padded("auc", 8) + "log loss\n";
  for (const tracking::Run& run : runs) {
    text += report::Padded(run.id, 34) + report::Padded(run.name, 24) +
            report::Padded(std::string(tracking::RunStatusName(run.status)), 10) +
            report::Padded(FormatIsoSeconds(run.start_ms), 22) +
            report::Padded(Param(run, "learner"), 10) + report::Padded(Score(run, "test_auc"), 8) +
            Score(run, "test_log_loss") + "\n";
  }
  return text;
}

std::string ToText(const tracking::Run& run) {
  std::string text = "Run " + run.name + " (" + run.id + "), " +
                     std::string(tracking::RunStatusName(run.status)) + ", started " +
                     FormatIsoSeconds(run.start_ms) + "\n";
  text += "Artifacts " + run.artifact_uri + "\n\nParameters\n";
  for (const auto& [key, value] : run.params) text += "  " + report::Padded(key, 24) + value + "\n";
  text += "\nMetrics\n";
  for (const auto& [key, value] : run.metrics)
    text += "  " + report::Padded(key, 32) + Score(run, key) + "\n";
  text += "\nTags\n";
  for (const auto& [key, value] : run.tags) text += "  " + report::Padded(key, 32) + value + "\n";
  return text;
}

std::string ToText(const std::vector<tracking::RegisteredModel>& models) {
  std::string text = report::Padded("model", 32) + report::Padded("latest", 8) +
                     report::Padded("aliases", 40) + "description\n";
  for (const tracking::RegisteredModel& model : models) {
    text += report::Padded(model.name, 32) +
            report::Padded(std::to_string(model.latest_version), 8) +
            report::Padded(Aliases(model), 40) + model.description.substr(0, 80) + "\n";
  }
  return text;
}

std::string ToText(const std::vector<tracking::ModelVersion>& versions) {
  std::string text = report::Padded("version", 9) + report::Padded("created", 22) +
                     report::Padded("aliases", 24) + report::Padded("stage", 12) + "run\n";
  for (const tracking::ModelVersion& version : versions) {
    text += report::Padded(std::to_string(version.version), 9) +
            report::Padded(FormatIsoSeconds(version.created_ms), 22) +
            report::Padded(Join(version.aliases, ", "), 24) + report::Padded(version.stage, 12) +
            version.run_id + "\n";
  }
  return text;
}

std::string ToText(const std::vector<tracking::RegistryEvent>& events) {
  std::string text = report::Padded("when", 25) + report::Padded("who", 20) + "what\n";
  for (const tracking::RegistryEvent& event : events) {
    const std::string time = FormatIsoSeconds(event.time_ms);
    // Versions know when they were made, whoever made them.
    const bool is_exact =
        event.is_recorded || event.action == tracking::RegistryAction::kVersionCreated;
    const std::string who = event.actor.empty() ? "-" : event.actor;
    text += report::Padded(is_exact ? time : "by " + time, 25) +
            report::Padded(event.is_recorded ? who : "not recorded", 20) + Change(event) + "\n";
  }
  return text;
}

}  // namespace reeve::workflow
