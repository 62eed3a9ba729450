#include "reeve/server/transport/answer_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

std::string Head(const Response& response, const AnswerFacts& facts) {
  std::string out;
  AppendAnswerHead(response, facts, out);
  return out;
}

TEST(AnswerHeadTest, SaysWhatTheTransportAdds) {
  Response response;
  response.headers = {{"X-Model-Version", "3"}};
  AnswerFacts facts;
  facts.length = 12;
  facts.request_id = "id-1";
  facts.date_line = "Date: D\r\n";
  EXPECT_EQ(Head(response, facts),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
            "X-Model-Version: 3\r\nX-Request-Id: id-1\r\nDate: D\r\n\r\n");
  facts.keep_alive = false;
  facts.framing = Framing::kChunked;
  facts.traceparent = "00-a";
  response.status = 404;
  EXPECT_EQ(Head(response, facts),
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nTransfer-Encoding: "
            "chunked\r\nX-Model-Version: 3\r\nX-Request-Id: id-1\r\ntraceparent: 00-a\r\nDate: "
            "D\r\nConnection: close\r\n\r\n");
}

TEST(AnswerHeadTest, StayingIsSaidToHttp10) {
  AnswerFacts facts;
  facts.is_1_0 = true;
  EXPECT_THAT(Head({}, facts), testing::HasSubstr("Connection: keep-alive\r\n"));
}

TEST(AnswerHeadTest, NoContentHasNone) {
  Response response;
  response.status = 204;
  EXPECT_THAT(Head(response, {}), testing::Not(testing::HasSubstr("Content-")));
}

TEST(AnswerHeadTest, ValuesDoNotBecomeHeaders) {
  Response response;
  response.content_type = "a\r\nSet-Cookie: 1";
  response.headers = {{"A", "b\r\nSet-Cookie: 1"}, {"Set-Cookie: 1\r\nB", "c"}};
  EXPECT_THAT(Head(response, {}), testing::Not(testing::HasSubstr("Set-Cookie")));
}

TEST(AnswerHeadTest, ChunksAreHexadecimal) {
  std::string out;
  AppendChunk("", out);
  EXPECT_EQ(out, "");
  AppendChunk(std::string(26, 'a'), out);
  EXPECT_EQ(out, "1a\r\n" + std::string(26, 'a') + "\r\n");
}

TEST(DateLineTest, IsThatOfRfc9110) {
  EXPECT_EQ(DateLine(784111777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

}  // namespace
}  // namespace reeve::server
