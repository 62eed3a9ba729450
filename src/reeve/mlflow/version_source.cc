#include "reeve/mlflow/version_source.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include "reeve/base/text.h"
#include "reeve/mlflow/aliases.h"
#include "reeve/mlflow/host_policy.h"
#include "reeve/mlflow/registered_model.h"
#include "reeve/mlflow/registry_names.h"
#include "reeve/mlflow/uri_parts.h"

namespace reeve::mlflow {
namespace {

constexpr const char* kRegexVariable = "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX";
// Longer texts than any source are not given to a regular expression, which may run deep.
constexpr std::size_t kMostForRegex = 2000;

Status InvalidSource(const std::string& source, const std::string& reason) {
  return Status::InvalidArgument("Invalid model version source: '" + source + "'." + reason);
}

// `id` is "run_id" or "model_id".
Status ForeignSource(const std::string& source, const std::string& id) {
  return InvalidSource(source, " The " + id +
                                   " request parameter must identify the resource that contains "
                                   "the source.");
}

Status CheckRegex(const std::string& source) {
  const char* const expression = std::getenv(kRegexVariable);
  if (expression == nullptr || *expression == '\0') return Status::Ok();
  if (source.size() > kMostForRegex) return InvalidSource(source, "");
  try {
    if (std::regex_search(source, std::regex(expression))) return Status::Ok();
  } catch (const std::regex_error& error) {
    return Status::Internal(std::string(kRegexVariable) +
                            " is no regular expression: " + error.what());
  }
  return InvalidSource(source, "");
}

// What owns the source of a version: a run or a logged model.
struct Owner {
  /// "run_id" or "model_id".
  std::string field;
  std::string id;
  /// Nothing when there is none of this id.
  std::optional<std::string> artifacts = std::nullopt;
};

Result<Owner> FindOwner(sql::Database& database, const std::string& field, const std::string& id) {
  Owner owner{.field = field, .id = id};
  if (id.empty()) return owner;
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare(field == "run_id"
                           ? "SELECT artifact_uri FROM runs WHERE run_uuid = ?"
                           : "SELECT artifact_location FROM logged_models WHERE model_id = ? AND "
                             "lifecycle_stage <> 'deleted'",
                       id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (found) owner.artifacts = row.Text(0);
  return owner;
}

std::filesystem::path RealPath(const std::string& uri) {
  const UriParts parts = SplitUri(uri);
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(DecodeFully(parts.path, false), error);
  std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
  return error ? std::filesystem::path() : real;
}

// As messages name it: without a slash behind it.
std::string RealName(const std::string& source) {
  std::string name = RealPath(source).string();
  if (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name.empty() ? source : name;
}

bool IsWithin(const std::filesystem::path& path, const std::filesystem::path& folder) {
  if (path.empty() || folder.empty()) return false;
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

Status CheckLocal(const std::string& source, const Owner& owner) {
  if (!owner.id.empty() && !owner.artifacts) return ForeignSource(source, owner.field);
  if (owner.artifacts && source.find('\0') == std::string::npos &&
      IsLocalUri(SplitUri(*owner.artifacts)) &&
      IsWithin(RealPath(source), RealPath(*owner.artifacts)))
    return Status::Ok();
  const bool is_run = owner.field == "run_id";
  return InvalidSource(
      owner.artifacts ? RealName(source) : source,
      " To use a local path as a model version source, the " + owner.field +
          " request parameter has to be specified and the local path has to be contained "
          "within the artifact directory of the run specified by the " +
          (is_run ? "run_id." : "model_id."));
}

// No other place on the server may be meant than the text says.
Status CheckIsPlain(const std::string& source) {
  const std::string decoded = DecodeFully(source, true);
  const std::vector<std::string> all = Split(decoded, '/');
  const bool climbs = std::find(all.begin(), all.end(), "..") != all.end();
  const std::string path = SplitUri(decoded).path;
  const std::vector<std::string> segments = PathSegments(path);
  const bool has_dot = std::find(segments.begin(), segments.end(), ".") != segments.end();
  if (!climbs && !has_dot && path.starts_with('/') && !segments.empty() &&
      decoded.find('\0') == std::string::npos)
    return Status::Ok();
  return InvalidSource(
      source,
      " If supplying a source as an http, https, local file path, ftp, objectstore, or "
      "mlflow-artifacts uri, an absolute path must be provided without relative path references "
      "present. Please provide an absolute path.");
}

std::vector<std::string> DecodedSegments(const std::string& path) {
  std::vector<std::string> segments = PathSegments(path);
  for (std::string& segment : segments) segment = DecodeFully(segment, false);
  return segments;
}

// Whether it is served by this API: mlflow-artifacts:, or http: with the API's path.
bool IsProxied(const UriParts& uri) {
  if (uri.scheme == "mlflow-artifacts") return true;
  if (uri.scheme != "http" && uri.scheme != "https") return false;
  const std::vector<std::string> segments = DecodedSegments(uri.path);
  const std::vector<std::string> route = {"api", "2.0", "mlflow-artifacts", "artifacts"};
  return std::search(segments.begin(), segments.end(), route.begin(), route.end()) !=
         segments.end();
}

bool IsUriWithin(const UriParts& source, const std::string& root) {
  const UriParts parts = SplitUri(root);
  const std::vector<std::string> inner = DecodedSegments(source.path);
  const std::vector<std::string> outer = DecodedSegments(parts.path);
  return source.scheme == parts.scheme && ToLower(source.authority) == ToLower(parts.authority) &&
         !outer.empty() && inner.size() >= outer.size() &&
         std::equal(outer.begin(), outer.end(), inner.begin());
}

// models:/m-…, models:/NAME/VERSION, /STAGE, /latest, models:/NAME@ALIAS; one of them is set,
// nothing but the name means the latest version.
struct ModelUri {
  std::string model_id, name, version, stage, alias;
};

bool IsDigits(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<ModelUri> ParseModelUri(const std::string& path) {
  if (!path.starts_with('/') || path.size() < 2) return std::nullopt;
  const std::size_t start = path.find_first_not_of('/');
  if (start == std::string::npos) return std::nullopt;
  const std::vector<std::string> parts = Split(path.substr(start), '/');
  if (parts.size() > 2 || Trim(parts[0]).empty()) return std::nullopt;
  if (parts.size() == 2) {
    if (Trim(parts[1]).empty()) return std::nullopt;
    if (IsDigits(parts[1])) return ModelUri{.name = parts[0], .version = parts[1]};
    if (ToLower(parts[1]) == "latest") return ModelUri{.name = parts[0]};
    return ModelUri{.name = parts[0], .stage = parts[1]};
  }
  const std::size_t at = parts[0].rfind('@');
  if (at == std::string::npos) return ModelUri{.model_id = parts[0]};
  if (Trim(parts[0].substr(at + 1)).empty()) return std::nullopt;
  return ModelUri{.name = parts[0].substr(0, at), .alias = parts[0].substr(at + 1)};
}

Result<std::int64_t> FindVersion(sql::Database& database, const ModelUri& uri) {
  if (!uri.version.empty()) return ParseVersion(uri.version);
  if (!uri.alias.empty()) {
    REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                           ReadVersionByAlias(database, uri.name, uri.alias));
    return version.version;
  }
  std::string stage;
  if (!uri.stage.empty()) {
    REEVE_ASSIGN_OR_RETURN(stage, ParseStage(uri.stage));
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> latest,
                         ReadLatestVersions(database, {uri.name}));
  std::int64_t newest = 0;
  for (const ModelVersion& version : latest) {
    if (stage.empty() || version.current_stage == stage) newest = std::max(newest, version.version);
  }
  if (newest > 0) return newest;
  return Status::NotFound("No versions of model with name '" + uri.name + "'" +
                          (stage.empty() ? "" : " and stage '" + uri.stage + "'") + " found");
}

// A version that is made of another one takes its place, run and model over.
Status TakeFromVersion(sql::Database& database, const ModelUri& uri, const SourceRequest& request,
                       VersionSource& source) {
  REEVE_RETURN_IF_ERROR(CheckHasModel(database, uri.name));
  REEVE_ASSIGN_OR_RETURN(const bool is_prompt, IsPrompt(database, uri.name));
  if (is_prompt) {
    return InvalidSource(request.source,
                         " Prompt versions cannot be used as model version sources.");
  }
  REEVE_ASSIGN_OR_RETURN(const std::int64_t number, FindVersion(database, uri));
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         ReadBareModelVersion(database, uri.name, number));
  const std::string run_id = version.run_id.value_or("");
  // The registry keeps no ids of models with its versions.
  const bool is_other_run = request.run_id && *request.run_id != run_id;
  const bool has_model = request.model_id && !request.model_id->empty();
  if (is_other_run || has_model) {
    return InvalidSource(
        request.source,
        " The run_id and model_id request parameters must match the referenced model version.");
  }
  source.source = "models:/" + uri.name + "/" + std::to_string(number);
  source.run_id = run_id;
  source.storage_location = DownloadUri(version);
  return Status::Ok();
}

struct LoggedModelPlace {
  std::string location;
  std::string run_id;
};

Result<std::optional<LoggedModelPlace>> FindLoggedModel(sql::Database& database,
                                                        const std::string& model_id) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT artifact_location, source_run_id FROM logged_models WHERE model_id "
                       "= ? AND lifecycle_stage <> 'deleted'",
                       model_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return std::optional<LoggedModelPlace>();
  return std::optional(LoggedModelPlace{row.Text(0), row.Text(1)});
}

// Sources on this machine, of runs, of models and of this server belong to whom the call names.
Status CheckBelongs(sql::Database& database, const std::string& source, const std::string& run_id,
                    const std::string& model_id) {
  const bool by_model = !model_id.empty();
  REEVE_ASSIGN_OR_RETURN(const Owner owner, FindOwner(database, by_model ? "model_id" : "run_id",
                                                      by_model ? model_id : run_id));
  const UriParts uri = SplitUri(source);
  if (IsLocalUri(uri)) return CheckLocal(source, owner);
  if (uri.scheme == "file") {
    return Status::InvalidArgument(
        source +
        " is not a valid remote uri. For remote access on windows, please consider using a "
        "different scheme such as SMB (e.g. smb://<hostname>/<path>).");
  }
  REEVE_RETURN_IF_ERROR(CheckIsPlain(source));
  if (uri.scheme == "runs") {
    const std::vector<std::string> segments = PathSegments(uri.path);
    const bool is_own = !by_model && uri.authority.empty() && !run_id.empty() &&
                        !segments.empty() && segments[0] == run_id;
    return is_own ? Status::Ok() : ForeignSource(source, owner.field);
  }
  if (uri.scheme == "models") {
    const std::optional<ModelUri> parsed = ParseModelUri(uri.path);
    if (!uri.authority.empty() || !parsed) return ForeignSource(source, "model_id");
    if (parsed->model_id.empty()) return Status::Ok();
    return by_model && parsed->model_id == model_id ? Status::Ok()
                                                    : ForeignSource(source, "model_id");
  }
  if (!IsProxied(uri)) return Status::Ok();
  return owner.artifacts && IsUriWithin(uri, *owner.artifacts) ? Status::Ok()
                                                               : ForeignSource(source, owner.field);
}

// What a logged model knows of itself.
Status TakeFromLoggedModel(sql::Database& database, VersionSource& source) {
  const UriParts uri = SplitUri(source.source);
  const std::optional<ModelUri> parsed =
      uri.scheme == "models" ? ParseModelUri(uri.path) : std::nullopt;
  const bool is_source = parsed && !parsed->model_id.empty();
  const std::string model_id = is_source ? parsed->model_id : source.model_id;
  if (model_id.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(const std::optional<LoggedModelPlace> model,
                         FindLoggedModel(database, model_id));
  if (!model) {
    const std::string missing = "Logged model with ID '" + model_id + "' not found.";
    return Status::NotFound(
        is_source ? "Unable to fetch model from model URI source artifact location '" +
                        source.source + "'.Error: " + missing
                  : missing);
  }
  if (is_source) source.storage_location = model->location;
  if (source.run_id.empty()) source.run_id = model->run_id;
  return Status::Ok();
}

}  // namespace

Result<VersionSource> ResolveSource(sql::Database& database, const SourceRequest& request,
                                    const std::vector<std::string>& own) {
  REEVE_RETURN_IF_ERROR(CheckRegex(request.source));
  VersionSource source{.source = request.source,
                       .run_id = request.run_id.value_or(""),
                       .model_id = request.model_id.value_or(""),
                       .storage_location = request.source};
  if (request.is_prompt) {
    if (request.source == "dummy-source" || request.source == "prompt-template") return source;
    return Status::InvalidArgument("Invalid prompt source: '" + request.source +
                                   "'. Prompt sources must use an MLflow placeholder.");
  }
  REEVE_RETURN_IF_ERROR(CheckHost(request.source, "source", own));
  const UriParts uri = SplitUri(request.source);
  if (uri.scheme == "models") {
    if (!uri.authority.empty()) {
      return InvalidSource(request.source,
                           " Registered model sources must use the active model registry.");
    }
    const std::optional<ModelUri> parsed = ParseModelUri(uri.path);
    if (!parsed) return ForeignSource(request.source, "model_id");
    if (parsed->model_id.empty())
      REEVE_RETURN_IF_ERROR(TakeFromVersion(database, *parsed, request, source));
  }
  REEVE_RETURN_IF_ERROR(CheckBelongs(database, source.source, source.run_id, source.model_id));
  REEVE_RETURN_IF_ERROR(TakeFromLoggedModel(database, source));
  return source;
}

}  // namespace reeve::mlflow
