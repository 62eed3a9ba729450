#include "reeve/server/transport/session.h"

#include <random>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reeve/server/transport/test_session.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

TEST_F(SessionTest, HoldsALargeBufferOnlyWhileARequestIsOnItsWay) {
  limits_.max_body = 1 << 20;
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n";
  const std::string body(300'000, 'x');
  EXPECT_FALSE(session_->expects_much());
  Feed(head);
  EXPECT_GE(Ask(body).body.size(), body.size());
  EXPECT_TRUE(session_->expects_much());
  // The next one is read in one piece, those behind it into the same memory.
  EXPECT_GE(session_->Space().size(), head.size() + body.size());
  EXPECT_GE(Ask(head + body).body.size(), body.size());
  EXPECT_FALSE(session_->holds_much());
  const std::size_t kept = thread_.buffers.kept();
  EXPECT_GE(kept, body.size());
  EXPECT_GE(session_->Space().size(), head.size() + body.size());
  EXPECT_LE(thread_.buffers.kept(), kept - body.size());
  Feed(head.substr(0, 20));
  EXPECT_EQ(thread_.buffers.kept(), kept) << "its client is slow";
  EXPECT_FALSE(session_->expects_much());
  Feed(head.substr(20));
  EXPECT_GE(Ask(body).body.size(), body.size());
  EXPECT_EQ(Ask(Post("/echo", "small")).status, 200);
  EXPECT_FALSE(session_->expects_much());
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
