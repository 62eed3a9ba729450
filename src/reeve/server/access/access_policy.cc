#include "reeve/server/access/access_policy.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/validation.h"
#include "reeve/server/access/grants.h"
#include "reeve/server/artifacts/artifact_path.h"
#include "reeve/sql/many_rows.h"

namespace reeve::server {
namespace {

constexpr const char* kExperiment = "experiment";
constexpr const char* kRun = "run";
constexpr const char* kLoggedModel = "logged_model";
constexpr std::string_view kProxy = "mlflow-artifacts:";

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "team/" of "mlflow-artifacts:/team" and of "mlflow-artifacts://host/team".
std::string ProxyPath(std::string_view location) {
  if (!location.starts_with(kProxy)) return "";
  location.remove_prefix(kProxy.size());
  if (location.starts_with("//")) {
    location.remove_prefix(2);
    location.remove_prefix(std::min(location.find('/'), location.size()));
  }
  while (location.starts_with('/')) location.remove_prefix(1);
  std::string path(location);
  if (!path.empty() && !path.ends_with('/')) path += '/';
  return path;
}

// An experiment's id as it stands in grants: "7" for "07". Nothing for what the endpoint refuses.
std::optional<std::string> ExperimentId(const std::string& text) {
  const auto number = mlflow::ParseExperimentId(text);
  if (!number.ok()) return std::nullopt;
  return std::to_string(*number);
}

// What of a type may be read; `part` is what is searched for in them, null for themselves.
mlflow::NameSet Readable(const GrantSet& grants, const char* type, const char* part) {
  if (part != nullptr && grants.Denies(part)) return {.all_but = false};
  const auto may_read = [&](std::string_view id) {
    return Allows(grants.On(type, id), Action::kRead);
  };
  // No thing is called "": what holds for it holds for whatever is not named.
  mlflow::NameSet set{.all_but = may_read("")};
  for (std::string& name : grants.Named(type)) {
    if (may_read(name) != set.all_but) set.names.push_back(std::move(name));
  }
  return set;
}

std::vector<std::string> ModelIds(const mlflow::Request& request) {
  std::set<std::string> ids;
  if (std::string id = request.Text("model_id"); !id.empty()) ids.insert(std::move(id));
  for (const char* const list : {"metrics", "models"}) {
    for (const mlflow::Request& element : request.Objects(list)) {
      if (std::string id = element.Text("model_id"); !id.empty()) ids.insert(std::move(id));
    }
  }
  return {ids.begin(), ids.end()};
}

bool IsMarkedPrompt(const mlflow::Request& request) {
  for (const auto& [key, value] : request.Pairs("tags")) {
    if (key == "mlflow.prompt.is_prompt") return ToLower(value) == "true";
  }
  return false;
}

}  // namespace

AccessPolicy::AccessPolicy(sql::Pool& users, sql::Pool& tracking, Permission fallback,
                           const std::string& artifact_root)
    : users_(users),
      tracking_(tracking),
      fallback_(fallback),
      artifact_prefix_(ProxyPath(artifact_root)) {}

Result<GrantSet> AccessPolicy::GrantsOf(std::int64_t user_id,
                                        const std::optional<std::string>& id) const {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, users_.Read());
  REEVE_ASSIGN_OR_RETURN(std::vector<Grant> grants, ReadGrants(*database, user_id, id));
  return GrantSet(std::move(grants), fallback_);
}

Result<bool> AccessPolicy::ManagesAll(std::int64_t user_id) const {
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, "*"));
  return grants.manages_all();
}

Result<Permission> AccessPolicy::PermissionOn(std::int64_t user_id, const std::string& type,
                                              const std::string& id) const {
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, id));
  return grants.On(type, id);
}

