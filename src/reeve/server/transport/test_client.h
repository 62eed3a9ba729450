#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reeve::server {

/// One answer as it came.
struct TestAnswer {
  int status = 0;
  /// Status line and headers.
  std::string head;
  /// Chunks put together.
  std::string body;

  /// The value of a header, empty when absent. `name` as the server writes it.
  std::string Header(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// Cuts the first answer off `bytes`; false when it is not complete. `to_head`: it has no body.
inline bool CutAnswer(std::string& bytes, TestAnswer& answer, bool to_head = false) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  answer.head = bytes.substr(0, end + 2);
  answer.status = std::atoi(answer.head.c_str() + 9);
  answer.body.clear();
  std::size_t at = end + 4;
  if (!to_head && answer.Header("Transfer-Encoding") == "chunked") {
    // Large ones are looked at once, when they are over.
    if (bytes.size() > (1 << 20) && !bytes.ends_with("\r\n0\r\n\r\n")) return false;
    for (;;) {
      const auto line = bytes.find("\r\n", at);
      if (line == std::string::npos) return false;
      const auto size = std::strtoull(bytes.c_str() + at, nullptr, 16);
      if (bytes.size() < line + 2 + size + 2) return false;
      answer.body.append(bytes, line + 2, size);
      at = line + 2 + size + 2;
      if (size == 0) break;
    }
  } else if (!to_head) {
    const auto size = std::strtoull(answer.Header("Content-Length").c_str(), nullptr, 10);
    if (bytes.size() < at + size) return false;
    answer.body = bytes.substr(at, size);
    at += size;
  }
  bytes.erase(0, at);
  return true;
}

/// A blocking client on 127.0.0.1 that gives up after 20 s instead of hanging.
class TestClient {
 public:
  explicit TestClient(int port, int receive_buffer = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~TestClient() { Close(); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  int descriptor() const { return socket_; }

  /// False when the server does not take it.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void EndSending() { ::shutdown(socket_, SHUT_WR); }
  void Close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Closes with a reset, as a process that dies.
  void Vanish() {
    const linger hard{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    Close();
  }

  /// The next answer; status 0 when there is none.
  TestAnswer Read(bool to_head = false) {
    TestAnswer answer;
    while (!CutAnswer(received_, answer, to_head)) {
      if (!Receive()) return TestAnswer{};
    }
    return answer;
  }
  /// Everything until the server closes.
  std::string ReadAll() {
    while (Receive()) {
    }
    return std::exchange(received_, "");
  }
  TestAnswer Ask(std::string_view request) {
    if (!Send(request)) return {};
    return Read();
  }

 private:
  bool Receive() {
    char piece[64 << 10];
    const auto count = ::recv(socket_, piece, sizeof piece, 0);
    if (count > 0) received_.append(piece, static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_ = -1;
  bool connected_ = false;
  std::string received_;
};

}  // namespace reeve::server
