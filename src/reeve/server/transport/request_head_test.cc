#include "reeve/server/transport/request_head.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

HeadOutcome Read(std::string_view bytes, RequestHead& head, HeadLimits limits = {}) {
  std::size_t scanned = 0;
  return ReadHead(bytes, limits, scanned, head);
}
HeadOutcome Read(std::string_view bytes) {
  RequestHead head;
  return Read(bytes, head);
}

TEST(RequestHeadTest, CutsLineAndFields) {
  const std::string text =
      "POST /predict?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nX-Request-Id:  abc \r\n"
      "traceparent: 00-1\r\nAuthorization: Bearer t\r\nExpect: 100-continue\r\nEmpty:\r\n\r\nbody";
  RequestHead head;
  ASSERT_EQ(Read(text, head), HeadOutcome::kComplete);
  EXPECT_EQ(head.size, text.size() - 4);
  EXPECT_EQ(head.method.In(text), "POST");
  EXPECT_EQ(head.target.In(text), "/predict?a=1");
  EXPECT_EQ(head.fields.size(), 7u);
  EXPECT_EQ(head.fields[2].name.In(text), "X-Request-Id");
  EXPECT_EQ(head.request_id.In(text), "abc");
  EXPECT_EQ(head.traceparent.In(text), "00-1");
  EXPECT_EQ(head.authorization.In(text), "Bearer t");
  EXPECT_EQ(head.expect.In(text), "100-continue");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_FALSE(head.chunked);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.is_1_0);
}

TEST(RequestHeadTest, KnowsWhenConnectionsStay) {
  const auto keeps = [](const char* text) {
    RequestHead head;
    EXPECT_EQ(Read(text, head), HeadOutcome::kComplete) << text;
    return head.keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestHeadTest, RefusesWhatHasBeenAHole) {
  const struct {
    const char* what;
    const char* text;
    HeadOutcome outcome;
  } cases[] = {
      {"no HTTP", "GARBAGE\r\n\r\n", HeadOutcome::kMalformed},
      {"a TLS hello", "\x16\x03\x01", HeadOutcome::kMalformed},
      {"HTTP/9.9", "GET / HTTP/9.9\r\n\r\n", HeadOutcome::kUnknownVersion},
      {"no colon", "GET / HTTP/1.1\r\nHost x\r\n\r\n", HeadOutcome::kMalformed},
      {"blank before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", HeadOutcome::kMalformed},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", HeadOutcome::kMalformed},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", HeadOutcome::kMalformed},
      {"negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
       HeadOutcome::kMalformed},
      {"signed length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
       HeadOutcome::kMalformed},
      {"no number", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
       HeadOutcome::kMalformed},
      {"a length beyond 64 bits",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
       HeadOutcome::kMalformed},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
       HeadOutcome::kMalformed},
      {"the same length twice",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
       HeadOutcome::kMalformed},
      {"length and chunks",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       HeadOutcome::kMalformed},
      {"chunks and length",
       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
       HeadOutcome::kMalformed},
      {"chunked twice",
       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       HeadOutcome::kMalformed},
      {"another coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
       HeadOutcome::kUnknownCoding},
      {"two codings", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       HeadOutcome::kUnknownCoding},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
       HeadOutcome::kMalformed},
      {"a folded line", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", HeadOutcome::kMalformed},
      {"a control character", "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n",
       HeadOutcome::kMalformed},
      {"a lone line feed", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", HeadOutcome::kMalformed},
      {"two credentials",
       "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n",
       HeadOutcome::kMalformed},
      {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", HeadOutcome::kMalformed},
  };
  for (const auto& c : cases) EXPECT_EQ(Read(c.text), c.outcome) << c.what;
}

TEST(RequestHeadTest, WaitsForTheWholeHead) {
  const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  std::size_t scanned = 0;
  RequestHead head;
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(ReadHead(text.substr(0, size), {}, scanned, head), HeadOutcome::kNeedMore);
  }
  EXPECT_EQ(ReadHead(text, {}, scanned, head), HeadOutcome::kComplete);
}

TEST(RequestHeadTest, BoundsSizeAndFields) {
  RequestHead head;
  const HeadLimits limits{1000, 3};
  EXPECT_EQ(Read("GET /" + std::string(2000, 'a'), head, limits), HeadOutcome::kTooLarge);
  EXPECT_EQ(Read("GET /" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", head, limits),
            HeadOutcome::kTooLarge);
  const std::string three = "GET / HTTP/1.1\r\nHost: x\r\na: 1\r\nb: 2\r\n";
  EXPECT_EQ(Read(three + "\r\n", head, limits), HeadOutcome::kComplete);
  EXPECT_EQ(Read(three + "c: 3\r\n\r\n", head, limits), HeadOutcome::kTooLarge);
}

}  // namespace
}  // namespace reeve::server