Result<bool> AccessPolicy::Admits(std::int64_t user_id, const AccessRule& rule,
                                  mlflow::Request& request) const {
  switch (rule.subject) {
    case Subject::kNothing:
      return AdmitsMaking(user_id, rule, request);
    case Subject::kListing:
      REEVE_RETURN_IF_ERROR(ShowReadable(user_id, rule, request));
      return true;
    case Subject::kExperiment: {
      const auto id = ExperimentId(request.Text("experiment_id"));
      // The endpoint itself says what is wrong with it.
      if (!id) return true;
      return AdmitsExperiment(user_id, rule, *id);
    }
    case Subject::kExperimentName: {
      REEVE_ASSIGN_OR_RETURN(const std::string id,
                             ExperimentNamed(request.Text("experiment_name")));
      // Clients ask by name before they make one: "not there" has to be told.
      if (id.empty()) return true;
      return AdmitsExperiment(user_id, rule, id);
    }
    case Subject::kRun:
      return AdmitsRun(user_id, rule.action, request);
    case Subject::kRuns: {
      std::vector<std::string> ids = request.Texts("run_id");
      for (std::string& id : request.Texts("run_ids")) ids.push_back(std::move(id));
      std::vector<Part> parts;
      REEVE_ASSIGN_OR_RETURN(const bool are_there, AddParts(kRun, ids, rule.action, parts));
      if (!are_there) return false;
      return AdmitsParts(user_id, parts);
    }
    case Subject::kLoggedModel: {
      const auto id = request.path.find("model_id");
      std::vector<Part> parts;
      if (id == request.path.end()) return false;
      REEVE_ASSIGN_OR_RETURN(const bool is_there,
                             AddParts(kLoggedModel, {id->second}, rule.action, parts));
      if (!is_there) return false;
      return AdmitsParts(user_id, parts);
    }
    case Subject::kModel:
    case Subject::kVersion:
      return AdmitsModel(user_id, rule, request.Text("name"));
    case Subject::kNewVersion: {
      REEVE_ASSIGN_OR_RETURN(const bool may, AdmitsModel(user_id, rule, request.Text("name")));
      if (!may) return false;
      return AdmitsSource(user_id, request);
    }
    case Subject::kUnknown:
      break;
  }
  return ManagesAll(user_id);
}

// Everybody may make things of their own; not where others' artifacts may lie.
Result<bool> AccessPolicy::AdmitsMaking(std::int64_t user_id, const AccessRule& rule,
                                        const mlflow::Request& request) const {
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, "*"));
  if (grants.manages_all()) return true;
  if (rule.path == "/experiments/create") {
    const std::string location = request.Text("artifact_location");
    const bool is_elsewhere = location.find("://") != std::string::npos &&
                              !location.starts_with(kProxy) && !location.starts_with("file:");
    return !grants.Denies(kExperiment) && (location.empty() || is_elsewhere);
  }
  return !grants.Denies(IsMarkedPrompt(request) ? "prompt" : "registered_model");
}

Status AccessPolicy::ShowReadable(std::int64_t user_id, const AccessRule& rule,
                                  mlflow::Request& request) const {
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, std::nullopt));
  if (grants.manages_all()) return Status::Ok();
  const bool versions = rule.path == "/model-versions/search";
  request.visible = std::make_shared<mlflow::Visibility>(mlflow::Visibility{
      .experiments = Readable(grants, kExperiment, nullptr),
      .runs = Readable(grants, kExperiment, kRun),
      .logged_models = Readable(grants, kExperiment, kLoggedModel),
      .models =
          Readable(grants, "registered_model", versions ? "registered_model_version" : nullptr),
      .prompts = Readable(grants, "prompt", versions ? "prompt_version" : nullptr)});
  return Status::Ok();
}

Result<bool> AccessPolicy::AdmitsExperiment(std::int64_t user_id, const AccessRule& rule,
                                            const std::string& id) const {
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, id));
  if (!Allows(grants.On(kExperiment, id), rule.action)) return false;
  if (rule.path == "/runs/create") return !grants.Denies(kRun);
  if (rule.path == "/logged-models") return !grants.Denies(kLoggedModel);
  if (rule.action != Action::kDelete) return true;
  // What lies in it goes with it.
  return Allows(grants.OnPart(kRun, kExperiment, id), Action::kDelete) &&
         Allows(grants.OnPart(kLoggedModel, kExperiment, id), Action::kDelete);
}

