#pragma once

#include <cstdint>
#include <string_view>

namespace reeve::server {

/// Which bytes of a file are wanted.
struct ByteRange {
  enum class Kind {
    /// All of them: no range was asked for, or none that is understood (RFC 9110, 14.2).
    kWhole,
    /// `length` bytes from `offset`.
    kPart,
    /// None of them is there: 416.
    kUnsatisfiable,
  };
  Kind kind = Kind::kWhole;
  std::uint64_t offset = 0, length = 0;
};

/// Reads a Range header ("bytes=0-99", "bytes=100-", "bytes=-10") for a file of `size` bytes.
/// Several ranges at once are not understood: whoever asks gets the whole file.
ByteRange ReadByteRange(std::string_view header, std::uint64_t size);

}  // namespace reeve::server
