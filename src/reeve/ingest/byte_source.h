#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "reeve/base/result.h"

namespace reeve::ingest {

/// The bytes of a file in order, decompressed when its name ends in .gz (several members may follow
/// each other) or .zst. Checksums and lengths are checked on the way, so whoever has read to the
/// end has read undamaged data. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// `name` is what messages call the file.
  /// Fails with kIo when it cannot be opened, kInvalidData when it is not compressed as it claims.
  static Result<std::unique_ptr<ByteSource>> Open(const std::string& path, const std::string& name);

  /// Fills up to `most` bytes at `to`; 0 only at the end. Fails with kInvalidData when the data are
  /// cut short or damaged, kIo.
  virtual Result<std::size_t> Read(char* to, std::size_t most) = 0;
};

/// Reads a compressed file to its end to check it, for readers that do not. Ok for other files.
Status VerifyCompressed(const std::string& path, const std::string& name);

}  // namespace reeve::ingest
