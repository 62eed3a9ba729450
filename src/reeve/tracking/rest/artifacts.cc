#include "reeve/tracking/rest/artifacts.h"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>
#include <pwd.h>
#include <unistd.h>

#include "reeve/base/digest.h"
#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/artifact_tree.h"
#include "reeve/tracking/rest/wire.h"

namespace reeve::tracking {
namespace {

constexpr const char* kRoute = "/api/2.0/mlflow-artifacts/artifacts";
constexpr const char* kChecksums = "checksums";
constexpr std::uint64_t kMaxChecksumsBytes = 1 << 16;
constexpr std::size_t kMaxNameBytes = 255;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// One name in a folder, which cannot lead anywhere else.
bool IsPlainName(const std::string& name) {
  const auto is_bad = [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  };
  return !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." &&
         IsUtf8(name) && std::none_of(name.begin(), name.end(), is_bad);
}

bool IsPath(const std::string& location) {
  return location.starts_with('/') || location.starts_with("file:");
}

bool IsOnServer(const std::string& location) { return location.starts_with("mlflow-artifacts:"); }

Status NotReachable(const std::string& location, const std::string& why) {
  return Status::Unavailable("artifacts at " + Quote(location, 300) +
                             " cannot be reached from here: " + why)
      .WithFix(
          "let the server hand its artifacts out: mlflow server --artifacts-destination …, "
          "without --no-serve-artifacts and --default-artifact-root")
      .WithFix("or fetch the folder by other means and name it instead of the model");
}

Status NoCacheFolder() {
  return Status::InvalidArgument(
             "no folder is known in which to keep what is fetched from a tracking server")
      .WithFix("export REEVE_CACHE=/var/cache/reeve");
}

std::string Join(const std::string& folder, const std::string& name) {
  if (folder.empty() || name.empty()) return folder + name;
  return folder + "/" + name;
}

// What went wrong where a file, not a record, was asked for.
Status FileFailure(const Api& api, const HttpAnswer& answer, const std::string& path) {
  return api.Failure(answer, "GET of the file " + Quote(path, 300));
}

}  // namespace

Result<std::string> CacheFolder() {
  if (const std::string own = Variable("REEVE_CACHE"); !own.empty()) return AbsolutePath(own);
  // As the XDG specification says, a relative path there means nothing.
  if (const std::string xdg = Variable("XDG_CACHE_HOME"); xdg.starts_with('/'))
    return xdg + "/reeve";
  std::string home = Variable("HOME");
  if (home.empty()) {
    const passwd* const entry = ::getpwuid(::geteuid());
    if (entry != nullptr) home = entry->pw_dir;
  }
  if (home.starts_with('/')) return JoinPath(home, ".cache/reeve");
  return NoCacheFolder();
}

// "mlflow-artifacts:/1/abc" -> "1/abc". The form with a host names a server, which has to be ours:
// another one would be given our credentials.
Result<std::string> Artifacts::PathOnServer(const std::string& location) const {
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

Status Artifacts::List(const std::string& root, const std::string& below, const FetchLimits& limits,
                       std::vector<File>& files) {
  const std::string folder = Join(root, below);
  const auto depth = below.empty() ? 0 : 1 + std::count(below.begin(), below.end(), '/');
  if (depth > limits.depth)
    return Status::Unavailable("artifacts at " + Quote(root, 300) + " lie in folders deeper than " +
                               std::to_string(limits.depth));
  const std::string query = std::string(kRoute) + "?path=" + EscapeUrl(folder);
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, api_.http().Send({.path = query}));
  if (answer.status != 200) return FileFailure(api_, answer, folder);
  Result<Json> json = ParseJson(answer.body);
  if (!json.ok() || !json->is_object())
    return Status::Unavailable("tracking server " + Quote(api_.server().base, 400) +
                               " lists the folder " + Quote(folder, 300) +
                               " with something that is no JSON object");
  const auto listed = json->find("files");
  if (listed == json->end()) return Status::Ok();
  for (const Json& entry : *listed) {
    const std::string name = WireText(entry, "path");
    if (!IsPlainName(name))
      return Status::Corrupt("tracking server " + Quote(api_.server().base, 400) +
                             " names a file " + Quote(name) + " in the folder " +
                             Quote(folder, 300) + ", expected a name without a path");
    const auto is_folder = entry.find("is_dir");
    if (is_folder != entry.end() && is_folder->is_boolean() && is_folder->get<bool>()) {
      REEVE_RETURN_IF_ERROR(List(root, Join(below, name), limits, files));
      continue;
    }
    const auto size = entry.find("file_size");  // left out for an empty file
    const bool has_size = size != entry.end() && size->is_number_unsigned();
    files.push_back({Join(below, name), has_size ? size->get<std::uint64_t>() : 0});
    if (files.size() > limits.files)
      return Status::Unavailable("artifacts at " + Quote(root, 300) + " are more than " +
                                 std::to_string(limits.files) + " files");
  }
  return Status::Ok();
}

Result<std::string> Artifacts::FetchSmall(const std::string& path) {
  std::string text;
  const auto keep = [&](std::string_view bytes) {
    if (text.size() + bytes.size() > kMaxChecksumsBytes)
      return Status::Corrupt("file " + Quote(path, 300) +
                             " of the tracking server is larger than " +
                             std::to_string(kMaxChecksumsBytes) + " bytes");
    text.append(bytes);
    return Status::Ok();
  };
  REEVE_ASSIGN_OR_RETURN(
      const HttpAnswer answer,
      api_.http().Download(std::string(kRoute) + "/" + EscapeUrl(path, true), keep, [&] {
        text.clear();
        return Status::Ok();
      }));
  if (answer.status != 200) return FileFailure(api_, answer, path);
  return text;
}

Status Artifacts::FetchFile(const std::string& path, std::optional<std::uint64_t> size,
                            const std::string& target) {
  FileSystem& files = FileSystem::System();
  REEVE_RETURN_IF_ERROR(files.CreateFolders(ParentFolder(target)));
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> writer, files.Create(target));
  const auto wrong_size = [&] {
    return Status::Unavailable("file " + Quote(path, 300) + " of tracking server " +
                               Quote(api_.server().base, 400) + " changed while it was fetched");
  };
  std::uint64_t bytes = 0;
  const auto write = [&](std::string_view part) {
    bytes += part.size();
    return size && bytes > *size ? wrong_size() : writer->Append(part);
  };
  const auto restart = [&]() -> Status {
    bytes = 0;
    REEVE_ASSIGN_OR_RETURN(writer, files.Create(target));
    return Status::Ok();
  };
  REEVE_ASSIGN_OR_RETURN(
      const HttpAnswer answer,
      api_.http().Download(std::string(kRoute) + "/" + EscapeUrl(path, true), write, restart));
  if (answer.status != 200) return FileFailure(api_, answer, path);
  if (size && bytes != *size) return wrong_size();
  REEVE_RETURN_IF_ERROR(writer->Sync());
  return writer->Close();
}

