#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/records.h"
#include "reeve/tracking/rest/api.h"

namespace reeve::tracking {

/// What is taken from a server at most, for one folder of artifacts.
struct FetchLimits {
  std::size_t files = 1'000;
  /// Folders within folders.
  int depth = 8;
  std::uint64_t bytes = 8ULL << 30;
};

/// The folder below which what was fetched from servers is kept: $REEVE_CACHE, else
/// $XDG_CACHE_HOME/reeve, else ~/.cache/reeve. Fails with kInvalidArgument when none of them is
/// set.
Result<std::string> CacheFolder();

/// Files of a tracking server that hands them out itself (mlflow-artifacts:/…): listed, fetched and
/// brought there over its own address. Thread-safe.
class Artifacts {
 public:
  /// `api` has to outlive it. Without a cache folder ("") only places on this disk can be used.
  Artifacts(Api& api, std::string cache_folder, const FetchLimits& limits = {})
      : api_(api), cache_folder_(std::move(cache_folder)), limits_(limits) {}
  /// Removes what was written and never brought to the server.
  ~Artifacts();
  Artifacts(const Artifacts&) = delete;
  Artifacts& operator=(const Artifacts&) = delete;

  /// The folder on this disk with what lies at `location`. A file: URI or an absolute path is
  /// itself when it is there. What lies on the server is fetched, once for each content: the key in
  /// the cache is made of server, location and the file "checksums" there, which names every byte
  /// of a bundle. A folder in the cache is whole or not there; several processes may fetch at
  /// once. Fails with kNotFound when nothing, or no bundle, lies there; kUnavailable when it cannot
  /// be reached from here or is larger than the limits; kCorrupt when the server gives names that
  /// lead out of the folder.
  Result<std::string> Fetch(const std::string& location);

  /// The folder in which what belongs at `location` is written: a folder in the cache; for a file:
  /// URI or an absolute path the place itself, if it is this machine's. Makes nothing.
  Result<std::string> Stage(const std::string& location);
  /// Brings what was written there to the server and removes it here. Returns where it is now.
  Result<std::string> Upload(const std::string& location);

  // One file after the other, of what lies on the server or on this disk.
  Result<std::vector<ArtifactFile>> ListFiles(const std::string& location);
  Status FetchOne(const std::string& location, const std::string& path, const std::string& target);
  Status PutOne(const std::string& location, const std::string& path, const std::string& source);

 private:
  using File = ArtifactFile;
  Result<std::string> PathOnServer(const std::string& location) const;
  Status List(const std::string& root, const std::string& below, const FetchLimits& limits,
              std::vector<File>& files);
  /// The place of a location that is no server's.
  Result<std::string> PlaceHere(const std::string& location) const;
  Status CheckFiles(const std::vector<File>& files, const std::string& location) const;
  static bool IsWhole(const std::vector<File>& files, const std::string& folder);
  Result<std::string> FetchSmall(const std::string& path);
  Status FetchFile(const std::string& path, std::optional<std::uint64_t> size,
                   const std::string& target);
  Status PutFile(const std::string& path, const std::string& file);
  Status UploadAll(const std::string& folder, const std::string& root);
  Status FetchAll(const std::string& root, const std::vector<File>& files,
                  const std::string& folder);

  Api& api_;
  std::string cache_folder_;
  FetchLimits limits_;
  std::mutex mutex_;
  /// Location -> folder in the cache.
  std::map<std::string, std::string> staged_;
};

}  // namespace reeve::tracking
