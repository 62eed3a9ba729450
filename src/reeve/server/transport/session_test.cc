#include "reeve/server/transport/session.h"

#include <random>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reeve/server/transport/test_client.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Wants = Session::Wants;

// A loop that is never behind: nobody sends the monitor's probes here.
constexpr LoadMonitor::Options kNoLoad{std::chrono::hours(1'000), std::chrono::hours(1'000)};

// Answers with what it got; body "throw" throws.
Route EchoRoute(std::string method, std::string pattern, Role role = Role::kScore) {
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

Route LongRoute() {
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

Route StreamRoute() {
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
Route FileRoute() {
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

Route SlowRoute() {
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
Route PiecesRoute() {
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

TEST_F(SessionTest, AnswersAndKeepsTheConnection) {
  auto answer = Ask(Post("/echo?q=1", "body", "X-Request-Id: mine\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST /echo?q=1 body");
  EXPECT_EQ(answer.Header("X-Request-Id"), "mine");
  EXPECT_EQ(answer.Header("Date"), "D");
  EXPECT_EQ(answer.Header("Connection"), "");
  EXPECT_EQ(session_->wants(), Wants::kInput);
  EXPECT_TRUE(session_->idle());
  answer = Ask(Get("/items/a%20b", "X-Request-Id: not sound\r\n"));
  EXPECT_EQ(answer.body, "GET /items/a b name=a b ");
  EXPECT_EQ(answer.Header("X-Request-Id").size(), 18u);
  EXPECT_THAT(recorder_.ended, ElementsAre("POST /echo 200", "GET /items/{name} 200"));
  EXPECT_EQ(recorder_.begun, 2);
  EXPECT_EQ(recorder_.bytes_in, std::string("body").size());
  EXPECT_EQ(recorder_.bytes_out, std::string("POST /echo?q=1 bodyGET /items/a b name=a b ").size());
}

TEST_F(SessionTest, EchoesSoundTraceparents) {
  const std::string sound = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(Ask(Get("/echo", "traceparent: " + sound + "\r\n")).Header("traceparent"), sound);
  EXPECT_EQ(Ask(Get("/echo", "traceparent: x\r\n")).Header("traceparent"), "");
  EXPECT_EQ(Ask(Get("/echo")).Header("traceparent"), "");
}

TEST_F(SessionTest, CutsDoNotMatter) {
  // Every kind of request; each gives its id, so that answers are the same from run to run.
  const std::string id = "X-Request-Id: same\r\n";
  const std::string requests =
      Post("/echo", "first", id) + "\r\n\r\n" + Get("/large", id) + Get("/nowhere", id) +
      Post("/items/x", "read over", id) + "POST /echo HTTP/1.1\r\nHost: x\r\n" + id +
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nT: 1\r\n\r\n" +
      Post("/stream", "small", id) + Get("/echo", id) + Get("/echo", id + "Connection: close\r\n");
  Feed(requests);
  const std::string expected = std::exchange(out_, "");
  EXPECT_EQ(session_->wants(), Wants::kClose);
  EXPECT_THAT(expected, HasSubstr("POST /echo abcdefg"));
  std::mt19937 random(1);
  for (std::size_t round = 1; round < 200; ++round) {
    Open();
    out_.clear();
    std::string_view left = requests;
    while (!left.empty()) {
      const auto step = round < 20 ? round : 1 + random() % 300;
      Feed(left.substr(0, step));
      left.remove_prefix(std::min<std::size_t>(step, left.size()));
    }
    // Chunks of a streamed answer follow the cuts; what they hold does not.
    std::string whole = expected;
    TestAnswer a, b;
    while (CutAnswer(whole, a)) {
      ASSERT_TRUE(CutAnswer(out_, b));
      EXPECT_EQ(a.status, b.status);
      EXPECT_EQ(a.body, b.body);
    }
    EXPECT_EQ(out_, "");
  }
}

TEST_F(SessionTest, AnswersAreMadePieceByPiece) {
  const std::string expected = std::string(1000, '0') + std::string(1000, '1') + "22";
  for (const int threads : {0, 1}) {
    shared_.max_long_calls = threads;
    worked_ = 0;
    // The next request has arrived already.
    auto answer = Ask(Get("/pieces?2002", "X-Request-Id: mine\r\n") + Get("/echo"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.Header("Content-Length"), "2002");
    EXPECT_EQ(answer.Header("X-Request-Id"), "mine");
    EXPECT_EQ(answer.body, expected);
    EXPECT_EQ(Next().body, "GET /echo ");
    EXPECT_EQ(worked_, 4 * threads);  // the handler and three pieces
    EXPECT_EQ(shared_.long_calls, 0);
    EXPECT_EQ(Ask(Get("/pieces?0")).body, "");
    Feed("HEAD /pieces?2002 HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = Next(true);
    EXPECT_EQ(answer.Header("Content-Length"), "2002");
    EXPECT_EQ(out_, "");
    EXPECT_TRUE(session_->idle());
  }
  EXPECT_EQ(recorder_.bytes_out, 2 * (2002 + std::string("GET /echo ").size()));
  EXPECT_EQ(recorder_.ended.front(), "GET /pieces 200");
}

TEST_F(SessionTest, APieceThatCannotBeHadBreaksTheConnectionOff) {
  for (const int threads : {0, 1}) {
    for (const char* const failure : {"1", "101"}) {
      shared_.max_long_calls = threads;
      recorder_.ended.clear();
      Open();
      out_.clear();
      Feed(Get(std::string("/pieces?2002-") + failure) + Get("/echo"));
      EXPECT_EQ(session_->wants() == Wants::kClose || session_->wants() == Wants::kLinger, true);
      EXPECT_TRUE(out_.ends_with(std::string(1000, '0')));
      EXPECT_THAT(recorder_.ended, ElementsAre("GET /pieces 500"));
    }
  }
}

TEST_F(SessionTest, AClientThatGoesAwayEndsAnAnswerOfPieces) {
  shared_.max_long_calls = 1;
  const std::string request = Get("/pieces?2002");
  std::copy(request.begin(), request.end(), session_->Space().begin());
  session_->Received(request.size());
  session_->Work();
  session_->Worked();
  session_.reset();
  EXPECT_THAT(recorder_.ended, ElementsAre("GET /pieces 499"));
  EXPECT_EQ(shared_.long_calls, 0);
}

TEST_F(SessionTest, TheEndOfAStreamMayTakeLong) {
  const auto put = [](const std::string& body, const std::string& more = "") {
    return "PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body + more;
  };
  for (const int threads : {0, 1}) {
    shared_.max_long_calls = threads;
    // As many calls as there may be: the body was taken all the same.
    shared_.long_calls = threads;
    Open();
    worked_ = 0;
    EXPECT_EQ(Ask(put("all", Get("/echo"))).body, "got all");
    EXPECT_EQ(Next().body, "GET /echo ");
    EXPECT_EQ(Ask(put("refuse")).status, 503);
    EXPECT_EQ(Ask(put("throw")).status, 500);
    EXPECT_EQ(Ask("PUT /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n0\r\n\r\n")
                  .body,
              "got abc");
    EXPECT_EQ(worked_, 4 * threads);
    EXPECT_EQ(shared_.long_calls, threads);
  }
}

TEST_F(SessionTest, PaddingFollowsBodies) {
  Route route = EchoRoute("POST", "/padded");
  route.handle = [](const Request& request, Response& response) {
    // Readable, whatever it holds: the sanitizer looks on.
    unsigned sum = 0;
    for (std::size_t i = 0; i < Request::kBodyPadding; ++i) {
      sum += static_cast<unsigned char>(request.body.data()[request.body.size() + i]) * 0u;
    }
    response.body = std::to_string(sum);
  };
  router_ = *Router::Make({route});
  for (std::size_t size = 1; size < 1000; size += 13) {
    EXPECT_EQ(Ask(Post("/padded", std::string(size, 'a'))).body, "0");
    EXPECT_EQ(Ask(Post("/padded", std::string(size, 'a')), 97).body, "0");
  }
  EXPECT_EQ(Ask(PostChunked("/padded", "3\r\nabc\r\n0\r\n\r\n")).body, "0");
}

TEST_F(SessionTest, HeadIsGetWithoutTheBody) {
  Feed("HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n" + Get("/echo"));
  const auto answer = Next(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Content-Length"), "100012");
  EXPECT_EQ(Next().body, "GET /echo ");
}

TEST_F(SessionTest, Http10ClosesUnlessAsked) {
  auto answer = Ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(answer.Header("Connection"), "keep-alive");
  EXPECT_EQ(session_->wants(), Wants::kInput);
  answer = Ask("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(session_->wants(), Wants::kClose);
}

TEST_F(SessionTest, SaysContinueWhenItIsAwaited) {
  const auto head =
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\n"
      "Content-Length: 4\r\n\r\n";
  Feed(head);
  EXPECT_EQ(out_, "HTTP/1.1 100 Continue\r\n\r\n");
  out_.clear();
  EXPECT_EQ(Ask("body").body, "POST /echo body");
  EXPECT_EQ(Ask(std::string(head) + "body").body, "POST /echo body") << "it was there already";
  EXPECT_EQ(Ask(Post("/echo", "b", "Expect: tea\r\n")).status, 417);
}

TEST_F(SessionTest, TakesBodiesUnpackedOnly) {
  const auto answer = Ask(Post("/echo", "\x1f\x8b", "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(answer.Header("Accept-Encoding"), "identity");
  EXPECT_EQ(Ask(Post("/echo", "a", "Content-Encoding: Identity\r\n")).status, 200);
}

TEST_F(SessionTest, RefusesInTheFormOfThePath) {
  auto answer = Ask(Get("/nowhere"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr(R"({"error":{"code":"not_found",)"));
  answer = Ask(Get("/v2/nowhere"));
  EXPECT_THAT(answer.body, HasSubstr(R"({"error":"there is nothing)"));
  answer = Ask(Post("/items/x", "read over"));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD");
  EXPECT_EQ(Ask(Get("/%00")).status, 400);
  EXPECT_EQ(Ask(Get("/echo")).status, 200) << "the connection is still good";
  EXPECT_THAT(recorder_.ended, ElementsAre("other other 404", "other other 404", "other other 405",
                                           "other other 400", "GET /echo 200"));
}

TEST_F(SessionTest, RefusesMalformedRequestsAndCloses) {
  const struct {
    const char* what;
    std::string request;
    int status;
    const char* reason;
  } cases[] = {
      {"garbage", "GARBAGE\r\n\r\n", 400, "malformed"},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01", 6), 400, "malformed"},
      {"version", "GET / HTTP/9.9\r\n\r\n", 505, "malformed"},
      {"coding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
       "malformed"},
      {"bad chunk", PostChunked("/echo", "ZZZ\r\n{}\r\n0\r\n\r\n"), 400, "malformed"},
      {"long line", "GET /" + std::string(3000, 'a'), 431, "header_too_large"},
      {"long header", Get("/echo", "A: " + std::string(3000, 'b') + "\r\n"), 431,
       "header_too_large"},
      {"large body", Post("/echo", std::string(70'000, 'b')), 413, "body_too_large"},
      {"terabyte", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n{", 413,
       "body_too_large"},
      {"large chunks", PostChunked("/echo", "3e9\r\n" + std::string(1001, 'b')), 413,
       "body_too_large"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    recorder_.refused.clear();
    Open();
    out_.clear();
    const auto answer = Ask(c.request);
    EXPECT_EQ(answer.status, c.status);
    EXPECT_EQ(answer.Header("Connection"), "close");
    EXPECT_THAT(answer.body, HasSubstr(R"({"error":{"code":)"));
    EXPECT_EQ(session_->wants(), Wants::kLinger);
    EXPECT_THAT(recorder_.refused, ElementsAre(c.reason));
  }
}

TEST_F(SessionTest, AnEndWithinARequestIsNoRequest) {
  for (const std::string request : {"GET /ec", "POST /echo HTTP/1.1\r\nHost: x\r\n",
                                    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
                                    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                    "chunked\r\n\r\n3\r\nabc\r\n"}) {
    Open();
    out_.clear();
    Feed(request);
    session_->Ended();
    TakeOutput();
    EXPECT_EQ(Next().status, 400) << request;
    EXPECT_EQ(session_->wants(), Wants::kClose);
  }
  Open();
  session_->Ended();
  EXPECT_EQ(session_->wants(), Wants::kClose);
  EXPECT_EQ(session_->output().size(), 0u);
}

TEST_F(SessionTest, WhatIsLateIsToldSo) {
  Feed("GET /ec");
  session_->TimedOut();
  TakeOutput();
  EXPECT_EQ(Next().status, 408);
  EXPECT_EQ(session_->wants(), Wants::kLinger);
  Open();
  Feed("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
  session_->TimedOut();
  TakeOutput();
  EXPECT_EQ(Next().status, 408);
  Open();
  session_->TimedOut();
  EXPECT_EQ(session_->output().size(), 0u) << "an idle connection just ends";
  EXPECT_EQ(session_->wants(), Wants::kClose);
  EXPECT_THAT(recorder_.refused, ElementsAre("timeout", "timeout"));
}

TEST_F(SessionTest, DeadlinesFollowWhatIsAwaited) {
  const auto now = Session::Clock::now();
  EXPECT_GT(session_->deadline(), now + std::chrono::seconds(55));
  Feed("GET /ec");
  EXPECT_LT(session_->deadline(), now + std::chrono::seconds(15));
  const auto head_deadline = session_->deadline();
  Feed("h");
  EXPECT_EQ(session_->deadline(), head_deadline) << "a byte now and then buys no time";
  Feed("o HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_GT(session_->deadline(), now + std::chrono::seconds(55));
}

TEST_F(SessionTest, VanishedClientsAreCountedAndLeaveNothing) {
  Feed("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{");
  EXPECT_EQ(shared_.in_flight, 1);
  session_.reset();
  EXPECT_EQ(shared_.in_flight, 0);
  EXPECT_EQ(shared_.buffered, 0u);
  EXPECT_THAT(recorder_.ended, ElementsAre("POST /echo 499"));
}

TEST_F(SessionTest, RefusesBeyondWhatMayBeInFlight) {
  limits_.max_in_flight = 1;
  Feed("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{");
  auto first = std::move(session_);
  Open();
  const auto answer = Ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.Header("Retry-After"), "1");
  EXPECT_EQ(Ask(Post("/echo", "whole")).status, 0) << "closed, for its body is on its way";
  Open();
  EXPECT_EQ(Ask(Post("/echo", "whole")).status, 200) << "what is here already needs no waiting";
  first.reset();
  EXPECT_EQ(Ask(Post("/echo", std::string(900, 'a')), 100).status, 200);
  EXPECT_THAT(recorder_.refused, ElementsAre("overload"));
}

TEST_F(SessionTest, RefusesBeyondTheMemoryForBodies) {
  limits_.max_body = 1 << 20;
  limits_.max_buffered = 100'000;
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n{";
  Feed(head);
  EXPECT_EQ(shared_.buffered, 90'000u);
  auto first = std::move(session_);
  Open();
  EXPECT_EQ(Ask(head).status, 429);
  EXPECT_EQ(shared_.buffered, 90'000u);
  first.reset();
  EXPECT_EQ(shared_.buffered, 0u);
}

TEST_F(SessionTest, HandlersThatThrowAreAnsweredFor) {
  const auto answer = Ask(Post("/echo", "throw"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("internal"));
  EXPECT_THAT(answer.body, testing::Not(HasSubstr("on purpose")));
  EXPECT_EQ(Ask(Post("/echo", "x")).status, 200);
}

TEST_F(SessionTest, LongCallsAreAnsweredAsAllOthersAre) {
  shared_.max_long_calls = 1;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    Feed(Post("/long?a", "one") + PostChunked("/long", "3\r\ntwo\r\n0\r\n\r\n") +
             Post("/echo", "three") + Post("/long?short", "four") + Post("/long", "throw") +
             Post("/long", std::string(900, 'x')),
         step);
    for (const std::string body :
         {"POST /long?a one", "POST /long two", "POST /echo three", "POST /long?short four"})
      EXPECT_EQ(Next().body, body);
    EXPECT_EQ(Next().status, 500);
    EXPECT_EQ(Next().body, "POST /long " + std::string(900, 'x'));
  }
  EXPECT_EQ(worked_, 3 * 4);
  EXPECT_EQ(shared_.long_calls, 0);
  EXPECT_EQ(shared_.buffered, 0u);
  EXPECT_EQ(recorder_.begun, static_cast<int>(recorder_.ended.size()));
}

TEST_F(SessionTest, TooManyLongCallsAreRefusedAndTheConnectionGoesOn) {
  shared_.max_long_calls = 1;
  shared_.long_calls = 1;
  const auto refused = Ask(Post("/long", "body"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  EXPECT_THAT(recorder_.refused, ElementsAre("overload"));
  EXPECT_EQ(shared_.long_calls, 1);
  EXPECT_EQ(Ask(Post("/echo", "body")).status, 200);
  shared_.long_calls = 0;
  EXPECT_EQ(Ask(Post("/long", "body")).status, 200);
}

TEST_F(SessionTest, ALongCallWhoseClientIsGoneLeavesNothing) {
  shared_.max_long_calls = 1;
  const std::string request = Post("/long", "body");
  const auto space = session_->Space();
  std::copy(request.begin(), request.end(), space.begin());
  session_->Received(request.size());
  ASSERT_EQ(session_->wants(), Wants::kWork);
  session_->Work();
  session_.reset();
  EXPECT_EQ(shared_.long_calls, 0);
  EXPECT_THAT(recorder_.ended, ElementsAre("POST /long 499"));
}

TEST_F(SessionTest, StreamsThatTakeLongToOpenAreOpenedElsewhere) {
  shared_.max_long_calls = 1;
  const std::string head = "POST /stream?long HTTP/1.1\r\nHost: x\r\n";
  Feed(head + "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n");
  EXPECT_EQ(worked_, 1);
  EXPECT_EQ(shared_.long_calls, 0) << "the body comes on this thread";
  EXPECT_TRUE(session_->streams());
  EXPECT_THAT(out_, HasSubstr("100 Continue"));
  out_.clear();
  EXPECT_EQ(Ask("12345678").body, "1122334455667788.");
  EXPECT_EQ(Ask(head + "Content-Length: 3\r\n\r\nabc" + Get("/echo")).body, "aabbcc.");
  EXPECT_EQ(Next().status, 200) << "what came behind it is answered";
  EXPECT_EQ(Ask(Post("/stream?long&no", "abc")).status, 415);
  shared_.long_calls = 1;
  EXPECT_EQ(Ask(Post("/stream?long", "abc")).status, 429);
  EXPECT_EQ(shared_.long_calls, 1);
  EXPECT_EQ(Ask(Post("/stream", "abc")).body, "aabbcc.");
}

TEST_F(SessionTest, AStreamOpenedForAClientThatIsGoneLeavesNothing) {
  shared_.max_long_calls = 1;
  const std::string request = Post("/stream?long", "body");
  const auto space = session_->Space();
  std::copy(request.begin(), request.end(), space.begin());
  session_->Received(request.size());
  ASSERT_EQ(session_->wants(), Wants::kWork);
  session_->Work();
  session_.reset();
  EXPECT_EQ(shared_.long_calls, 0);
  EXPECT_THAT(recorder_.ended, ElementsAre("POST /stream 499"));
}

TEST_F(SessionTest, SmallStreamsHaveALength) {
  const auto answer = Ask(Post("/stream", "abc"));
  EXPECT_EQ(answer.Header("Content-Length"), "7");
  EXPECT_EQ(answer.Header("Content-Type"), "text/csv");
  EXPECT_EQ(answer.body, "aabbcc.");
}

TEST_F(SessionTest, StreamsAnswerAsTheyGo) {
  Feed("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n1234");
  EXPECT_THAT(out_, HasSubstr("8\r\n11223344\r\n"));
  EXPECT_TRUE(session_->streams());
  const auto answer = Ask("5678");
  EXPECT_EQ(answer.Header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.body, "1122334455667788.");
  EXPECT_EQ(Ask(Post("/stream?no", "abc")).status, 415);
  EXPECT_EQ(Ask(PostChunked("/stream", "3\r\nabc\r\n0\r\n\r\n")).body, "aabbcc.");
  EXPECT_THAT(recorder_.ended,
              ElementsAre("POST /stream 200", "POST /stream 415", "POST /stream 200"));
}

TEST_F(SessionTest, StreamsToHttp10EndWithTheConnection) {
  Feed("POST /stream HTTP/1.0\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\n12");
  Feed("34");
  EXPECT_THAT(out_, HasSubstr("Connection: close\r\n\r\n11223344."));
  EXPECT_EQ(session_->wants(), Wants::kClose);
}

TEST_F(SessionTest, StreamsThatThrowBreakOff) {
  EXPECT_EQ(Ask(Post("/stream", "throw")).status, 500);
  EXPECT_EQ(Ask(Get("/echo")).status, 200);
  Feed("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234");
  Feed("throw");
  EXPECT_EQ(session_->wants(), Wants::kClose);
  EXPECT_EQ(Next().status, 0) << "without the last chunk, so that the client knows";
}

TEST_F(SessionTest, StreamsThatNobodyReadsAreNotReadOn) {
  limits_.stream_backlog = 100'000;
  Feed("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
  std::string queue;
  std::size_t fed = 0;
  while (!session_->backlogged()) {
    ASSERT_LT(fed, 1'000'000u);
    if (session_->wants() == Wants::kInput) {
      const auto space = session_->Space();
      std::fill(space.begin(), space.end(), 'a');
      session_->Received(space.size());
      fed += space.size();
    }
    session_->Take(queue);
    if (session_->wants() == Wants::kFlush && !session_->backlogged()) session_->Advance();
  }
  EXPECT_GT(queue.size(), 100'000u);
  session_->Advance();
  EXPECT_EQ(session_->wants(), Wants::kFlush);
  session_->TakenSent(queue.size());
  session_->Advance();
  EXPECT_EQ(session_->wants(), Wants::kInput);
}

TEST_F(SessionTest, GivesALargeBufferBackWhenAllHoldTooMuch) {
  limits_.max_body = 1 << 20;
  const std::string body(300'000, 'x');
  const auto ask = [&] {
    Feed("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
    EXPECT_GE(Ask(body).body.size(), body.size());
  };
  ask();
  EXPECT_GE(thread_.buffers.held(), body.size());
  BufferMemory others = thread_.buffers.Take(BufferStock::kMostHeld, 0);
  ask();
  EXPECT_EQ(thread_.buffers.held(), others.capacity);
  EXPECT_GE(thread_.buffers.kept(), body.size());
  thread_.buffers.GiveBack(std::move(others));
}

TEST_F(SessionTest, DrainingSaysGoodbyeWithTheAnswer) {
  Feed("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
  shared_.draining = true;
  const auto answer = Ask("dy");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_EQ(session_->wants(), Wants::kClose);
}

TEST_F(SessionTest, TokensAreAskedForByRole) {
  const auto authenticator =
      *Authenticator::Make({{"s", Role::kScore, "score-token-0123456789", ""}});
  context_.authenticator = &authenticator;
  const std::string token = "Authorization: Bearer score-token-0123456789\r\n";
  auto answer = Ask(Get("/echo"));
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.Header("WWW-Authenticate"), HasSubstr("Bearer"));
  EXPECT_EQ(Ask(Get("/echo", token)).status, 200);
  EXPECT_EQ(Ask(Get("/metrics", token)).status, 403);
  EXPECT_EQ(Ask(Get("/livez")).status, 200);
  EXPECT_THAT(recorder_.refused, ElementsAre("unauthorized", "unauthorized"));
}

TEST_F(SessionTest, FilesAreBodies) {
  const auto answer = Ask(Get("/file"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Content-Length"), "19998");
  EXPECT_EQ(answer.body, std::string(19'998, 'f'));
  Feed("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(Next(/*to_head=*/true).Header("Content-Length"), "19998");
  EXPECT_EQ(out_, "") << "a head has no body";
  Feed(Get("/file") + Get("/echo") + Get("/large") + Get("/file") + Post("/stream", "a"));
  EXPECT_EQ(Next().body, std::string(19'998, 'f'));
  EXPECT_THAT(Next().body, HasSubstr("GET /echo"));
  EXPECT_THAT(Next().body, HasSubstr("xxx"));
  EXPECT_EQ(Next().body, std::string(19'998, 'f'));
  EXPECT_EQ(Next().body, "aa.");
}

TEST_F(SessionTest, NothingIsMadeBehindAFileThatWaits) {
  const std::string requests = Get("/file") + Get("/echo");
  const auto space = session_->Space();
  ASSERT_LE(requests.size(), space.size());
  std::copy(requests.begin(), requests.end(), space.begin());
  session_->Received(requests.size());
  EXPECT_EQ(session_->wants(), Wants::kFlush);
  EXPECT_EQ(recorder_.begun, 1);
  EXPECT_EQ(session_->output().file_length, 19'998u);
  const auto head = session_->output().in_memory();
  session_->Sent(head);
  session_->Advance();
  EXPECT_EQ(session_->wants(), Wants::kFlush);
  session_->Sent(19'997);
  EXPECT_EQ(session_->output().file_offset, 19'998u);
  EXPECT_EQ(session_->output().size(), 1u);
  session_->Sent(1);
  EXPECT_EQ(session_->output().size(), 0u);
  session_->Advance();
  EXPECT_EQ(recorder_.begun, 2);
}

TEST_F(SessionTest, PipelinesWaitForTheirReader) {
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += Get("/large");
  const auto space = session_->Space();
  ASSERT_LE(requests.size(), space.size());
  std::copy(requests.begin(), requests.end(), space.begin());
  session_->Received(requests.size());
  EXPECT_EQ(session_->wants(), Wants::kFlush);
  EXPECT_LT(session_->output().size(), 110'000u) << "one answer is made, not ten";
  int answers = 0;
  while (session_->output().size() > 0) {
    TakeOutput();
    session_->Advance();
  }
  while (Next().status == 200) ++answers;
  EXPECT_EQ(answers, 10);
}

}  // namespace
}  // namespace reeve::server
