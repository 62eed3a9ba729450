#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "reeve/server/transport/asio.h"
#include "reeve/server/transport/batch_sender.h"

namespace reeve::server {

/// Answers of one thread that leave together, once the requests that were ready together have been
/// answered. A client that waits for several of them is then woken once and finds them all; woken
/// for each, it takes the processor from this thread again and again. Used by one thread.
class Outbox {
 public:
  using Clock = std::chrono::steady_clock;

  class Sender {
   public:
    /// The answer that waits.
    virtual Outgoing Waiting() = 0;
    /// What became of it (see Outgoing::result). What was not sent is the sender's own business.
    virtual void Sent(int result) = 0;

   protected:
    ~Sender() = default;
  };

  /// Smaller answers gain nothing by waiting: they cost less than the detour.
  static constexpr std::size_t kLeastBytes = 1 << 10;
  /// So much waits at most: what is sent should still be in the cache.
  static constexpr std::size_t kMostBytes = 128 << 10;
  /// An answer that took longer does not wait, as the next one may take as long.
  static constexpr auto kLongWork = std::chrono::microseconds(250);
  /// So many answers are sent at once after one that waited for nothing.
  static constexpr int kSkips = 16;
  /// The oldest one waits no longer, unless for an answer that is being made.
  static constexpr auto kLongWait = std::chrono::microseconds(500);

  /// `io`, the thread's loop, outlives every call.
  explicit Outbox(net::io_context& io) : io_(io) {}

  /// Whether the next answer should wait. Not for a while after one that waited alone.
  bool TakesNext() { return skips_ == 0 || --skips_ == 0; }
  /// Lets the answer of `sender`, made at `now`, wait. The sender stays until Sent or
  /// Remove, and is added once. May send all that wait before it returns.
  void Add(Sender& sender, std::size_t bytes, Clock::time_point now);
  void Remove(Sender& sender) { std::erase(waiting_, &sender); }
  /// Sends all that wait.
  void Send();

 private:
  net::io_context& io_;
  BatchSender batch_sender_;
  std::vector<Sender*> waiting_;
  // Of each of them; only while they are sent.
  std::vector<Outgoing> batch_;
  std::size_t bytes_ = 0;
  Clock::time_point oldest_;
  // So many answers do not wait.
  int skips_ = 0;
  // Send is in line behind the requests that are ready.
  bool in_line_ = false;
};

}  // namespace reeve::server
