#include "reeve/server/tracking_service.h"

#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"
#include "reeve/server/tracking_api/artifact_places.h"
#include "reeve/server/tracking_api/start_page.h"

namespace reeve::server {
namespace {

class TrackingRoutesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto api = mlflow::Api::Open({.database_uri = "sqlite:///" + folder_.Path("mlflow.db")});
    ASSERT_TRUE(api.ok()) << api.status().message();
    api_ = std::move(*api);
    routes_ = ApiRoutes(*api_);
    for (Route& route : ProbeRoutes(api_.get())) routes_.push_back(std::move(route));
    routes_.push_back(StartPageRoute(*api_));
  }

  Response Ask(const std::string& method, const std::string& path, std::string_view body = "",
               std::string_view query = "", std::string_view content_type = "application/json") {
    Request request{.method = method, .path = path, .query = query, .body = body};
    if (!content_type.empty()) request.headers.emplace_back("Content-Type", content_type);
    Response response;
    for (const Route& route : routes_) {
      if (route.method == method && route.pattern == path) {
        route.handle(request, response);
        return response;
      }
    }
    ADD_FAILURE() << "no route " << path;
    return response;
  }

  TestFolder folder_;
  std::unique_ptr<mlflow::Api> api_;
  std::vector<Route> routes_;
};

TEST_F(TrackingRoutesTest, BothPrefixesAnswerAlike) {
  const Response a = Ask("GET", "/api/2.0/mlflow/experiments/get", "", "experiment_id=0");
  const Response b = Ask("GET", "/ajax-api/2.0/mlflow/experiments/get", "", "experiment_id=0");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body, b.body);
}

TEST_F(TrackingRoutesTest, BodiesHaveToSayThatTheyAreJson) {
  const std::string path = "/api/2.0/mlflow/experiments/create";
  EXPECT_EQ(Ask("POST", path, R"({"name":"a"})", "", "text/plain").status, 400);
  EXPECT_EQ(Ask("POST", path, R"({"name":"a"})", "", "").status, 400);
  EXPECT_EQ(Ask("POST", path, R"({"name":"a"})", "", "application/json; charset=utf-8").status,
            200);
}

TEST_F(TrackingRoutesTest, FailuresHaveMlflowsForm) {
  const Response response = Ask("GET", "/api/2.0/mlflow/experiments/get", "", "experiment_id=9");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(
      response.body,
      R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No Experiment with id=9 exists"})");
}

TEST_F(TrackingRoutesTest, ProbesAndThePageAnswer) {
  EXPECT_EQ(Ask("GET", "/health").body, "OK");
  EXPECT_EQ(Ask("GET", "/version").status, 200);
  EXPECT_NE(Ask("GET", "/").body.find("No run yet"), std::string::npos);
}

TEST_F(TrackingRoutesTest, WithoutADatabaseProbesAndThePageStillAnswer) {
  api_ = mlflow::Api::WithoutDatabase();
  routes_ = ProbeRoutes(nullptr);
  routes_.push_back(StartPageRoute(*api_, {.static_prefix = "/x", .shows_latest = false}));
  EXPECT_EQ(Ask("GET", "/health").body, "OK");
  const std::string page = Ask("GET", "/").body;
  EXPECT_EQ(page.find("Latest runs"), std::string::npos);
  EXPECT_NE(page.find("MLFLOW_TRACKING_URI=http://127.0.0.1:5000/x"), std::string::npos);
  routes_ = ApiRoutes(*api_);
  EXPECT_EQ(Ask("GET", "/api/2.0/mlflow/experiments/get", "", "experiment_id=0").status, 503);
}

TEST_F(TrackingRoutesTest, ReadingAndWritingNeedDifferentRoles) {
  const auto role = [&](std::string_view pattern) {
    for (const Route& route : routes_) {
      if (route.pattern == pattern) return route.role;
    }
    return Role::kPublic;
  };
  EXPECT_EQ(role("/api/2.0/mlflow/experiments/get"), Role::kRead);
  EXPECT_EQ(role("/api/2.0/mlflow/experiments/create"), Role::kWrite);
}