Result<bool> AccessPolicy::AdmitsParts(std::int64_t user_id, const std::vector<Part>& parts) const {
  if (parts.empty()) return true;
  const bool is_one = std::ranges::all_of(
      parts, [&](const Part& part) { return part.experiment == parts.front().experiment; });
  REEVE_ASSIGN_OR_RETURN(
      const GrantSet grants,
      GrantsOf(user_id, is_one ? std::optional(parts.front().experiment) : std::nullopt));
  return std::ranges::all_of(parts, [&](const Part& part) {
    return Allows(grants.On(kExperiment, part.experiment), Action::kRead) &&
           Allows(grants.OnPart(part.type, kExperiment, part.experiment), part.action);
  });
}

Result<bool> AccessPolicy::AdmitsRun(std::int64_t user_id, Action action,
                                     const mlflow::Request& request) const {
  std::vector<Part> parts;
  REEVE_ASSIGN_OR_RETURN(bool are_there, AddParts(kRun, {request.Text("run_id")}, action, parts));
  if (are_there && action == Action::kUpdate) {
    // Metrics of a run may be written to logged models of other experiments.
    REEVE_ASSIGN_OR_RETURN(are_there, AddParts(kLoggedModel, ModelIds(request), action, parts));
  }
  if (!are_there) return false;
  return AdmitsParts(user_id, parts);
}

Result<bool> AccessPolicy::AdmitsVersionsOf(std::int64_t user_id, const std::string& name) const {
  return AdmitsModel(user_id, {"GET", "/model-versions/get", Subject::kVersion, Action::kRead},
                     name);
}

Result<bool> AccessPolicy::AdmitsModel(std::int64_t user_id, const AccessRule& rule,
                                       const std::string& name) const {
  REEVE_ASSIGN_OR_RETURN(const bool is_prompt, IsPrompt(name));
  const char* const type = is_prompt ? "prompt" : "registered_model";
  const char* const version = is_prompt ? "prompt_version" : "registered_model_version";
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, name));
  if (rule.subject == Subject::kVersion) {
    return Allows(grants.On(type, name), Action::kRead) &&
           Allows(grants.OnPart(version, type, name), rule.action);
  }
  if (!Allows(grants.On(type, name), rule.action)) return false;
  if (rule.subject == Subject::kNewVersion) return !grants.Denies(version);
  if (rule.path != "/registered-models/delete") return true;
  return Allows(grants.OnPart(version, type, name), Action::kDelete);
}

// Who may read a version may read its files: they have to be readable to whoever makes it.
Result<bool> AccessPolicy::AdmitsSource(std::int64_t user_id,
                                        const mlflow::Request& request) const {
  const std::string source = request.Text("source");
  std::vector<std::string> runs, models = ModelIds(request);
  if (std::string id = request.Text("run_id"); !id.empty()) runs.push_back(std::move(id));
  if (source.starts_with("runs:/")) {
    const std::string_view rest = std::string_view(source).substr(6);
    runs.emplace_back(rest.substr(0, rest.find('/')));
  } else if (source.starts_with("models:/")) {
    const std::string_view rest = std::string_view(source).substr(8);
    const std::size_t end = rest.find_first_of("/@");
    const std::string name(rest.substr(0, end));
    if (end == std::string_view::npos) {
      models.push_back(name);
    } else {
      REEVE_ASSIGN_OR_RETURN(const bool may, AdmitsVersionsOf(user_id, name));
      if (!may) return false;
    }
  } else if (source.starts_with(kProxy)) {
    REEVE_ASSIGN_OR_RETURN(const bool may,
                           AdmitsArtifact(user_id, ProxyPath(source), Action::kRead));
    if (!may) return false;
  }
  std::vector<Part> parts;
  REEVE_ASSIGN_OR_RETURN(const bool has_runs, AddParts(kRun, runs, Action::kRead, parts));
  REEVE_ASSIGN_OR_RETURN(const bool has_models,
                         AddParts(kLoggedModel, models, Action::kRead, parts));
  if (!has_runs || !has_models) return false;
  return AdmitsParts(user_id, parts);
}

