#pragma once

#include <string>

#include "reeve/base/result.h"

namespace reeve::server {

/// A listening TCP socket. Movable, closes itself.
class Listener {
 public:
  /// Fails with kUnavailable when the port is in use, kInvalidArgument when host or port are none.
  static Result<Listener> Open(const std::string& host, int port);
  Listener() = default;
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;
  ~Listener();

  /// The next connection that waits, non-blocking, and its other end ("127.0.0.1:40312"). -1 with
  /// errno EAGAIN when none does.
  int Accept(std::string& peer) const;
  /// Gives the descriptor away.
  int Release();
  int descriptor() const { return socket_; }
  /// The port that is listened on.
  int port() const { return port_; }

 private:
  int socket_ = -1;
  int port_ = 0;
};

}  // namespace reeve::server
