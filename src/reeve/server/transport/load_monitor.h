#pragma once

#include <chrono>
#include <cstdint>

namespace reeve::server {

/// Decides, for one thread's event loop, which requests are answered and which are refused because
/// the thread cannot keep up.
///
/// A loop that runs its handlers has no queue of its own to measure: requests wait in the kernel,
/// as sockets that are ready. The kernel hands those out in the order in which they became ready.
/// So a probe (a descriptor made ready by the loop itself) that goes through the same line tells
/// how long the line is: whatever is handed out behind the probe became ready after the probe was
/// sent. With probes sent back to back, a request that is handled now has waited at most since the
/// probe before the last came back. That is the wait used here.
///
/// A long wait for a moment is a burst, which is worked off. Only when the thread has not been calm
/// for `overload_after` are requests refused, and then those that waited longer than `max_wait`:
/// what is answered keeps a bounded latency, a refusal costs next to nothing, and what is refused
/// is told so at once (cf. Nichols and Jacobson, "Controlling queue delay", 2012). kDepth requests
/// are always let through per turn: a few clients with heavy requests are no overload.
///
/// Probing costs system calls and starts only after the loop has been at work for a while without
/// a pause. Used by one thread.
class LoadMonitor {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  struct Options {
    Clock::duration max_wait = std::chrono::milliseconds(100);
    Clock::duration overload_after = std::chrono::milliseconds(500);
  };
  explicit LoadMonitor(const Options& options) : options_(options) {}

  /// A request begins: true when it is to be answered.
  bool Admit(Time now);
  /// Work on a request came to an end.
  void Done(Time now) { last_done_ = now; }
  /// True once when a probe has to be sent.
  bool TakeProbe();
  /// The probe came back.
  void OnProbe(Time now);

  static constexpr std::int64_t kDepth = 32;

 private:
  // A pause longer than that: the loop slept. Being wrong only delays the first probe.
  static constexpr auto kPause = std::chrono::microseconds(50);

  const Options options_;
  Time last_done_{}, busy_since_{};
  // When the last two probes came back, when the thread was last calm, and when it last refused.
  Time turn_{}, previous_turn_{}, calm_{}, refused_{};
  std::int64_t admitted_ = 0, previous_admitted_ = 0;
  std::int64_t seen_ = 0;
  bool probing_ = false, probe_wanted_ = false, overloaded_ = false;
};

}  // namespace reeve::server
