#pragma once

#include <atomic>
#include <cstdint>

#include "reeve/base/clock.h"

namespace reeve {

/// For tests: a clock that moves on by a millisecond at each look, so that what is written later
/// is later. Thread-safe.
class SteppingClock final : public Clock {
 public:
  std::int64_t NowMs() const override { return ++now_ms_; }
  double MonotonicSeconds() const override { return 0; }

 private:
  mutable std::atomic<std::int64_t> now_ms_{1'700'000'000'000};
};

}  // namespace reeve
