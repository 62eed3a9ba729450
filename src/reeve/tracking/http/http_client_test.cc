#include "reeve/tracking/http/http_client.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/tracking/http/test_server.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;
using testing::Not;

std::unique_ptr<HttpClient> ClientOf(const std::string& uri, const HttpOptions& options = {},
                                     Credentials credentials = {}) {
  Result<std::unique_ptr<HttpClient>> client =
      HttpClient::Make(*ParseServerUrl(uri), std::move(credentials), options);
  EXPECT_TRUE(client.ok()) << client.status().message();
  return std::move(*client);
}

TEST(HttpClientTest, SendsMethodPathAndBody) {
  TestServer server([](const TestRequest&) { return TestAnswer{.status = 404, .body = "gone"}; });
  const auto client = ClientOf(server.uri() + "/prefix/");
  for (const char* method : {"GET", "POST", "PATCH", "DELETE"}) {
    const bool has_body = std::string(method) != "GET";
    const Result<HttpAnswer> answer =
        client->Send({.method = method, .path = "/a?b=c", .body = has_body ? "{\"x\":1}" : ""});
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, "gone");
    const TestRequest request = server.requests().back();
    EXPECT_EQ(request.method, method);
    EXPECT_EQ(request.target, "/prefix/a?b=c");
    EXPECT_EQ(request.body, has_body ? "{\"x\":1}" : "");
    EXPECT_EQ(request.head.find("application/json\r\n", request.head.find("Content-Type")) !=
                  std::string::npos,
              has_body);
  }
}

TEST(HttpClientTest, ARefusedConnectionSaysHowToStartTheServer) {
  TestServer server([](const TestRequest&) { return TestAnswer{}; });
  const auto client = ClientOf(server.uri());
  server.Stop();
  const Status status = client->Send({.path = "/"}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("\"" + server.uri() + "\" cannot be reached"));
  ASSERT_EQ(status.fixes().size(), 1u);
  EXPECT_THAT(status.fixes()[0], HasSubstr("reeve server --port "));
}