// Beside its place, then one rename, so that no reader ever sees a part.
Status Artifacts::FetchAll(const std::string& root, const std::vector<File>& files,
                           const std::string& folder) {
  FileSystem& system = FileSystem::System();
  const std::string beside = folder + ".part-" + NewId();
  Status status = system.CreateFolders(beside);
  for (const File& file : files) {
    if (status.ok())
      status = FetchFile(Join(root, file.path), file.bytes, JoinPath(beside, file.path));
  }
  if (status.ok()) status = system.Rename(beside, folder);
  if (!status.ok()) {
    (void)system.Remove(beside);
    // Another process was faster; what it fetched is the same.
    if (system.IsFolder(folder)) return Status::Ok();
    return status;
  }
  return system.SyncFolder(ParentFolder(folder));
}

Status Artifacts::CheckFiles(const std::vector<File>& files, const std::string& location) const {
  if (files.empty())
    return Status::NotFound("artifacts at " + Quote(location, 300) +
                            " are not there: the server has no such folder");
  std::uint64_t room = limits_.bytes;
  bool is_bundle = false;
  for (const File& file : files) {
    is_bundle = is_bundle || file.path == kChecksums;
    if (file.bytes > room)
      return Status::Unavailable("artifacts at " + Quote(location, 300) + " are larger than " +
                                 GroupDigits(static_cast<long long>(limits_.bytes)) + " bytes");
    room -= file.bytes;
  }
  if (is_bundle) return Status::Ok();
  return Status::NotFound("the model at " + Quote(location, 300) +
                          " is no bundle of reeve: it has no file \"checksums\", expected one "
                          "that reeve trained");
}

