#pragma once

#include <atomic>

#include "reeve/base/status.h"

namespace reeve {

/// A request to stop, asked for by a signal or a caller and looked at by long loops.
/// Thread-safe and async-signal-safe (Request is one atomic store).
class Cancellation {
 public:
  /// Asks for a stop. `signal` is the signal's number, 0 for none. The first request wins.
  void Request(int signal = 0) {
    int expected = -1;
    signal_.compare_exchange_strong(expected, signal);
  }
  bool requested() const { return signal_.load(std::memory_order_relaxed) >= 0; }
  /// The signal that asked, 0 when it was none or nobody asked.
  int signal() const {
    const int value = signal_.load(std::memory_order_relaxed);
    return value > 0 ? value : 0;
  }
  /// Ok, or kCancelled once a stop was requested.
  Status Check() const { return requested() ? Status::Cancelled("interrupted") : Status::Ok(); }

  /// One that is never requested, for callers that have none.
  static const Cancellation& Never();

 private:
  std::atomic<int> signal_{-1};
};

}  // namespace reeve
