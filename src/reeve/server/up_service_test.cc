#include "reeve/server/up_service.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/server/router.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "GET /models/{}": routes of the same one cannot stand side by side.
std::string KeyOf(const Route& route) {
  std::string key = route.method + " ";
  bool is_name = false;
  for (const char c : route.pattern) {
    if (c == '}') is_name = false;
    if (!is_name) key += c;
    if (c == '{') is_name = true;
  }
  return key;
}

std::set<std::string> KeysOf(const std::vector<Route>& routes) {
  std::set<std::string> keys;
  for (const Route& route : routes) keys.insert(KeyOf(route));
  return keys;
}

class UpRoutesTest : public testing::Test {
 protected:
  void Open(const AccessOptions& access = {}) {
    tracking_ = *TrackingPart::Open({.database_uri = uri_,
                                     .artifact_destination = folder_.Path("mlartifacts"),
                                     .access = access},
                                    false, metrics_);
    scoring_ = *ScoringPart::Open({.choice = {.stores = {.tracking = uri_}},
                                   .keep_predictions = false,
                                   .form_path = "/form",
                                   .nothing_served = "nothing yet"},
                                  metrics_);
    routes_ = *UpRoutes(*tracking_, *scoring_, metrics_, false);
  }

  Response Ask(const std::string& method, const std::string& pattern,
               std::string_view authorization = "") {
    for (const Route& route : routes_) {
      if (route.method == method && route.pattern == pattern) return Ask(route, authorization);
    }
    ADD_FAILURE() << "no route " << pattern;
    return {};
  }

  static Response Ask(const Route& route, std::string_view authorization = "") {
    Request request{.method = route.method, .path = route.pattern, .peer = "127.0.0.1:1"};
    request.headers = {{"Host", "127.0.0.1:5000"}};
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    Response response;
    if (route.handle) {
      route.handle(request, response);
    } else {
      route.open(request, response);
    }
    return response;
  }

  TestFolder folder_;
  const std::string uri_ = "sqlite:///" + folder_.Path("mlflow.db");
  ServerMetrics metrics_{1280};
  std::unique_ptr<TrackingPart> tracking_;
  std::unique_ptr<ScoringPart> scoring_;
  std::vector<Route> routes_;
};

TEST_F(UpRoutesTest, BothPartsHaveTheseRoutesAndNoOthersInCommon) {
  Open();
  const std::set<std::string> tracking = KeysOf(*tracking_->Routes());
  std::vector<std::string> common;
  for (const std::string& key : KeysOf(scoring_->Routes({}))) {
    if (tracking.contains(key)) common.push_back(key);
  }
  EXPECT_THAT(common, ElementsAre("GET /health", "GET /version"))
      << "decide in UpRoutes which of the two answers";
  EXPECT_EQ(KeysOf(routes_).size(), routes_.size());
  EXPECT_TRUE(Router::Make(routes_).ok());
}

TEST_F(UpRoutesTest, HealthIsThatOfBoth) {
  Open();
  scoring_->Begin();
  const Response health = Ask("GET", "/health");
  EXPECT_EQ(health.status, 200);
  EXPECT_THAT(health.body, HasSubstr(R"({"status":"healthy","checks":{"model_loaded":false,)"));
  EXPECT_THAT(health.body, HasSubstr(R"("tracking_store":"ok")"));
  EXPECT_EQ(Ask("GET", "/readyz").status, 200);
  scoring_->Drain();
  EXPECT_EQ(Ask("GET", "/readyz").status, 503);
  EXPECT_TRUE(scoring_->End().ok());
}

TEST_F(UpRoutesTest, MetricsAreThoseOfBoth) {
  Open();
  const std::string text = Ask("GET", "/metrics").body;
  EXPECT_THAT(text, HasSubstr("reeve_labels_received_total 0"));
  EXPECT_THAT(text, HasSubstr("reeve_database_wait_seconds_count"));
}

TEST_F(UpRoutesTest, WithoutAModelItIsSaidWhatToDo) {
  Open();
  for (const char* pattern : {"/form", "/docs", "/openapi.json", "/model"}) {
    const Response response = Ask("GET", pattern);
    EXPECT_EQ(response.status, 503) << pattern;
    EXPECT_THAT(response.body,
                HasSubstr(R"({"error":{"code":"not_ready","message":"nothing yet")"));
  }
  EXPECT_THAT(Ask("GET", "/").body, HasSubstr("No model is served"));
}