Result<bool> AccessPolicy::AdmitsArtifact(std::int64_t user_id, const std::string& path,
                                          Action action) const {
  const auto safe = SafeArtifactPath(path);
  // The endpoint itself says what is wrong with it.
  if (!safe.ok()) return true;
  std::string_view rest = *safe;
  const bool is_ours = rest.starts_with(artifact_prefix_);
  if (is_ours) rest.remove_prefix(artifact_prefix_.size());
  const std::vector<std::string> segments = Split(std::string(rest), '/');
  if (!is_ours || segments.empty() || !IsDigits(segments[0])) return ManagesAll(user_id);
  const auto id = ExperimentId(segments[0]);
  if (!id) return false;
  REEVE_ASSIGN_OR_RETURN(const GrantSet grants, GrantsOf(user_id, *id));
  if (!Allows(grants.On(kExperiment, *id), Action::kRead)) return false;
  const auto allows = [&](const char* part) {
    return Allows(grants.OnPart(part, kExperiment, *id), action);
  };
  // EXPERIMENT/RUN/artifacts/…, EXPERIMENT/models/MODEL/artifacts/…; above that lie both.
  if (segments.size() >= 3) return allows(segments[1] == "models" ? kLoggedModel : kRun);
  return allows(kRun) && allows(kLoggedModel) && Allows(grants.On(kExperiment, *id), action);
}

Result<bool> AccessPolicy::AddParts(const char* type, const std::vector<std::string>& ids,
                                    Action action, std::vector<Part>& parts) const {
  const std::set<std::string> distinct(ids.begin(), ids.end());
  if (distinct.empty()) return true;
  const std::vector<sql::Parameter> keys(distinct.begin(), distinct.end());
  const std::size_t before = parts.size();
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, tracking_.Read());
  REEVE_RETURN_IF_ERROR(sql::SelectForKeys(
      *database,
      {.select = type == std::string_view(kRun)
                     ? "SELECT experiment_id FROM runs WHERE run_uuid IN"
                     : "SELECT experiment_id FROM logged_models WHERE model_id IN"},
      keys, [&](const sql::Statement& row) {
        parts.push_back(
            {.type = type, .experiment = std::to_string(row.Integer(0)), .action = action});
        return Status::Ok();
      }));
  return parts.size() - before == distinct.size();
}

Result<std::string> AccessPolicy::ExperimentNamed(const std::string& name) const {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, tracking_.Read());
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database->Prepare("SELECT experiment_id FROM experiments WHERE name = ?", name));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? std::to_string(row.Integer(0)) : std::string();
}

Result<bool> AccessPolicy::IsPrompt(const std::string& name) const {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, tracking_.Read());
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database->Prepare("SELECT 1 FROM registered_model_tags WHERE name = ? AND "
                        "key = 'mlflow.prompt.is_prompt' AND lower(value) = 'true'",
                        name));
  return row.Step();
}

Status AccessPolicy::AfterCall(std::optional<std::int64_t> user_id, const AccessRule& rule,
                               const mlflow::Request& request, const std::string& answer) const {
  const auto grant = [&](std::string type, std::string name) -> Status {
    if (!user_id) return Status::Ok();
    REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, users_.Write());
    return GiveGrant(
        *database, *user_id,
        {.type = std::move(type), .pattern = std::move(name), .permission = Permission::kManage});
  };
  if (rule.path == "/experiments/create") {
    REEVE_ASSIGN_OR_RETURN(const Json made, ParseJson(answer));
    REEVE_ASSIGN_OR_RETURN(std::string id, JsonString(made, "experiment_id"));
    return grant(kExperiment, std::move(id));
  }
  if (rule.path == "/registered-models/create")
    return grant(IsMarkedPrompt(request) ? "prompt" : "registered_model", request.Text("name"));
  const bool is_delete = rule.path == "/registered-models/delete";
  if (!is_delete && rule.path != "/registered-models/rename") return Status::Ok();
  // A name that comes again means another thing.
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, users_.Write());
  for (const char* const type : {"registered_model", "prompt"}) {
    REEVE_RETURN_IF_ERROR(
        is_delete ? ForgetGrants(*database, type, request.Text("name"))
                  : RenameGrants(*database, type, request.Text("name"), request.Text("new_name")));
  }
  return Status::Ok();
}

}  // namespace reeve::server
