#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "reeve/base/clock.h"

namespace reeve::server {

struct FailedLoginLimits {
  /// So many failures of one address within `seconds`, and it has to wait until they are over.
  int most = 20;
  double seconds = 60;
  /// Addresses that are remembered.
  std::size_t most_addresses = 10'000;
};

/// Slows down whoever guesses passwords or tokens, by address. Thread-safe.
class FailedLogins {
 public:
  FailedLogins(const FailedLoginLimits& limits, const Clock& clock)
      : limits_(limits), clock_(clock) {}

  /// Seconds that the address has to wait; 0: none. `peer` is an address, with or without port.
  int Wait(std::string_view peer) const;
  void Add(std::string_view peer);

 private:
  struct Failures {
    double since = 0;
    int count = 0;
  };
  const FailedLoginLimits limits_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Failures> by_address_;
};

/// "127.0.0.1" of "127.0.0.1:40312", "[::1]" of "[::1]:40312".
std::string_view AddressOf(std::string_view peer);

}  // namespace reeve::server
