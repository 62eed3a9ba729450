#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/transport/test_session.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;

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

}  // namespace
}  // namespace reeve::server
