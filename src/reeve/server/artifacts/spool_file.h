#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::server {

/// A file without a name in $TMPDIR (or /tmp): what has come of an upload until it is known whole.
/// It is gone with its descriptor, also when the process is killed. Used by one thread at a time.
class SpoolFile {
 public:
  /// Messages, which clients read, say `name` for it. `size` as announced, 0 when unknown:
  /// kUnavailable when there is no room for it.
  static Result<std::unique_ptr<SpoolFile>> Create(const std::string& name, std::uint64_t size);
  /// Takes a descriptor over.
  SpoolFile(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  Status Append(std::string_view bytes);
  /// A path by which this process opens it, from its beginning.
  std::string path() const;
  /// Whether something failed because the disk, or a quota, is full.
  bool disk_full() const { return disk_full_; }

 private:
  const int descriptor_;
  const std::string name_;
  bool disk_full_ = false;
};

}  // namespace reeve::server