bool Artifacts::IsWhole(const std::vector<File>& files, const std::string& folder) {
  return std::all_of(files.begin(), files.end(), [&](const File& file) {
    const Result<std::uint64_t> size = FileSystem::System().Size(JoinPath(folder, file.path));
    return size.ok() && *size == file.bytes;
  });
}

Result<std::string> Artifacts::Fetch(const std::string& location) {
  FileSystem& system = FileSystem::System();
  if (IsPath(location)) {
    REEVE_ASSIGN_OR_RETURN(std::string folder, LocalPath(location, "/"));
    if (system.IsFolder(folder)) return folder;
    return NotReachable(location, "there is no such folder on this machine");
  }
  if (!IsOnServer(location)) {
    return NotReachable(location,
                        "expected mlflow-artifacts:/…, or a file: URI or an absolute "
                        "path that exists on this machine");
  }
  REEVE_ASSIGN_OR_RETURN(const std::string root, PathOnServer(location));
  std::vector<File> files;
  REEVE_RETURN_IF_ERROR(List(root, "", limits_, files));
  REEVE_RETURN_IF_ERROR(CheckFiles(files, location));
  REEVE_ASSIGN_OR_RETURN(const std::string checksums, FetchSmall(Join(root, kChecksums)));
  const std::string key = Sha256(api_.server().base + "\n" + root + "\n" + checksums).substr(0, 40);
  if (cache_folder_.empty()) return NoCacheFolder();
  const std::string folder = JoinPath(cache_folder_, "models/" + key);
  // Files that are cut short, or gone: someone tidied up in the cache.
  if (IsWhole(files, folder)) return folder;
  Status status = system.Remove(folder);
  if (status.ok()) status = system.CreateFolders(ParentFolder(folder));
  if (status.ok()) status = FetchAll(root, files, folder);
  if (status.ok()) return folder;
  if (status.code() != StatusCode::kIo) return status;
  return std::move(status).WithFix("export REEVE_CACHE=… names another folder for what is fetched");
}

Artifacts::~Artifacts() {
  for (const auto& [location, folder] : staged_) (void)FileSystem::System().Remove(folder);
}

Result<std::string> Artifacts::Stage(const std::string& location) {
  if (IsPath(location)) {
    REEVE_ASSIGN_OR_RETURN(std::string folder, LocalPath(location, "/"));
    // Of another machine's server it is that machine's disk, unless both share it.
    if (api_.server().is_loopback() || FileSystem::System().IsFolder(folder)) return folder;
    return NotReachable(location, "there is no such folder on this machine");
  }
  if (!IsOnServer(location)) return NotReachable(location, "it is neither on the server nor here");
  REEVE_RETURN_IF_ERROR(PathOnServer(location).status());
  if (cache_folder_.empty()) return NoCacheFolder();
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string& folder = staged_[location];
  if (folder.empty()) folder = JoinPath(cache_folder_, "uploads/" + NewId());
  return folder;
}