TEST_F(UpRoutesTest, CallsThatAskADatabaseKeepNoScoringWaiting) {
  Open();
  std::map<std::string, bool> takes_long;
  for (const Route& route : routes_)
    takes_long[KeyOf(route)] = route.takes_long && route.takes_long({.method = route.method});
  EXPECT_FALSE(takes_long.at("POST /predict"));
  EXPECT_FALSE(takes_long.at("POST /invocations"));
  EXPECT_FALSE(takes_long.at("GET /readyz"));
  for (const char* key : {"POST /api/2.0/mlflow/runs/log-batch", "GET /api/2.0/mlflow/runs/get",
                          "GET /get-artifact", "GET /", "GET /health"})
    EXPECT_TRUE(takes_long.at(key)) << key;
}

TEST_F(UpRoutesTest, WhoeverMustSayWhoTheyAreMustSoEverywhere) {
  Open({.tokens = {{.name = "score", .role = Role::kScore, .token = "score-token-0123456789"},
                   {.name = "write", .role = Role::kWrite, .token = "write-token-0123456789"}}});
  for (const Route& route : routes_) {
    const int status = Ask(route).status;
    if (route.role == Role::kPublic) {
      EXPECT_NE(status, 401) << KeyOf(route);
    } else {
      EXPECT_EQ(status, 401) << KeyOf(route);
    }
  }
  const std::string score = "Bearer score-token-0123456789";
  const std::string write = "Bearer write-token-0123456789";
  EXPECT_EQ(Ask("POST", "/predict", write).status, 403);
  EXPECT_EQ(Ask("POST", "/predict", score).status, 503);
  EXPECT_EQ(Ask("GET", "/api/2.0/mlflow/registered-models/search", score).status, 403);
  EXPECT_EQ(Ask("GET", "/api/2.0/mlflow/registered-models/search", write).status, 200);
}

TEST_F(UpRoutesTest, RefusalsHaveTheFormOfTheirPath) {
  Open({.tokens = {{.name = "a", .role = Role::kRead, .token = "read-token-0123456789"}}});
  EXPECT_THAT(Ask("POST", "/predict").body, HasSubstr(R"({"error":{"code":"unauthorized",)"));
  EXPECT_THAT(Ask("POST", "/invocations").body, HasSubstr(R"({"error_code":"UNAUTHENTICATED",)"));
  EXPECT_THAT(Ask("POST", "/v2/models/{model}/infer").body, HasSubstr(R"({"error":"You are not)"));
  EXPECT_THAT(Ask("GET", "/api/2.0/mlflow/runs/get").body,
              HasSubstr(R"({"error_code":"UNAUTHENTICATED",)"));
}

TEST_F(UpRoutesTest, UnderAnotherNameOnlyProbesAnswer) {
  Open();
  const std::set<std::string_view> probes = {"/health", "/livez", "/readyz", "/ping", "/version"};
  for (const Route& route : routes_) {
    Request request{.method = route.method, .path = route.pattern};
    request.headers = {{"Host", "evil.example.org"}};
    Response response;
    if (route.handle) {
      route.handle(request, response);
    } else {
      EXPECT_EQ(route.open(request, response), nullptr);
    }
    if (route.role != Role::kPublic) {
      EXPECT_EQ(response.status, 403) << KeyOf(route);
    } else if (probes.contains(route.pattern)) {
      EXPECT_NE(response.status, 403) << KeyOf(route);
    }
  }
}

TEST(UpServiceTest, StartsWithoutAModel) {
  const TestFolder folder;
  const auto service =
      UpService::Start({.tracking = {.database_uri = "sqlite:///" + folder.Path("mlflow.db"),
                                     .artifact_destination = folder.Path("mlartifacts")},
                        .scoring = {.keep_predictions = false}});
  ASSERT_TRUE(service.ok()) << service.status().message();
  EXPECT_TRUE((*service)->address().starts_with("http://127.0.0.1:"));
  EXPECT_EQ((*service)->metrics_address(), (*service)->address() + "/metrics");
  EXPECT_TRUE((*service)->models().empty());
}

TEST(UpServiceTest, WaitsForModelsThatAreNamedAndNotThereYet) {
  const TestFolder folder;
  UpServiceOptions options{.tracking = {.database_uri = "sqlite:///" + folder.Path("mlflow.db"),
                                        .artifact_destination = folder.Path("mlartifacts")},
                           .scoring = {.keep_predictions = false}};
  options.scoring.choice.models = {"loans"};
  EXPECT_TRUE(UpService::Start(options).ok());
  // Nothing that this server does puts a bundle into a folder.
  options.scoring.choice.models = {folder.Path("none")};
  EXPECT_FALSE(UpService::Start(options).ok());
}

}  // namespace
}  // namespace reeve::server
