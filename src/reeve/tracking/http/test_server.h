#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::tracking {

/// For tests: what a client sent.
struct TestRequest {
  std::string method;
  /// Path and query.
  std::string target;
  /// All lines of the head.
  std::string head;
  std::string body;
};

/// For tests: what it gets back.
struct TestAnswer {
  int status = 200;
  std::string body = "{}";
  /// Lines with their ends.
  std::string headers = "";
  /// `body` is the whole answer, head and all.
  bool is_raw = false;
  /// Nothing is answered, the connection stays open.
  bool hangs = false;
};

/// For tests: a server on a port of its own that answers one request a connection, by a function
/// that runs in the server's thread.
class TestServer {
 public:
  using Handler = std::function<TestAnswer(const TestRequest&)>;

  explicit TestServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 || ::pipe(stop_) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TestServer() { Stop(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  /// From then on connections are refused.
  void Stop() {
    if (!thread_.joinable()) return;
    (void)!::write(stop_[1], "x", 1);
    thread_.join();
    for (const int connection : hanging_) ::close(connection);
    for (const int file : {listener_, stop_[0], stop_[1]}) ::close(file);
  }

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string uri() const { return "http://" + authority(); }
  std::vector<TestRequest> requests() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  void Serve() {
    for (;;) {
      pollfd waiting[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) return;
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      if (!Answer(connection)) hanging_.push_back(connection);
    }
  }

  // Returns whether the connection was closed.
  bool Answer(int connection) {
    const TestRequest request = Read(connection);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(request);
    }
    const TestAnswer answer = handler_(request);
    if (answer.hangs) return false;
    std::string bytes = answer.body;
    if (!answer.is_raw) {
      bytes = "HTTP/1.1 " + std::to_string(answer.status) +
              " X\r\nContent-Length: " + std::to_string(answer.body.size()) +
              "\r\nConnection: close\r\n" + answer.headers + "\r\n" + answer.body;
    }
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t more =
          ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (more <= 0) break;
      sent += static_cast<std::size_t>(more);
    }
    ::close(connection);
    return true;
  }

  static TestRequest Read(int connection) {
    std::string bytes;
    const auto read = [&] {
      char buffer[4096];
      const ssize_t count = ::read(connection, buffer, sizeof buffer);
      if (count > 0) bytes.append(buffer, static_cast<std::size_t>(count));
      return count > 0;
    };
    while (bytes.find("\r\n\r\n") == std::string::npos) {
      if (!read()) return {};
    }
    const std::size_t end = bytes.find("\r\n\r\n") + 4;
    TestRequest request{.head = bytes.substr(0, end)};
    const std::vector<std::string> words =
        Split(request.head.substr(0, request.head.find("\r\n")), ' ');
    request.method = words[0];
    request.target = words.size() > 1 ? words[1] : "";
    const std::string lower = ToLower(request.head);
    std::size_t length = 0;
    if (const std::size_t at = lower.find("content-length: "); at != std::string::npos) {
      const std::string_view digits(lower.data() + at + 16, lower.find('\r', at) - at - 16);
      length = static_cast<std::size_t>(ParseInteger(digits).value_or(0));
    }
    while (bytes.size() < end + length && read()) {
    }
    request.body = bytes.substr(end);
    return request;
  }

  Handler handler_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  int port_ = 0;
  std::thread thread_;
  std::vector<int> hanging_;
  std::mutex mutex_;
  std::vector<TestRequest> requests_;
};

/// For tests: the path of a target, decoded no further, and without the part that all calls share.
inline std::string CallOf(const TestRequest& request) {
  constexpr std::string_view kPrefix = "/api/2.0/mlflow/";
  const bool is_call = request.target.starts_with(kPrefix);
  return request.method + " " + request.target.substr(is_call ? kPrefix.size() : 0);
}

}  // namespace reeve::tracking
