#pragma once

namespace reeve::sql {

/// What a connection was borrowed for.
enum class LeaseKind { kRead, kWrite };

/// What a pool tells of its loans. Called by all of its users' threads at once: cheap and
/// thread-safe.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  /// A connection was lent, `waited_seconds` after it was asked for. Exactly one OnReturn follows.
  virtual void OnLease(LeaseKind kind, double waited_seconds) = 0;
  /// It came back.
  virtual void OnReturn(LeaseKind kind, double held_seconds) = 0;
  /// A connection could not be opened.
  virtual void OnFailure() = 0;
};

}  // namespace reeve::sql
