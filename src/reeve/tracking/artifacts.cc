#include "reeve/tracking/artifacts.h"

#include <algorithm>
#include <optional>

#include "reeve/base/digest.h"
#include "reeve/base/environment.h"
#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_tree.h"
#include "reeve/tracking/s3/bucket.h"

namespace reeve::tracking {
namespace {

constexpr const char* kChecksums = "checksums";
constexpr std::uint64_t kMaxChecksumsBytes = 1 << 16;

Status NoCacheFolder() {
  return Status::InvalidArgument("no folder is known in which to keep what is fetched")
      .WithFix("export REEVE_CACHE=/var/cache/reeve");
}

std::string Join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

Result<std::string> FetchSmall(ArtifactRemote& remote, const std::string& path,
                               std::uint64_t most) {
  std::string text;
  const auto keep = [&](std::string_view bytes) {
    if (text.size() + bytes.size() > most)
      return Status::Corrupt("file " + Quote(path, 300) + " of " + remote.name() +
                             " is larger than " + std::to_string(most) + " bytes");
    text.append(bytes);
    return Status::Ok();
  };
  REEVE_RETURN_IF_ERROR(remote.Download(path, keep, [&] {
    text.clear();
    return Status::Ok();
  }));
  return text;
}

Status FetchFile(ArtifactRemote& remote, const std::string& path, std::optional<std::uint64_t> size,
                 const std::string& target) {
  FileSystem& files = FileSystem::System();
  REEVE_RETURN_IF_ERROR(files.CreateFolders(ParentFolder(target)));
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> writer, files.Create(target));
  const auto wrong_size = [&] {
    return Status::Unavailable("file " + Quote(path, 300) + " of " + remote.name() +
                               " changed while it was fetched");
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
  REEVE_RETURN_IF_ERROR(remote.Download(path, write, restart));
  if (size && bytes != *size) return wrong_size();
  REEVE_RETURN_IF_ERROR(writer->Sync());
  return writer->Close();
}

bool IsWhole(const std::vector<ArtifactFile>& files, const std::string& folder) {
  return std::all_of(files.begin(), files.end(), [&](const ArtifactFile& file) {
    const Result<std::uint64_t> size = FileSystem::System().Size(JoinPath(folder, file.path));
    return size.ok() && *size == file.bytes;
  });
}

Status CheckBelow(const std::string& path) {
  if (IsPathBelow(path)) return Status::Ok();
  return Status::Corrupt("path of an artifact is " + Quote(path, 300));
}

}  // namespace

Result<std::string> CacheFolder() {
  if (const std::string own = EnvironmentVariable("REEVE_CACHE"); !own.empty())
    return AbsolutePath(own);
  // As the XDG specification says, a relative path there means nothing.
  if (const std::string xdg = EnvironmentVariable("XDG_CACHE_HOME"); xdg.starts_with('/'))
    return xdg + "/reeve";
  if (const std::string home = HomeFolder(); !home.empty()) return JoinPath(home, ".cache/reeve");
  return NoCacheFolder();
}

Artifacts::Options Artifacts::OptionsFromEnvironment(const Cancellation* cancellation) {
  Options options{.cancellation = cancellation};
  Result<std::string> cache = CacheFolder();
  if (cache.ok()) options.cache_folder = std::move(*cache);
  return options;
}

Artifacts::~Artifacts() {
  for (const auto& [location, folder] : staged_) (void)FileSystem::System().Remove(folder);
}

Result<ArtifactPlace> Artifacts::PlaceOf(const std::string& location, ArtifactUse use) {
  if (!options_.locate) return PlaceAt(location, use);
  REEVE_ASSIGN_OR_RETURN(const std::string where, options_.locate(location));
  return PlaceAt(where, use);
}

Result<ArtifactPlace> Artifacts::PlaceAt(const std::string& location, ArtifactUse use) {
  if (!location.starts_with("s3:")) return find_(location, use);
  REEVE_ASSIGN_OR_RETURN(BucketLocation found, ParseS3Uri(location));
  const std::lock_guard<std::mutex> lock(mutex_);
  std::unique_ptr<ArtifactRemote>& bucket = buckets_[found.bucket];
  if (!bucket) {
    REEVE_ASSIGN_OR_RETURN(const S3Settings settings, S3SettingsFromEnvironment());
    REEVE_ASSIGN_OR_RETURN(HttpOptions http, HttpOptionsFromEnvironment());
    http.retry.cancellation = options_.cancellation;
    REEVE_ASSIGN_OR_RETURN(bucket, S3Bucket::Open(found.bucket, settings, std::move(http)));
  }
  return ArtifactPlace{.remote = bucket.get(), .path = std::move(found.path)};
}

// Beside its place, then one rename, so that no reader ever sees a part.
Status Artifacts::FetchAll(const ArtifactPlace& place, const std::vector<File>& files,
                           const std::string& folder) const {
  FileSystem& system = FileSystem::System();
  const std::string beside = folder + ".part-" + NewId();
  Status status = system.CreateFolders(beside);
  for (const File& file : files) {
    if (status.ok())
      status = FetchFile(*place.remote, Join(place.path, file.path), file.bytes,
                         JoinPath(beside, file.path));
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
                            " are not there: expected the files of a model, found none");
  std::uint64_t room = options_.limits.bytes;
  bool is_bundle = false;
  for (const File& file : files) {
    is_bundle = is_bundle || file.path == kChecksums;
    if (file.bytes > room)
      return Status::Unavailable("artifacts at " + Quote(location, 300) + " are larger than " +
                                 GroupDigits(static_cast<long long>(options_.limits.bytes)) +
                                 " bytes");
    room -= file.bytes;
  }
  if (is_bundle) return Status::Ok();
  return Status::NotFound("the model at " + Quote(location, 300) +
                          " is no bundle of reeve: it has no file \"checksums\", expected one "
                          "that reeve trained");
}

Result<std::string> Artifacts::Fetch(const std::string& location) {
  FileSystem& system = FileSystem::System();
  REEVE_ASSIGN_OR_RETURN(const ArtifactPlace place, PlaceOf(location, ArtifactUse::kFetch));
  if (place.remote == nullptr) return place.path;
  REEVE_ASSIGN_OR_RETURN(const std::vector<File> files,
                         place.remote->List(place.path, options_.limits));
  REEVE_RETURN_IF_ERROR(CheckFiles(files, location));
  REEVE_ASSIGN_OR_RETURN(
      const std::string checksums,
      FetchSmall(*place.remote, Join(place.path, kChecksums), kMaxChecksumsBytes));
  const std::string key =
      Sha256(place.remote->name() + "\n" + place.path + "\n" + checksums).substr(0, 40);
  if (options_.cache_folder.empty()) return NoCacheFolder();
  const std::string folder = JoinPath(options_.cache_folder, "models/" + key);
  // Files that are cut short, or gone: someone tidied up in the cache.
  if (IsWhole(files, folder)) return folder;
  Status status = system.Remove(folder);
  if (status.ok()) status = system.CreateFolders(ParentFolder(folder));
  if (status.ok()) status = FetchAll(place, files, folder);
  if (status.ok()) return folder;
  if (status.code() != StatusCode::kIo) return status;
  return std::move(status).WithFix("export REEVE_CACHE=… names another folder for what is fetched");
}

bool Artifacts::IsElsewhere(const std::string& location) {
  const Result<ArtifactPlace> place = PlaceOf(location, ArtifactUse::kFetch);
  return place.ok() && place->remote != nullptr;
}

Result<std::string> Artifacts::StagedFolder(const std::string& location) {
  if (options_.cache_folder.empty()) return NoCacheFolder();
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string& folder = staged_[location];
  if (folder.empty()) folder = JoinPath(options_.cache_folder, "uploads/" + NewId());
  return folder;
}

Result<std::string> Artifacts::Stage(const std::string& location) {
  REEVE_ASSIGN_OR_RETURN(ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return std::move(place.path);
  return StagedFolder(location);
}

Status Artifacts::Check(const std::string& location) {
  REEVE_ASSIGN_OR_RETURN(const ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return Status::Ok();
  if (options_.cache_folder.empty()) return NoCacheFolder();
  return place.remote->Check(place.path);
}

Result<std::string> Artifacts::Upload(const std::string& location) {
  REEVE_ASSIGN_OR_RETURN(ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return std::move(place.path);
  REEVE_ASSIGN_OR_RETURN(const std::string folder, StagedFolder(location));
  // A run may have written nothing.
  REEVE_ASSIGN_OR_RETURN(const std::vector<File> files, ListTree(folder));
  for (const File& file : files) {
    REEVE_RETURN_IF_ERROR(
        place.remote->Upload(Join(place.path, file.path), JoinPath(folder, file.path)));
  }
  (void)FileSystem::System().Remove(folder);
  const std::lock_guard<std::mutex> lock(mutex_);
  staged_.erase(location);
  return location;
}

Result<std::vector<ArtifactFile>> Artifacts::ListFiles(const std::string& location) {
  constexpr FetchLimits kLimits{.files = 100'000, .depth = 32};
  REEVE_ASSIGN_OR_RETURN(const ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return ListTree(place.path);
  REEVE_ASSIGN_OR_RETURN(std::vector<File> files, place.remote->List(place.path, kLimits));
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

Status Artifacts::FetchOne(const std::string& location, const std::string& path,
                           const std::string& target) {
  REEVE_RETURN_IF_ERROR(CheckBelow(path));
  REEVE_ASSIGN_OR_RETURN(const ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return CopyWhole(JoinPath(place.path, path), target);
  return FetchFile(*place.remote, Join(place.path, path), std::nullopt, target);
}

Result<std::string> Artifacts::ReadOne(const std::string& location, const std::string& path,
                                       std::uint64_t most) {
  REEVE_RETURN_IF_ERROR(CheckBelow(path));
  REEVE_ASSIGN_OR_RETURN(const ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return FileSystem::System().Read(JoinPath(place.path, path), most);
  return FetchSmall(*place.remote, Join(place.path, path), most);
}

Status Artifacts::PutOne(const std::string& location, const std::string& path,
                         const std::string& source) {
  REEVE_RETURN_IF_ERROR(CheckBelow(path));
  REEVE_ASSIGN_OR_RETURN(const ArtifactPlace place, PlaceOf(location, ArtifactUse::kKeep));
  if (place.remote == nullptr) return CopyWhole(source, JoinPath(place.path, path));
  return place.remote->Upload(Join(place.path, path), source);
}

}  // namespace reeve::tracking
