#include "reeve/server/transport/listener.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reeve/base/text.h"

namespace reeve::server {

namespace {

constexpr int kBacklog = 4096;
constexpr int kMaxPort = 65535;

int PortOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

std::string TextOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const bool is_v6 = address.ss_family == AF_INET6;
  const void* bytes =
      is_v6 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr)
            : static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  ::inet_ntop(address.ss_family, bytes, text, sizeof text);
  const auto port = std::to_string(PortOf(address));
  return is_v6 ? "[" + std::string(text) + "]:" + port : std::string(text) + ":" + port;
}

Status CannotListen(const std::string& host, int port, int error) {
  const auto where = "listening on " + host + " port " + std::to_string(port) + ": ";
  if (error == EADDRINUSE) {
    return Status::Unavailable(where + "the port is in use")
        .WithFix("stop what is using it, or choose another with --port");
  }
  if (error == EACCES) {
    return Status::Unavailable(where + "this needs more rights")
        .WithFix("choose a port of 1024 or more with --port");
  }
  if (error == EADDRNOTAVAIL) {
    return Status::InvalidArgument(where + "this machine has no such address")
        .WithFix("0.0.0.0 listens on all of them");
  }
  return Status::Unavailable(where + std::strerror(error));
}

}  // namespace

Listener::Listener(Listener&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), port_(other.port_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(port_, other.port_);
  return *this;
}

Listener::~Listener() {
  if (socket_ >= 0) ::close(socket_);
}

int Listener::Release() { return std::exchange(socket_, -1); }

Result<Listener> Listener::Open(const std::string& host, int port) {
  if (port < 0 || port > kMaxPort) {
    return Status::InvalidArgument("port " + std::to_string(port) +
                                   ": a port is a number from 0 to 65535");
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (host.empty() ||
      ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return Status::InvalidArgument("host " + Quote(host) + ": this is no address of this machine")
        .WithFix("127.0.0.1 serves this machine only, 0.0.0.0 everybody");
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
  Listener listener;
  listener.socket_ =
      ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (listener.socket_ < 0) return CannotListen(host, port, errno);
  const int on = 1;
  // Only what is left of closed connections may be bound over. SO_REUSEPORT would let a forgotten
  // older server keep half of the connections without anybody noticing.
  ::setsockopt(listener.socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(listener.socket_, found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(listener.socket_, kBacklog) != 0) {
    return CannotListen(host, port, errno);
  }
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(listener.socket_, reinterpret_cast<sockaddr*>(&address), &size);
  listener.port_ = PortOf(address);
  return listener;
}

int Listener::Accept(std::string& peer) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int socket = ::accept4(socket_, reinterpret_cast<sockaddr*>(&address), &size,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket >= 0) peer = TextOf(address);
  return socket;
}

}  // namespace reeve::server
