#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "reeve/base/clock.h"

namespace reeve::server {

/// Passwords that were checked lately: checking one again costs a digest instead of a tenth of a
/// second. Holds no password, only SHA-256 under a key of this process, over the name, the password
/// and the hash it was checked against; so a new password ends what the old one gave, whichever
/// program has written it. Thread-safe.
class VerifiedLogins {
 public:
  /// `seconds` an entry counts; at most `most` of them.
  VerifiedLogins(double seconds, std::size_t most, const Clock& clock);

  bool Has(std::string_view name, std::string_view password, std::string_view hash) const;
  void Add(std::string_view name, std::string_view password, std::string_view hash);

 private:
  std::string Key(std::string_view name, std::string_view password, std::string_view hash) const;

  const double seconds_;
  const std::size_t most_;
  const Clock& clock_;
  std::array<unsigned char, 32> secret_{};
  mutable std::mutex mutex_;
  /// Until when they count.
  std::unordered_map<std::string, double> until_;
};

}  // namespace reeve::server
