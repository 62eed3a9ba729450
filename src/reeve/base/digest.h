#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve {

/// Two lower-case hexadecimal digits for each byte.
std::string Hex(std::string_view bytes);

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256(std::string_view bytes);

/// SHA-256 of a file's content, read in blocks; of `most` bytes at most, beginning with byte
/// `from`. Fails with kNotFound or kIo.
Result<std::string> Sha256OfFile(const std::string& path, std::uint64_t from = 0,
                                 std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// HMAC-SHA-256 (RFC 2104): the 32 bytes themselves, which may be the key of another one.
std::string HmacSha256(std::string_view key, std::string_view bytes);

/// A fast non-cryptographic 128-bit digest (XXH3) built up in pieces: the version of a table.
class TableDigest {
 public:
  TableDigest();
  ~TableDigest();
  TableDigest(TableDigest&&) noexcept;
  TableDigest& operator=(TableDigest&&) noexcept;

  /// Adds raw bytes.
  void Add(std::string_view bytes);
  /// Adds a text with its length, so that ("ab","c") and ("a","bc") differ.
  void AddText(std::string_view text);
  /// 32 lower-case hexadecimal digits of everything added so far.
  std::string Hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reeve
