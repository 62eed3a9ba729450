#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/records.h"

namespace reeve::tracking {

/// What is taken from elsewhere at most, for one folder of artifacts.
struct FetchLimits {
  std::size_t files = 1'000;
  /// Folders within folders.
  int depth = 8;
  std::uint64_t bytes = 8ULL << 30;
};

/// Files that are not kept on this disk: a tracking server's, or a bucket's. Paths are those of
/// files there, without a slash at their beginning; whoever calls has looked at what they hold
/// (IsPlainName). Thread-safe.
class ArtifactRemote {
 public:
  virtual ~ArtifactRemote() = default;

  /// What it is and where, without secrets: `tracking server "http://…"`. Nothing else is called
  /// the same.
  virtual std::string name() const = 0;

  /// Whether it can be asked for a folder at all; one that is not there is none of its failures.
  virtual Status Check(const std::string& folder) = 0;

  /// Every file below a folder ("" for all), with its path below it; none when there is no such
  /// folder. Fails with kUnavailable beyond the limits of files and depth, kCorrupt when a name
  /// leads out of the folder.
  virtual Result<std::vector<ArtifactFile>> List(const std::string& folder,
                                                 const FetchLimits& limits) = 0;

  /// Takes the bytes as they come; a failure ends the download and is returned by it.
  using Sink = std::function<Status(std::string_view bytes)>;
  /// Forgets what came so far: the file is sent once more from its beginning.
  using Restart = std::function<Status()>;
  virtual Status Download(const std::string& path, const Sink& sink, const Restart& restart) = 0;

  /// Brings `file` of this disk there; replaces one that is there.
  virtual Status Upload(const std::string& path, const std::string& file) = 0;
};

}  // namespace reeve::tracking
