#include "reeve/tracking/rest/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/tracking/http/test_server.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;
using testing::Not;

Api ApiOf(const TestServer& server) {
  return Api(*HttpClient::Make(*ParseServerUrl(server.uri()), {.token = "hunter2"}, {}));
}

TEST(ApiTest, AGetCarriesItsFieldsInTheQueryAndAPostInTheBody) {
  TestServer server([](const TestRequest&) { return TestAnswer{.body = "{\"a\":1}"}; });
  Api api = ApiOf(server);
  const Json fields{{"name", "a b/ü"}, {"n", 3}, {"ids", {"x", "y"}}};
  const Result<Json> answer = api.Call(Verb::kGet, "things/get", fields);
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->at("a"), 1);
  EXPECT_EQ(CallOf(server.requests()[0]), "GET things/get?name=a%20b%2F%C3%BC&n=3&ids=x&ids=y");
  ASSERT_TRUE(api.Call(Verb::kPost, "things/make", fields).ok());
  EXPECT_EQ(CallOf(server.requests()[1]), "POST things/make");
  EXPECT_EQ(*ParseJson(server.requests()[1].body), fields);
}

TEST(ApiTest, ErrorsOfTheServerAreOurs) {
  struct Case {
    int status;
    const char* error_code;
    StatusCode code;
  };
  for (const Case& c : {Case{404, "RESOURCE_DOES_NOT_EXIST", StatusCode::kNotFound},
                        Case{400, "RESOURCE_ALREADY_EXISTS", StatusCode::kAlreadyExists},
                        Case{400, "INVALID_PARAMETER_VALUE", StatusCode::kInvalidArgument},
                        Case{404, "ENDPOINT_NOT_FOUND", StatusCode::kUnavailable},
                        Case{500, "INTERNAL_ERROR", StatusCode::kUnavailable},
                        Case{503, "TEMPORARILY_UNAVAILABLE", StatusCode::kUnavailable},
                        Case{401, "UNAUTHENTICATED", StatusCode::kUnavailable},
                        Case{403, "PERMISSION_DENIED", StatusCode::kUnavailable}}) {
    TestServer server([&](const TestRequest&) {
      return TestAnswer{
          .status = c.status,
          .body = DumpJson(Json{{"error_code", c.error_code}, {"message", "the\nreason"}})};
    });
    const Status status = ApiOf(server).Call(Verb::kGet, "x", Json::object()).status();
    EXPECT_EQ(status.code(), c.code) << c.error_code;
    EXPECT_THAT(status.message(), HasSubstr(server.uri())) << c.error_code;
    EXPECT_THAT(status.message(), Not(HasSubstr("\n"))) << c.error_code;
    EXPECT_THAT(status.message(), Not(HasSubstr("hunter2")));
    if (c.status == 401 || c.status == 403) {
      EXPECT_THAT(status.fixes()[0], HasSubstr("MLFLOW_TRACKING_USERNAME"));
    } else {
      EXPECT_THAT(status.message(), HasSubstr("reason")) << c.error_code;
    }
  }
}

TEST(ApiTest, WhatNoMlflowServerAnswersIsUnavailable) {
  for (const TestAnswer& answer :
       {TestAnswer{.body = "<html>welcome</html>"}, TestAnswer{.body = "[]"},
        TestAnswer{.body = "{\"a\":1,\"a\":2}"}, TestAnswer{.body = std::string(100'000, '[')},
        TestAnswer{.status = 404, .body = "<h1>Not Found</h1>"},
        TestAnswer{.status = 500, .body = ""}, TestAnswer{.status = 302, .body = ""},
        TestAnswer{.status = 400, .body = "{\"error_code\":7}"},
        TestAnswer{.status = 204, .body = ""}}) {
    TestServer server([&](const TestRequest&) { return answer; });
    const Status status = ApiOf(server).Call(Verb::kPost, "x", Json::object()).status();
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << answer.status << answer.body.substr(0, 9);
  }
}

TEST(ApiTest, AnEmptyBodyIsAnEmptyObject) {
  TestServer server([](const TestRequest&) { return TestAnswer{.body = ""}; });
  EXPECT_EQ(*ApiOf(server).Call(Verb::kDelete, "x", Json::object()), Json::object());
}

TEST(ApiTest, PagesAreReadUntilThereAreEnough) {
  TestServer server([](const TestRequest& request) {
    const bool is_first = request.body.find("page_token") == std::string::npos;
    return TestAnswer{.body = is_first ? R"({"things":[1,2],"next_page_token":"t"})"
                                       : R"({"things":[3,4]})"};
  });
  Api api = ApiOf(server);
  EXPECT_EQ(api.CallForAll(Verb::kPost, "x", Json::object(), "things", 100)->size(), 4u);
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(api.CallForAll(Verb::kPost, "x", Json::object(), "things", 2)->size(), 2u);
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(api.CallForAll(Verb::kPost, "x", Json::object(), "things", 3)->size(), 3u);
  EXPECT_EQ(api.CallForAll(Verb::kPost, "x", Json::object(), "other", 9)->size(), 0u);
}

TEST(ApiTest, PagesWithoutEndAreGivenUp) {
  TestServer server([](const TestRequest&) {
    return TestAnswer{.body = R"({"things":[],"next_page_token":"same"})"};
  });
  const Status status =
      ApiOf(server).CallForAll(Verb::kPost, "x", Json::object(), "things", 9).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(server.requests().size(), 2u);
}

}  // namespace
}  // namespace reeve::tracking
