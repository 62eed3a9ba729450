#pragma once

#include <memory>
#include <span>
#include <string_view>

struct io_uring;

namespace reeve::server {

/// Bytes for one socket, and what became of them.
struct Outgoing {
  int socket = -1;
  std::string_view bytes;
  /// How many of them the system took; negative: an errno, and none.
  int result = 0;
};

/// Sends on many sockets at once, in one system call where the system has io_uring and allows it
/// (containers often do not), else in one each. One call is not only cheaper: whoever is woken by
/// the first piece cannot take the processor away before the last one is sent. Used by one thread.
class BatchSender {
 public:
  enum class Means {
    kBest,
    /// One call for each socket, for comparison.
    kPlain,
  };

  explicit BatchSender(Means means = Means::kBest) : means_(means) {}

  /// Fills in the results; never waits for a socket. Errors raise no signal.
  void Send(std::span<Outgoing> batch);

 private:
  struct CloseRing {
    void operator()(io_uring* ring) const;
  };

  bool HasRing();
  bool SendByRing(std::span<Outgoing> batch);

  // Becomes kPlain when a ring is not to be had, or failed.
  Means means_;
  // Made by the thread that sends: a ring's end interrupts system calls of the thread that made it.
  std::unique_ptr<io_uring, CloseRing> ring_;
};

}  // namespace reeve::server