TEST(HttpClientTest, AHostThatDoesNotExistIsUnavailable) {
  const Status status = ClientOf("http://nowhere.invalid")->Send({.path = "/"}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
}

TEST(HttpClientTest, AServerThatDoesNotAnswerIsGivenUp) {
  TestServer server([](const TestRequest&) { return TestAnswer{.hangs = true}; });
  const Status status = ClientOf(server.uri(), {.total_ms = 50})->Send({.path = "/"}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("does not answer in time"));
}

TEST(HttpClientTest, BytesThatAreNoHttpAreUnavailable) {
  for (const char* bytes :
       {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
        "HTTP/1.1 two hundred\r\n\r\n"}) {
    TestServer server(
        [&](const TestRequest&) { return TestAnswer{.body = bytes, .is_raw = true}; });
    const Status status = ClientOf(server.uri())->Send({.path = "/"}).status();
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << bytes;
  }
}

TEST(HttpClientTest, AnswersThatAreTooLargeAreCutOff) {
  TestServer server([](const TestRequest&) { return TestAnswer{.body = std::string(1'000, 'x')}; });
  EXPECT_TRUE(ClientOf(server.uri(), {.max_answer_bytes = 1'000})->Send({.path = "/"}).ok());
  const Status status =
      ClientOf(server.uri(), {.max_answer_bytes = 999})->Send({.path = "/"}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("more than 999 bytes"));
}

TEST(HttpClientTest, RedirectsAreNotFollowed) {
  TestServer other([](const TestRequest&) { return TestAnswer{}; });
  TestServer server([&](const TestRequest&) {
    return TestAnswer{.status = 302, .headers = "Location: " + other.uri() + "/\r\n"};
  });
  const Result<HttpAnswer> answer = ClientOf(server.uri(), {}, {.token = "t"})->Send({.path = "/"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 302);
  EXPECT_TRUE(other.requests().empty());
}

TEST(HttpClientTest, CredentialsAreSentAsMlflowSendsThem) {
  TestServer server([](const TestRequest&) { return TestAnswer{}; });
  const auto header = [&](Credentials credentials) {
    EXPECT_TRUE(ClientOf(server.uri(), {}, std::move(credentials))->Send({.path = "/"}).ok());
    const std::string head = server.requests().back().head;
    const std::size_t at = head.find("Authorization: ");
    return at == std::string::npos ? "" : head.substr(at + 15, head.find('\r', at) - at - 15);
  };
  EXPECT_EQ(header({}), "");
  EXPECT_EQ(header({.token = "abc"}), "Bearer abc");
  EXPECT_EQ(header({.username = "ada", .password = "a:b"}), "Basic YWRhOmE6Yg==");
  EXPECT_EQ(header({.token = "abc", .username = "ada", .password = "a:b"}), "Basic YWRhOmE6Yg==");
  EXPECT_EQ(header({.username = "ada"}), "");
}

TEST(HttpClientTest, CredentialsOfTheEnvironmentHaveToFitIntoAHeader) {
  ::setenv("MLFLOW_TRACKING_TOKEN", "secret\r\nX: y", 1);
  const Status status = CredentialsFromEnvironment().status();
  ::setenv("MLFLOW_TRACKING_TOKEN", "abc", 1);
  const Result<Credentials> good = CredentialsFromEnvironment();
  ::unsetenv("MLFLOW_TRACKING_TOKEN");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("MLFLOW_TRACKING_TOKEN"));
  EXPECT_THAT(status.message(), Not(HasSubstr("secret")));
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->token, "abc");
}

TEST(HttpClientTest, AUserOfTheAddressNeedsNoPassword) {
  TestServer server([](const TestRequest&) { return TestAnswer{}; });
  const auto client =
      ClientOf(server.uri(), {}, {.token = "abc", .username = "ada", .is_of_address = true});
  ASSERT_TRUE(client->Send({.path = "/"}).ok());
  EXPECT_THAT(server.requests()[0].head, HasSubstr("Authorization: Basic YWRhOg=="));
}

TEST(HttpClientTest, TheEnvironmentSaysWhomToTrustAndHowLongToWait) {
  ::setenv("MLFLOW_TRACKING_INSECURE_TLS", "true", 1);
  ::setenv("MLFLOW_TRACKING_CLIENT_CERT_PATH", "/me.pem", 1);
  const Result<Credentials> trusting = CredentialsFromEnvironment();
  ::setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", "/ca.pem", 1);
  const Status both = CredentialsFromEnvironment().status();
  ::unsetenv("MLFLOW_TRACKING_SERVER_CERT_PATH");
  ::setenv("MLFLOW_TRACKING_INSECURE_TLS", "yess", 1);
  const Status neither = CredentialsFromEnvironment().status();
  ::unsetenv("MLFLOW_TRACKING_INSECURE_TLS");
  ::unsetenv("MLFLOW_TRACKING_CLIENT_CERT_PATH");
  ASSERT_TRUE(trusting.ok());
  EXPECT_TRUE(trusting->trusts_anyone);
  EXPECT_EQ(trusting->client_file, "/me.pem");
  EXPECT_EQ(both.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(neither.code(), StatusCode::kInvalidArgument);
  ::setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7", 1);
  EXPECT_EQ(HttpOptionsFromEnvironment()->total_ms, 7'000);
  ::setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "0", 1);
  EXPECT_EQ(HttpOptionsFromEnvironment().status().code(), StatusCode::kInvalidArgument);
  ::unsetenv("MLFLOW_HTTP_REQUEST_TIMEOUT");
}

// Waits are noted, not waited.
struct Waits {
  HttpOptions Options(int most, bool at_first_contact = true) {
    return {.retry = {.most = most,
                      .jitter = 0,
                      .at_first_contact = at_first_contact,
                      .wait = [this](double seconds) {
                        seconds_.push_back(seconds);
                        return true;
                      }}};
  }
  std::vector<double> seconds_;
};

TEST(HttpClientTest, WhatFailsInPassingIsTriedAgain) {
  std::vector<TestAnswer> answers = {{.status = 429, .headers = "Retry-After: 3\r\n"},
                                     {.status = 503},
                                     {.status = 500},
                                     {.body = "", .is_raw = true},
                                     {.body = "{\"a\":1}"}};
  std::size_t next = 0;
  TestServer server([&](const TestRequest&) { return answers[next++]; });
  Waits waits;
  const Result<HttpAnswer> answer =
      ClientOf(server.uri(), waits.Options(4))->Send({.method = "POST", .path = "/", .body = "{}"});
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->body, "{\"a\":1}");
  EXPECT_EQ(answer->tried, 4);
  EXPECT_THAT(waits.seconds_, testing::ElementsAre(3, 1, 2, 4));
}

TEST(HttpClientTest, TriesComeToAnEnd) {
  TestServer server([](const TestRequest&) { return TestAnswer{.status = 503}; });
  Waits waits;
  const Result<HttpAnswer> answer = ClientOf(server.uri(), waits.Options(2))->Send({.path = "/"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(HttpClientTest, MistakesAreNotTriedAgain) {
  for (const TestAnswer& refusal :
       {TestAnswer{.status = 400}, TestAnswer{.status = 404}, TestAnswer{.status = 401},
        TestAnswer{.status = 500, .body = R"({"error_code": "INVALID_STATE"})"}}) {
    TestServer server([&](const TestRequest&) { return refusal; });
    Waits waits;
    ASSERT_TRUE(ClientOf(server.uri(), waits.Options(4))->Send({.path = "/"}).ok());
    EXPECT_EQ(server.requests().size(), 1u) << refusal.status;
  }
}

TEST(HttpClientTest, WhatMustNotBeDoneTwiceIsRepeatedOnlyWhenItWasNotDone) {
  std::vector<TestAnswer> answers = {{.status = 429}, {.status = 502}, {}};
  std::size_t next = 0;
  TestServer server([&](const TestRequest&) { return answers[next++]; });
  Waits waits;
  bool is_unknown = false;
  const Result<HttpAnswer> answer =
      ClientOf(server.uri(), waits.Options(4))
          ->Send({.method = "POST", .path = "/", .body = "{}", .is_repeatable = false},
                 &is_unknown);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 502);
  EXPECT_TRUE(is_unknown);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(HttpClientTest, AServerThatHasNeverAnsweredIsGivenUpAtOnceUnlessAskedFor) {
  TestServer server([](const TestRequest&) { return TestAnswer{}; });
  Waits patient, impatient;
  const auto known = ClientOf(server.uri(), impatient.Options(3, false));
  ASSERT_TRUE(known->Send({.path = "/"}).ok());
  server.Stop();
  EXPECT_FALSE(known->Send({.path = "/"}).ok());
  EXPECT_EQ(impatient.seconds_.size(), 3u);
  EXPECT_FALSE(ClientOf(server.uri(), impatient.Options(3, false))->Send({.path = "/"}).ok());
  EXPECT_EQ(impatient.seconds_.size(), 3u);
  EXPECT_FALSE(ClientOf(server.uri(), patient.Options(2))->Send({.path = "/"}).ok());
  EXPECT_EQ(patient.seconds_.size(), 2u);
}

TEST(HttpClientTest, ADownloadThatBreaksOffBeginsAnew) {
  std::vector<TestAnswer> answers = {
      {.body = "HTTP/1.1 200 X\r\nContent-Length: 6\r\n\r\nabc", .is_raw = true},
      {.body = "abcdef"}};
  std::size_t next = 0;
  TestServer server([&](const TestRequest&) { return answers[next++]; });
  Waits waits;
  std::string got;
  const Result<HttpAnswer> answer = ClientOf(server.uri(), waits.Options(3))
                                        ->Download(
                                            {.path = "/f"},
                                            [&](std::string_view part) {
                                              got += part;
                                              return Status::Ok();
                                            },
                                            [&] {
                                              got.clear();
                                              return Status::Ok();
                                            });
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(got, "abcdef");
}

TEST(HttpClientTest, DownloadsInPieces) {
  const std::string bytes(3'000'000, 'z');
  TestServer server([&](const TestRequest&) { return TestAnswer{.body = bytes}; });
  std::string got;
  int pieces = 0;
  const Result<HttpAnswer> answer = ClientOf(server.uri(), {.max_answer_bytes = 10})
                                        ->Download({.path = "/f"}, [&](std::string_view part) {
                                          got += part;
                                          ++pieces;
                                          return Status::Ok();
                                        });
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(got, bytes);
  EXPECT_GT(pieces, 1);
  EXPECT_EQ(answer->body, "");
}

TEST(HttpClientTest, AFailingSinkEndsTheDownloadWithItsReason) {
  TestServer server([&](const TestRequest&) { return TestAnswer{.body = "abc"}; });
  const Status status =
      ClientOf(server.uri())
          ->Download({.path = "/f"}, [](std::string_view) { return Status::Io("full"); })
          .status();
  EXPECT_EQ(status.code(), StatusCode::kIo);
  EXPECT_EQ(status.message(), "full");
}

TEST(HttpClientTest, TheBodyOfAFailedDownloadIsNoFile) {
  TestServer server([&](const TestRequest&) { return TestAnswer{.status = 404, .body = "no"}; });
  bool called = false;
  const Result<HttpAnswer> answer =
      ClientOf(server.uri())->Download({.path = "/f"}, [&](std::string_view) {
        called = true;
        return Status::Ok();
      });
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "no");
  EXPECT_FALSE(called);
}

TEST(HttpClientTest, UploadsFilesAlsoEmptyOnes) {
  TestServer server([&](const TestRequest&) { return TestAnswer{}; });
  const TestFolder folder;
  const std::string bytes(100'000, 'u');
  std::ofstream(folder.Path("full")) << bytes;
  std::ofstream(folder.Path("empty"));
  const auto client = ClientOf(server.uri());
  ASSERT_TRUE(client->Upload({.path = "/full"}, {.file = folder.Path("full")}).ok());
  EXPECT_EQ(server.requests().back().method, "PUT");
  EXPECT_EQ(server.requests().back().body, bytes);
  ASSERT_TRUE(client->Upload({.path = "/empty"}, {.file = folder.Path("empty")}).ok());
  EXPECT_EQ(server.requests().back().body, "");
  EXPECT_EQ(client->Upload({.path = "/gone"}, {.file = folder.Path("gone")}).status().code(),
            StatusCode::kIo);
}

TEST(HttpClientTest, UploadsAPartOfAFile) {
  TestServer server([&](const TestRequest&) { return TestAnswer{}; });
  const TestFolder folder;
  std::ofstream(folder.Path("file")) << std::string(100'000, 'a') << std::string(100'000, 'b');
  const auto body = [&](std::uint64_t from, std::uint64_t most) {
    EXPECT_TRUE(
        ClientOf(server.uri())
            ->Upload({.path = "/f"}, {.file = folder.Path("file"), .from = from, .most = most})
            .ok());
    return server.requests().back().body;
  };
  EXPECT_EQ(body(99'999, 3), "abb");
  EXPECT_EQ(body(199'999, 3), "b");
  EXPECT_EQ(body(300'000, 3), "");
  EXPECT_EQ(body(0, 100'001), std::string(100'000, 'a') + "b");
}

TEST(HttpClientTest, EveryTryIsSignedAnewAndNothingElseProvesWhoAsks) {
  const TestFolder folder;
  std::ofstream(folder.Path("file")) << "abc";
  int answered = 0;
  TestServer server(
      [&](const TestRequest&) { return TestAnswer{.status = ++answered % 2 == 1 ? 503 : 200}; });
  int signatures = 0;
  Waits waits;
  const auto client = ClientOf(
      server.uri(), waits.Options(3),
      {.username = "ada",
       .password = "pass",
       .sign = [&](const HttpRequest& request, const std::string& digest) {
         return std::vector<std::string>{"X-Signed: " + request.method + request.path + " " +
                                         digest.substr(0, 4) + " " + std::to_string(++signatures)};
       }});
  const HttpRequest request{.path = "/f", .headers = {"X-More: yes"}};
  EXPECT_TRUE(client->Send(request).ok());
  EXPECT_THAT(server.requests()[0].head, HasSubstr("X-Signed: GET/f e3b0 1\r\n"));
  EXPECT_THAT(server.requests()[1].head, HasSubstr("X-Signed: GET/f e3b0 2\r\n"));
  EXPECT_TRUE(client->Upload(request, {.file = folder.Path("file"), .most = 3}).ok());
  EXPECT_THAT(server.requests()[3].head, HasSubstr("X-Signed: PUT/f ba78 4\r\n"));
  const auto ignore = [](std::string_view) { return Status::Ok(); };
  EXPECT_TRUE(client->Download(request, ignore, [] { return Status::Ok(); }).ok());
  EXPECT_THAT(server.requests()[5].head, HasSubstr("X-Signed: GET/f e3b0 6\r\n"));
  for (const TestRequest& sent : server.requests()) {
    EXPECT_THAT(sent.head, Not(HasSubstr("Authorization")));
    EXPECT_THAT(sent.head, HasSubstr("X-More: yes\r\n"));
  }
}

TEST(HttpClientTest, HeadersOfAnAnswerAreKept) {
  TestServer server(
      [](const TestRequest&) { return TestAnswer{.headers = "ETag: \"abc\"\r\nX-Empty:\r\n"}; });
  const Result<HttpAnswer> answer = ClientOf(server.uri())->Send({.path = "/"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->headers.at("etag"), "\"abc\"");
  EXPECT_EQ(answer->headers.at("x-empty"), "");
}

TEST(HttpClientTest, ThePeerIsCalledWhatItIs) {
  TestServer server([](const TestRequest&) { return TestAnswer{}; });
  server.Stop();
  const Status status = ClientOf(server.uri(), {.peer = {.name = "bucket", .start = ""}})
                            ->Send({.path = "/"})
                            .status();
  EXPECT_THAT(status.message(), HasSubstr("bucket \"" + server.uri() + "\" cannot be reached"));
  EXPECT_THAT(status.fixes()[0], Not(HasSubstr("mlflow")));
}

}  // namespace
}  // namespace reeve::tracking
