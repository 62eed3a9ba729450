#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/tracking/artifact_remote.h"

namespace reeve::tracking {

/// The folder below which what was fetched from elsewhere is kept: $REEVE_CACHE, else
/// $XDG_CACHE_HOME/reeve, else ~/.cache/reeve. Fails with kInvalidArgument when none of them is
/// set.
Result<std::string> CacheFolder();

/// Where artifacts are.
struct ArtifactPlace {
  /// Who keeps them, not owned; null for this disk.
  ArtifactRemote* remote = nullptr;
  /// Their folder: there, without slashes at its ends, or the absolute path here.
  std::string path = "";
};

/// What a place is asked for.
enum class ArtifactUse {
  kFetch,  ///< a model that has to be there
  kKeep,   ///< files that are listed, and come and go one by one: there may be none yet
};

/// The artifacts of a store, wherever they lie: what s3: means is known here, every other location
/// is the store's to explain. Thread-safe.
class Artifacts {
 public:
  struct Options {
    /// Empty: only places on this disk can be used.
    std::string cache_folder = "";
    /// Of one model that is fetched.
    FetchLimits limits = {};
    /// Ends waits for a bucket that does not answer; not owned, has to outlive the artifacts.
    const Cancellation* cancellation = &Cancellation::Never();
    /// Asked first, see StoreOptions::locate.
    std::function<Result<std::string>(const std::string& location)> locate = nullptr;
  };
  /// With CacheFolder. Where none is known, everything but places elsewhere still works.
  static Options OptionsFromEnvironment(const Cancellation* cancellation);

  /// Finds a location that is not in S3. What it points to has to outlive the artifacts.
  using Find = std::function<Result<ArtifactPlace>(const std::string& location, ArtifactUse use)>;

  Artifacts(Find find, Options options) : find_(std::move(find)), options_(std::move(options)) {}
  /// Removes what was written and never brought to its place.
  ~Artifacts();
  Artifacts(const Artifacts&) = delete;
  Artifacts& operator=(const Artifacts&) = delete;

  /// The folder on this disk with what lies at `location`. A place on this disk is itself. What
  /// lies elsewhere is fetched, once for each content: the key in the cache is made of who keeps
  /// it, location and the file "checksums" there, which names every byte of a bundle. A folder in
  /// the cache is whole or not there; several processes may fetch at once. Fails with kNotFound
  /// when nothing, or no bundle, lies there; kUnavailable when it cannot be reached from here or is
  /// larger than the limits; kCorrupt when it holds names that lead out of the folder.
  Result<std::string> Fetch(const std::string& location);
  /// Whether `location` is not on this disk, so that what Fetch gives is a copy of it.
  bool IsElsewhere(const std::string& location);

  /// The folder in which what belongs at `location` is written: the place itself on this disk, else
  /// a folder in the cache. Makes nothing.
  Result<std::string> Stage(const std::string& location);
  /// Whether files can be brought to `location`, as far as that is known before there are any.
  Status Check(const std::string& location);
  /// Brings what was written there to its location and removes it here. Returns where it is now:
  /// the folder on this disk, else the location.
  Result<std::string> Upload(const std::string& location);

  // One file after the other.

  /// In the order of their paths; none when nothing is there.
  Result<std::vector<ArtifactFile>> ListFiles(const std::string& location);
  Status FetchOne(const std::string& location, const std::string& path, const std::string& target);
  /// Its content; fails when it has more than `most` bytes.
  Result<std::string> ReadOne(const std::string& location, const std::string& path,
                              std::uint64_t most);
  Status PutOne(const std::string& location, const std::string& path, const std::string& source);

 private:
  using File = ArtifactFile;
  Result<ArtifactPlace> PlaceOf(const std::string& location, ArtifactUse use);
  Result<ArtifactPlace> PlaceAt(const std::string& location, ArtifactUse use);
  Status CheckFiles(const std::vector<File>& files, const std::string& location) const;
  Status FetchAll(const ArtifactPlace& place, const std::vector<File>& files,
                  const std::string& folder) const;
  /// The folder in the cache in which what belongs at a place elsewhere is written.
  Result<std::string> StagedFolder(const std::string& location);

  Find find_;
  Options options_;
  std::mutex mutex_;
  /// Location -> folder in the cache.
  std::map<std::string, std::string> staged_;
  /// By their names.
  std::map<std::string, std::unique_ptr<ArtifactRemote>> buckets_;
};

}  // namespace reeve::tracking
