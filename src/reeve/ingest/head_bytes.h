#pragma once

#include <string>

#include "reeve/base/result.h"

namespace reeve::ingest {

/// The first bytes of a file, seen through gzip and zstd.
struct HeadBytes {
  std::string bytes;
  /// True when these are all there are.
  bool is_whole = false;
};

/// Reads up to `most` (decompressed) bytes. A gzip file is decompressed to its end to check its
/// length and checksum, which DuckDB does not. Fails with kInvalidData when the compression is
/// damaged or none.
Result<HeadBytes> ReadHead(const std::string& path, std::size_t most);

/// Checks a gzip file to its end: kInvalidData when it is cut short, its checksum is wrong, or it
/// is none.
Status VerifyGzip(const std::string& path);

}  // namespace reeve::ingest
