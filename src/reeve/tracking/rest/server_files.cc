#include "reeve/tracking/rest/server_files.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/artifact_tree.h"
#include "reeve/tracking/rest/wire.h"

namespace reeve::tracking {
namespace {

constexpr const char* kRoute = "/api/2.0/mlflow-artifacts/artifacts";

Status NotReachable(const std::string& location, const std::string& why) {
  return Status::Unavailable("artifacts at " + Quote(location, 300) +
                             " cannot be reached from here: " + why)
      .WithFix(
          "let the server hand its artifacts out: mlflow server --artifacts-destination …, "
          "without --no-serve-artifacts and --default-artifact-root")
      .WithFix("or fetch the folder by other means and name it instead of the model");
}

std::string Join(const std::string& folder, const std::string& name) {
  if (folder.empty() || name.empty()) return folder + name;
  return folder + "/" + name;
}

std::string RouteOf(const std::string& path) {
  return std::string(kRoute) + "/" + EscapeUrl(path, true);
}

}  // namespace

std::string ServerFiles::name() const {
  return "tracking server " + Quote(api_.server().base, 400);
}

// "mlflow-artifacts:/1/abc" -> "1/abc". The form with a host names a server, which has to be ours:
// another one would be given our credentials.
Result<std::string> ServerFiles::PathOnServer(const std::string& location) const {
  std::string rest = location.substr(location.find(':') + 1);
  if (rest.starts_with("//") && !rest.starts_with("///")) {
    const std::size_t slash = std::min(rest.find('/', 2), rest.size());
    const std::string authority = rest.substr(2, slash - 2);
    if (authority != api_.server().authority)
      return NotReachable(location, "they are on another server than " + api_.server().base);
    rest.erase(0, slash);
  }
  rest.erase(0, std::min(rest.find_first_not_of('/'), rest.size()));
  while (rest.ends_with('/')) rest.pop_back();
  const std::vector<std::string> names = Split(rest, '/');
  if (!std::all_of(names.begin(), names.end(), IsPlainName))
    return Status::Corrupt("artifact location is " + Quote(location, 300) +
                           ", expected mlflow-artifacts:/ and the path of a folder");
  return rest;
}

Status ServerFiles::ListBelow(const std::string& root, const std::string& below,
                              const FetchLimits& limits, std::vector<ArtifactFile>& files) {
  const std::string folder = Join(root, below);
  const auto depth = below.empty() ? 0 : 1 + std::count(below.begin(), below.end(), '/');
  if (depth > limits.depth)
    return Status::Unavailable("artifacts at " + Quote(root, 300) + " lie in folders deeper than " +
                               std::to_string(limits.depth));
  const std::string query = std::string(kRoute) + "?path=" + EscapeUrl(folder);
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, api_.http().Send({.path = query}));
  if (answer.status != 200) return api_.Failure(answer, "GET of the folder " + Quote(folder, 300));
  Result<Json> json = ParseJson(answer.body);
  if (!json.ok() || !json->is_object())
    return Status::Unavailable(name() + " lists the folder " + Quote(folder, 300) +
                               " with something that is no JSON object");
  const auto listed = json->find("files");
  if (listed == json->end()) return Status::Ok();
  for (const Json& entry : *listed) {
    const std::string child = WireText(entry, "path");
    if (!IsPlainName(child))
      return Status::Corrupt(name() + " names a file " + Quote(child) + " in the folder " +
                             Quote(folder, 300) + ", expected a name without a path");
    const auto is_folder = entry.find("is_dir");
    if (is_folder != entry.end() && is_folder->is_boolean() && is_folder->get<bool>()) {
      REEVE_RETURN_IF_ERROR(ListBelow(root, Join(below, child), limits, files));
      continue;
    }
    const auto size = entry.find("file_size");  // left out for an empty file
    const bool has_size = size != entry.end() && size->is_number_unsigned();
    files.push_back({Join(below, child), has_size ? size->get<std::uint64_t>() : 0});
    if (files.size() > limits.files)
      return Status::Unavailable("artifacts at " + Quote(root, 300) + " are more than " +
                                 std::to_string(limits.files) + " files");
  }
  return Status::Ok();
}

Result<std::vector<ArtifactFile>> ServerFiles::List(const std::string& folder,
                                                    const FetchLimits& limits) {
  std::vector<ArtifactFile> files;
  REEVE_RETURN_IF_ERROR(ListBelow(folder, "", limits, files));
  return files;
}

Status ServerFiles::Download(const std::string& path, const Sink& sink, const Restart& restart) {
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer,
                         api_.http().Download({.path = RouteOf(path)}, sink, restart));
  if (answer.status == 200) return Status::Ok();
  return api_.Failure(answer, "GET of the file " + Quote(path, 300));
}

Status ServerFiles::Upload(const std::string& path, const std::string& file) {
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer,
                         api_.http().Upload({.path = RouteOf(path)}, {.file = file}));
  if (answer.status == 200) return Status::Ok();
  return api_.Failure(answer, "PUT of the file " + Quote(path, 300));
}

Result<ArtifactPlace> ServerFiles::Find(const std::string& location, ArtifactUse use) {
  if (location.starts_with("mlflow-artifacts:")) {
    REEVE_ASSIGN_OR_RETURN(std::string path, PathOnServer(location));
    return ArtifactPlace{.remote = this, .path = std::move(path)};
  }
  if (!location.starts_with('/') && !location.starts_with("file:"))
    return NotReachable(location,
                        "expected mlflow-artifacts:/…, s3://…, or a file: URI or an absolute path "
                        "that exists on this machine");
  REEVE_ASSIGN_OR_RETURN(std::string folder, LocalPath(location, "/"));
  FileSystem& system = FileSystem::System();
  bool is_here = system.IsFolder(folder);
  if (!is_here && use == ArtifactUse::kKeep) {
    // Of another machine's server it is that machine's disk, unless both share it. A run's folder
    // is made by the first file, its root stands for it.
    const std::string root = ParentFolder(ParentFolder(ParentFolder(folder)));
    is_here = api_.server().is_loopback() || (root != "/" && system.IsFolder(root));
  }
  if (is_here) return ArtifactPlace{.path = std::move(folder)};
  return NotReachable(location, "there is no such folder on this machine");
}

}  // namespace reeve::tracking
