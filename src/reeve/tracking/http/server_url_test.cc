#include "reeve/tracking/http/server_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ServerUrlTest, ReadsHostPortAndPrefix) {
  struct Case {
    const char* uri;
    const char* base;
    const char* host;
    int port;
  };
  for (const Case& c : {Case{"http://127.0.0.1:5000", "http://127.0.0.1:5000", "127.0.0.1", 5000},
                        Case{"http://mlflow", "http://mlflow", "mlflow", 80},
                        Case{"HTTPS://MLflow.example.org/", "https://MLflow.example.org",
                             "MLflow.example.org", 443},
                        Case{"https://h/team_a/mlflow//", "https://h/team_a/mlflow", "h", 443},
                        Case{"http://h/a%20b", "http://h/a%20b", "h", 80},
                        Case{"http://[::1]:5000/", "http://[::1]:5000", "::1", 5000},
                        Case{"http://[fe80::1]", "http://[fe80::1]", "fe80::1", 80}}) {
    const Result<ServerUrl> url = ParseServerUrl(c.uri);
    ASSERT_TRUE(url.ok()) << c.uri << ": " << url.status().message();
    EXPECT_EQ(url->base, c.base);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
  }
}

TEST(ServerUrlTest, WhatCannotBeReadIsWrongUsage) {
  for (const char* uri : {"",
                          "http://",
                          "http:///x",
                          "http://:5000",
                          "http://h:",
                          "http://h:0",
                          "http://h:65536",
                          "http://h:5x",
                          "http://h:+5",
                          "http://h:5:6",
                          "http://h?x=1",
                          "http://h#x",
                          "http://h/../x",
                          "http://h/.",
                          "http://h/a b",
                          "http://h/%2",
                          "http://h/%zz",
                          "http://h\n",
                          "http://h h",
                          "http://[::1",
                          "http://[h]",
                          "http://[::1]x",
                          "ftp://h",
                          "mlflow",
                          "http://h\\x"}) {
    const Result<ServerUrl> url = ParseServerUrl(uri);
    ASSERT_FALSE(url.ok()) << uri;
    EXPECT_EQ(url.status().code(), StatusCode::kInvalidArgument) << uri;
  }
  EXPECT_FALSE(ParseServerUrl("http://" + std::string(3'000, 'h')).ok());
}

TEST(ServerUrlTest, TakesUserAndPasswordOutOfTheAddress) {
  const ServerUrl url = *ParseServerUrl("http://ada:hunter%3A2@h:5000/x");
  EXPECT_EQ(url.username, "ada");
  EXPECT_EQ(url.password, "hunter:2");
  EXPECT_EQ(url.base, "http://h:5000/x");
  EXPECT_EQ(url.authority, "h:5000");
  EXPECT_EQ(url.host, "h");
  EXPECT_EQ(ParseServerUrl("https://token@h")->username, "token");
  EXPECT_EQ(ParseServerUrl("https://token@h")->password, "");
  EXPECT_EQ(ParseServerUrl("http://a:b@c@h")->password, "b@c");
  EXPECT_EQ(ParseServerUrl("http://h")->username, "");
}

TEST(ServerUrlTest, PasswordsAreNeverRepeated) {
  for (const char* uri : {"http://ada:hunter2/x@h", "http://h:hunter2@", "http://ada:hunter2@h:x",
                          "http://ada:hunter2%0A@h"}) {
    const Status status = ParseServerUrl(uri).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_THAT(status.message(), Not(HasSubstr("hunter2"))) << uri;
  }
}

TEST(ServerUrlTest, KnowsWhatIsOnThisMachine) {
  for (const char* uri :
       {"http://localhost", "http://127.0.0.1:1", "http://127.1.2.3", "http://[::1]:5000"})
    EXPECT_TRUE(ParseServerUrl(uri)->is_loopback()) << uri;
  for (const char* uri : {"http://127.0.0.1.example.org", "http://h", "http://10.0.0.1"})
    EXPECT_FALSE(ParseServerUrl(uri)->is_loopback()) << uri;
}

TEST(ServerUrlTest, EscapesAllButPlainBytes) {
  EXPECT_EQ(EscapeUrl("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(EscapeUrl("a b&c=d/e%ü\n"), "a%20b%26c%3Dd%2Fe%25%C3%BC%0A");
  EXPECT_EQ(EscapeUrl("a b/c", true), "a%20b/c");
}

}  // namespace
}  // namespace reeve::tracking
