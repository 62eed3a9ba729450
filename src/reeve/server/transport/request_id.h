#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reeve::server {

/// Makes request ids that are never the same twice: a random prefix and a counter. Used by one
/// thread; no system call after the first.
class RequestIds {
 public:
  RequestIds();
  /// "8c2f0a1be07d4c35-1a": puts the next one into `id`.
  void Next(std::string& id);

  /// What a caller may name its request: 1 to 128 printable ASCII characters without blanks.
  static bool IsSound(std::string_view id);

 private:
  std::string prefix_;
  std::uint64_t count_ = 0;
};

/// True for a W3C trace context of the form that is known, "00-<32 hex>-<16 hex>-<2 hex>", with ids
/// that are not all zero.
bool IsTraceparent(std::string_view text);

}  // namespace reeve::server
