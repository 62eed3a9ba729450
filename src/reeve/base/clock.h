#pragma once

#include <cstdint>
#include <string>

namespace reeve {

/// Where the time comes from; tests give their own. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since 1970-01-01 UTC.
  virtual std::int64_t NowMs() const = 0;
  /// Seconds that only grow, for measuring durations.
  virtual double MonotonicSeconds() const = 0;

  /// The machine's clock.
  static const Clock& System();
};

/// "2026-03-13T10:30:00Z".
std::string FormatIsoSeconds(std::int64_t unix_ms);
/// "2026-03-13T10:30:00.123Z".
std::string FormatIsoMilliseconds(std::int64_t unix_ms);

}  // namespace reeve
