#include "reeve/server/tracking_api/graphql_routes.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/server/artifacts/artifact_folder.h"

namespace reeve::server {
namespace {

class GraphqlRoutesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto api = mlflow::Api::Open({.database_uri = "sqlite:///" + folder_.Path("mlflow.db")});
    ASSERT_TRUE(api.ok()) << api.status().message();
    api_ = std::move(*api);
    routes_ = GraphqlRoutes(*api_, places_);
  }

  Response Ask(const std::string& method, std::string_view body, std::string_view query = "",
               std::string_view content_type = "application/json") {
    Request request{.method = method, .path = "/graphql", .query = query, .body = body};
    if (!content_type.empty()) request.headers.emplace_back("Content-Type", content_type);
    Response response;
    for (const Route& route : routes_) {
      if (route.method == method) route.handle(request, response);
    }
    return response;
  }

  TestFolder folder_;
  ArtifactPlaces places_{std::make_shared<ArtifactFolder>(folder_.Path("artifacts")), {}};
  std::unique_ptr<mlflow::Api> api_;
  std::vector<Route> routes_;
};

constexpr std::string_view kEcho = R"({"data":{"test":{"output":"a"}},"errors":null})";

TEST_F(GraphqlRoutesTest, AnswersBodiesAndQueries) {
  EXPECT_EQ(Ask("POST", R"({"query":"{test(inputString:\"a\"){output}}"})").body, kEcho);
  EXPECT_EQ(Ask("GET", "",
                "query=query%20Q($s:String)%7Btest(inputString:$s)%7Boutput%7D%7D&operationName=Q"
                "&variables=%7B%22s%22:%22a%22%7D",
                "")
                .body,
            kEcho);
}

TEST_F(GraphqlRoutesTest, RefusesWhatIsNoQuestion) {
  EXPECT_EQ(Ask("POST", R"({"query":"{__typename}"})", "", "text/plain").status, 400);
  EXPECT_EQ(Ask("POST", "{}").status, 400);
  EXPECT_EQ(Ask("GET", "").status, 400);
  const Response response = Ask("POST", R"({"query":"{"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"data":null,"errors":["Syntax Error: Expected Name, found <EOF>."]})");
}

TEST_F(GraphqlRoutesTest, ListsWhatLiesOnDisk) {
  {
    const auto database = api_->context().pool.Write();
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)
                    ->Run("INSERT INTO runs (run_uuid, name, source_type, source_name, "
                          "entry_point_name, user_id, status, start_time, source_version, "
                          "lifecycle_stage, artifact_uri, experiment_id) VALUES ('r1', 'r', "
                          "'UNKNOWN', '', '', '', 'RUNNING', 1, '', 'active', "
                          "'mlflow-artifacts:/0/r1/artifacts', 0)")
                    .ok());
  }
  const ArtifactFolder folder(folder_.Path("artifacts/0/r1/artifacts"));
  ASSERT_TRUE(folder.Put("a.txt", "abcd").ok());
  EXPECT_EQ(Ask("POST",
                R"({"query":"{mlflowListArtifacts(input:{runId:\"r1\"}){files{path fileSize}}}"})")
                .body,
            R"({"data":{"mlflowListArtifacts":{"files":[{"path":"a.txt","fileSize":"4"}]}},)"
            R"("errors":null})");
}

}  // namespace
}  // namespace reeve::server
