#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::server {

/// A part on its way through this server. Dropped before Finish, it is not there. Used by one
/// thread.
class IncomingPart {
 public:
  virtual ~IncomingPart() = default;
  virtual Status Write(std::string_view bytes) = 0;
  /// Its entity tag, quotes included: a digest of its bytes.
  virtual Result<std::string> Finish() = 0;
  virtual bool disk_full() const = 0;
};

/// Files that come in numbered parts, in any order and over several connections at once. They are
/// there when they are completed. Thread-safe.
class PartedUploads {
 public:
  /// What a client says of a part at the end.
  struct Claim {
    int number = 0;
    std::string etag;
  };

  virtual ~PartedUploads() = default;

  /// Begins an upload of `parts` parts to `path` and gives its id.
  virtual Result<std::string> Begin(std::string_view path, std::int64_t parts) = 0;
  /// Where part `number`, counted from 1, is PUT to: an address elsewhere, or of this server, from
  /// the slash on that follows where the routes of uploads begin.
  virtual Result<std::string> PartUrl(const std::string& id, std::string_view path, int number) = 0;
  /// Begins part `number` of those that are PUT to this server; `length` as announced. kNotFound:
  /// no such upload.
  virtual Result<std::unique_ptr<IncomingPart>> OpenPart(const std::string& id, std::int64_t number,
                                                         std::optional<std::uint64_t> length) = 0;
  /// Puts the file in place; `claims` are all of its parts, in order. Asked again, it may be ok
  /// again.
  virtual Status Complete(const std::string& id, std::string_view path,
                          const std::vector<Claim>& claims) = 0;
  /// Drops an upload; ok when there is none.
  virtual Status Abort(const std::string& id, std::string_view path) = 0;
  /// Whether something of the upload failed because the disk is full.
  virtual bool DiskFull(const std::string& id) = 0;
};

}  // namespace reeve::server
