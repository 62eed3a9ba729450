#pragma once

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reeve/server/transport/session.h"
#include "reeve/server/transport/test_client.h"

namespace reeve::server {

using Wants = Session::Wants;

// A loop that is never behind: nobody sends the monitor's probes here.
inline constexpr LoadMonitor::Options kNoLoad{std::chrono::hours(1'000), std::chrono::hours(1'000)};

// Answers with what it got; body "throw" throws.
inline Route EchoRoute(std::string method, std::string pattern, Role role = Role::kScore) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.role = role;
  route.handle = [](const Request& request, Response& response) {
    if (request.body == "throw") throw std::runtime_error("on purpose");
    if (request.path == "/large") response.body.assign(100'000, 'x');
    response.headers.emplace_back("X-Model-Version", "7");
    response.body.append(request.method).append(" ").append(request.path);
    if (!request.query.empty()) response.body.append("?").append(request.query);
    for (const auto& [name, value] : request.path_params) {
      response.body.append(" ").append(name).append("=").append(value);
    }
    response.body.append(" ").append(request.body);
  };
  return route;
}

inline Route LongRoute() {
  Route route = EchoRoute("POST", "/long");
  route.takes_long = [](const Request& request) { return request.query != "short"; };
  return route;
}

// Doubles each byte, and says so at the end.
class Doubling : public BodyStream {
 public:
  void OnBytes(std::string_view bytes, std::string& out) override {
    if (bytes.find("throw") != std::string_view::npos) throw std::runtime_error("on purpose");
    for (const char c : bytes) out.append(2, c);
  }
  void OnEnd(std::string& out) override { out.append("."); }
};

inline Route StreamRoute() {
  Route route;
  route.method = "POST";
  route.pattern = "/stream";
  route.open = [](const Request& request, Response& response) -> std::unique_ptr<BodyStream> {
    if (request.query.ends_with("no")) {
      response.status = 415;
      response.body = "no";
      return nullptr;
    }
    response.content_type = "text/csv";
    return std::make_unique<Doubling>();
  };
  route.takes_long = [](const Request& request) { return request.query.starts_with("long"); };
  return route;
}

// A file of 20,000 bytes without its first and last.
inline Route FileRoute() {
  Route route;
  route.method = "GET";
  route.pattern = "/file";
  route.handle = [](const Request&, Response& response) {
    const int file = ::memfd_create("file", MFD_CLOEXEC);
    const std::string content = "<" + std::string(19'998, 'f') + ">";
    EXPECT_EQ(::write(file, content.data(), content.size()), 20'000);
    response.body = "not this";
    response.file = std::make_shared<FileBody>(file, 1, 19'998);
  };
  return route;
}

// Answers with what it got once that is whole: doing so takes long.
class Slow : public BodyStream {
 public:
  void OnBytes(std::string_view bytes, std::string&) override { got_.append(bytes); }
  void OnEnd(std::string& out) override {
    if (got_ == "throw") throw std::runtime_error("on purpose");
    out = "got " + got_;
    ended_ = true;
  }
  bool EndTakesLong() const override { return true; }
  bool Ready(Response& response) override {
    if (ended_ && got_ == "refuse") {
      response.status = 503;
      response.body = "refused";
    }
    return ended_;
  }

 private:
  std::string got_;
  bool ended_ = false;
};

inline Route SlowRoute() {
  Route route;
  route.method = "PUT";
  route.pattern = "/slow";
  route.open = [](const Request&, Response&) { return std::make_unique<Slow>(); };
  return route;
}

// "0000…1111…2222…" up to `length`, in pieces of 1,000 bytes; the piece `broken` fails.
class Pieces : public BodySource {
 public:
  Pieces(std::uint64_t length, int broken) : length_(length), broken_(broken) {}
  std::uint64_t length() const override { return length_; }
  Status Next(std::string& piece) override {
    EXPECT_EQ(piece, "");
    if (next_ == broken_) return Status::Unavailable("the rest is gone");
    if (next_ == broken_ - 100) throw std::runtime_error("on purpose");
    const auto from = static_cast<std::uint64_t>(next_) * 1000;
    piece.assign(std::min<std::uint64_t>(1000, length_ - from), static_cast<char>('0' + next_++));
    return Status::Ok();
  }

 private:
  const std::uint64_t length_;
  const int broken_;
  int next_ = 0;
};

// "?LENGTH" or "?LENGTH-BROKEN", by any method.
inline Route PiecesRoute() {
  Route route;
  route.method = "GET";
  route.pattern = "/pieces";
  route.handle = [](const Request& request, Response& response) {
    const auto dash = request.query.find('-');
    const std::string broken(dash < request.query.size() ? request.query.substr(dash + 1) : "-1");
    response.body = "not this";
    response.source =
        std::make_shared<Pieces>(std::stoull(std::string(request.query)), std::stoi(broken));
  };
  route.takes_long = Always;
  return route;
}

struct Recorder : TransportObserver {
  void OnRequestBegin() override { ++begun; }
  void OnRequestEnd(const RequestEnd& request) override {
    EXPECT_GE(request.seconds, 0);
    ended.push_back(std::string(request.method) + " " + std::string(request.route) + " " +
                    std::to_string(request.status));
    bytes_in += request.bytes_in;
    bytes_out += request.bytes_out;
  }
  void OnRefused(std::string_view reason) override { refused.emplace_back(reason); }
  int begun = 0;
  std::vector<std::string> ended, refused;
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

class SessionTest : public testing::Test {
 protected:
  SessionTest()
      : router_(*Router::Make({EchoRoute("POST", "/echo"), EchoRoute("GET", "/echo"),
                               EchoRoute("GET", "/large"), EchoRoute("GET", "/items/{name}"),
                               EchoRoute("GET", "/metrics", Role::kRead),
                               EchoRoute("GET", "/livez", Role::kPublic), StreamRoute(),
                               FileRoute(), LongRoute(), SlowRoute(), PiecesRoute()})) {
    limits_.max_body = 1000;
    limits_.max_header = 2000;
    thread_.date_line = "Date: D\r\n";
    Open();
  }

  void Open() { session_ = std::make_unique<Session>(context_, "127.0.0.1:9"); }

  // Gives `bytes` in pieces of `step`, takes what is answered.
  void Feed(std::string_view bytes, std::size_t step = SIZE_MAX) {
    while (!bytes.empty() && session_->wants() == Wants::kInput) {
      const auto space = session_->Space();
      const auto count = std::min({bytes.size(), step, space.size()});
      ASSERT_GT(count, 0u);
      std::copy_n(bytes.begin(), count, space.begin());
      bytes.remove_prefix(count);
      session_->Received(count);
      TakeOutput();
      while (session_->wants() == Wants::kFlush || session_->wants() == Wants::kWork) {
        if (session_->wants() == Wants::kWork) {
          ++worked_;
          session_->Work();
          session_->Worked();
        } else {
          session_->Advance();
        }
        TakeOutput();
      }
    }
  }
  void TakeOutput() {
    while (session_->output().size() > 0) {
      const auto output = session_->output();
      char read[7777];
      auto piece = output.head.empty() ? output.body : output.head;
      if (output.in_memory() == 0) {
        const auto length = std::min<std::uint64_t>(output.file_length, sizeof read);
        ASSERT_EQ(::pread(output.file, read, length, static_cast<off_t>(output.file_offset)),
                  static_cast<ssize_t>(length));
        piece = {read, static_cast<std::size_t>(length)};
      }
      const auto count = std::min<std::size_t>(piece.size(), sizeof read);
      out_.append(piece.substr(0, count));
      session_->Sent(count);
    }
  }

  TestAnswer Ask(std::string_view request, std::size_t step = SIZE_MAX) {
    Feed(request, step);
    return Next();
  }
  TestAnswer Next(bool to_head = false) {
    TestAnswer answer;
    if (!CutAnswer(out_, answer, to_head)) answer.status = 0;
    return answer;
  }
  static std::string Get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
  }
  static std::string Post(const std::string& target, const std::string& body,
                          const std::string& headers = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string PostChunked(const std::string& target, const std::string& chunks) {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
  }

  TransportLimits limits_;
  Router router_;
  Recorder recorder_;
  SharedState shared_;
  ThreadState thread_{LoadMonitor(kNoLoad)};
  SessionContext context_{limits_, router_, nullptr, recorder_, shared_, thread_};
  std::unique_ptr<Session> session_;
  std::string out_;
  int worked_ = 0;
};

}  // namespace reeve::server