Status Artifacts::PutFile(const std::string& path, const std::string& file) {
  REEVE_ASSIGN_OR_RETURN(
      const HttpAnswer answer,
      api_.http().Upload(std::string(kRoute) + "/" + EscapeUrl(path, true), file));
  if (answer.status == 200) return Status::Ok();
  return api_.Failure(answer, "PUT of the file " + Quote(path, 300));
}

Status Artifacts::UploadAll(const std::string& folder, const std::string& root) {
  FileSystem& files = FileSystem::System();
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(folder));
  for (const std::string& name : names) {
    const std::string file = JoinPath(folder, name);
    const std::string path = Join(root, name);
    if (files.IsFolder(file)) {
      REEVE_RETURN_IF_ERROR(UploadAll(file, path));
      continue;
    }
    REEVE_RETURN_IF_ERROR(PutFile(path, file));
  }
  return Status::Ok();
}

Result<std::string> Artifacts::Upload(const std::string& location) {
  if (IsPath(location)) return Stage(location);
  REEVE_ASSIGN_OR_RETURN(const std::string folder, Stage(location));
  REEVE_ASSIGN_OR_RETURN(const std::string root, PathOnServer(location));
  // A run may have written nothing.
  if (!FileSystem::System().IsFolder(folder)) return location;
  REEVE_RETURN_IF_ERROR(UploadAll(folder, root));
  (void)FileSystem::System().Remove(folder);
  const std::lock_guard<std::mutex> lock(mutex_);
  staged_.erase(location);
  return location;
}

Result<std::string> Artifacts::PlaceHere(const std::string& location) const {
  if (!IsPath(location)) return NotReachable(location, "it is neither on the server nor here");
  REEVE_ASSIGN_OR_RETURN(std::string folder, LocalPath(location, "/"));
  // Of another machine's server it is that machine's disk, unless both share it. A run's folder is
  // made by the first file, its root stands for it.
  FileSystem& system = FileSystem::System();
  const std::string root = ParentFolder(ParentFolder(ParentFolder(folder)));
  if (api_.server().is_loopback() || system.IsFolder(folder) ||
      (root != "/" && system.IsFolder(root)))
    return folder;
  return NotReachable(location, "there is no such folder on this machine");
}

Result<std::vector<ArtifactFile>> Artifacts::ListFiles(const std::string& location) {
  if (!IsOnServer(location)) {
    REEVE_ASSIGN_OR_RETURN(const std::string folder, PlaceHere(location));
    return ListTree(folder);
  }
  constexpr FetchLimits kLimits{.files = 100'000, .depth = 32};
  REEVE_ASSIGN_OR_RETURN(const std::string root, PathOnServer(location));
  std::vector<ArtifactFile> files;
  REEVE_RETURN_IF_ERROR(List(root, "", kLimits, files));
  std::sort(files.begin(), files.end(),
            [](const ArtifactFile& a, const ArtifactFile& b) { return a.path < b.path; });
  return files;
}

Status Artifacts::FetchOne(const std::string& location, const std::string& path,
                           const std::string& target) {
  if (!IsPathBelow(path)) return Status::Corrupt("path of an artifact is " + Quote(path, 300));
  if (!IsOnServer(location)) {
    REEVE_ASSIGN_OR_RETURN(const std::string folder, PlaceHere(location));
    return CopyWhole(JoinPath(folder, path), target);
  }
  REEVE_ASSIGN_OR_RETURN(const std::string root, PathOnServer(location));
  return FetchFile(Join(root, path), std::nullopt, target);
}

Status Artifacts::PutOne(const std::string& location, const std::string& path,
                         const std::string& source) {
  if (!IsPathBelow(path)) return Status::Corrupt("path of an artifact is " + Quote(path, 300));
  if (!IsOnServer(location)) {
    REEVE_ASSIGN_OR_RETURN(const std::string folder, PlaceHere(location));
    return CopyWhole(source, JoinPath(folder, path));
  }
  REEVE_ASSIGN_OR_RETURN(const std::string root, PathOnServer(location));
  return PutFile(Join(root, path), source);
}

}  // namespace reeve::tracking