TEST_F(TrackingRoutesTest, SearchesTakeLongAndSingleThingsDoNot) {
  const auto takes_long = [&](const std::string& path) {
    for (const Route& route : routes_) {
      if (route.pattern == path) return route.takes_long && route.takes_long({});
    }
    ADD_FAILURE() << "no route " << path;
    return false;
  };
  for (const char* path : {"/api/2.0/mlflow/runs/search", "/ajax-api/2.0/mlflow/runs/search",
                           "/api/2.0/mlflow/metrics/get-history", "/"})
    EXPECT_TRUE(takes_long(path)) << path;
  for (const char* path : {"/api/2.0/mlflow/runs/get", "/api/2.0/mlflow/runs/log-batch", "/health"})
    EXPECT_FALSE(takes_long(path)) << path;
}

TEST_F(TrackingRoutesTest, ArtifactPathsAreCheckedBeforeTheirOwners) {
  const ArtifactPlaces places(std::make_shared<ArtifactFolder>(folder_.Path("artifacts")), {});
  for (Route& route : ArtifactLookupRoutes(*api_, places)) routes_.push_back(std::move(route));
  const std::string invalid =
      R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path"})";
  for (const std::string slash : {"/", "//"}) {
    EXPECT_EQ(Ask("GET", slash + "get-artifact", "", "run_id=none&path=../path").body, invalid);
    EXPECT_EQ(
        Ask("GET", slash + "model-versions/get-artifact", "", "name=none&version=1&path=../path")
            .body,
        invalid);
  }
  EXPECT_EQ(Ask("GET", "/api/2.0/mlflow/artifacts/list", "", "run_id=none&path=../path").body,
            invalid);
  EXPECT_NE(Ask("GET", "/model-versions/get-artifact", "", "name=none&version=x&path=a")
                .body.find("Parameter 'version' must be an integer, got 'x'."),
            std::string::npos);
}

TEST(TrackingServiceTest, ListensAndSaysWhere) {
  const TestFolder folder;
  TrackingServiceOptions options{
      .tracking = {.database_uri = "sqlite:///" + folder.Path("mlflow.db")}};
  const auto service = TrackingService::Start(options);
  ASSERT_TRUE(service.ok()) << service.status().message();
  EXPECT_TRUE((*service)->address().starts_with("http://127.0.0.1:"));
}

TEST(TrackingServiceTest, SaysWhereItIsBelowAPrefix) {
  const TestFolder folder;
  TrackingServiceOptions options{
      .tracking = {.database_uri = "sqlite:///" + folder.Path("mlflow.db"),
                   .static_prefix = "/mlflow"}};
  const auto service = TrackingService::Start(options);
  ASSERT_TRUE(service.ok()) << service.status().message();
  EXPECT_TRUE((*service)->address().ends_with("/mlflow"));
  options.tracking.static_prefix = "mlflow";
  EXPECT_EQ(TrackingService::Start(options).status().code(), StatusCode::kInvalidArgument);
}

TEST(TrackingServiceTest, OpensNoDatabaseForArtifactsOnly) {
  const TestFolder folder;
  const TrackingServiceOptions options{
      .tracking = {.database_uri = "sqlite:///" + folder.Path("mlflow.db"),
                   .artifacts_only = true}};
  EXPECT_TRUE(TrackingService::Start(options).ok());
  EXPECT_FALSE(FileSystem::System().Exists(folder.Path("mlflow.db")));
}

TEST(TrackingServiceTest, ArtifactsLieOnThisMachine) {
  const TestFolder folder;
  TrackingServiceOptions options{
      .tracking = {.database_uri = "sqlite:///" + folder.Path("mlflow.db"),
                   .artifact_destination = "file://" + folder.Path("a%20b")}};
  EXPECT_TRUE(TrackingService::Start(options).ok());
  options.tracking.artifact_destination = "gs://bucket/x";
  EXPECT_NE(TrackingService::Start(options).status().message().find("--artifacts-destination"),
            std::string::npos);
}

TEST(TrackingServiceTest, ADatabaseThatIsNoneIsRefused) {
  EXPECT_EQ(TrackingService::Start({.tracking = {.database_uri = "mysql://a/b"}}).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reeve::server
