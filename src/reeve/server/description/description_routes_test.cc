#include "reeve/server/description/description_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/server/description/openapi.h"
#include "reeve/server/description/static_files.h"
#include "reeve/server/description/test_small_models.h"
#include "reeve/server/health.h"
#include "reeve/server/scoring/csv_stream.h"
#include "reeve/server/scoring/feedback.h"
#include "reeve/server/scoring/invocations.h"
#include "reeve/server/scoring/predict.h"
#include "reeve/server/scoring/v2.h"

namespace reeve::server {
namespace {

class DescriptionRoutesTest : public testing::Test {
 protected:
  DescriptionRoutesTest() : service_({MakeSmallModel(), MakeSmallModel({.name = "cars"})}) {
    others_ = PredictRoutes(service_.context());
    for (Route& route : HealthRoutes(service_.context(), {.is_ready = [] { return true; }}))
      others_.push_back(std::move(route));
    for (Route& route : FeedbackRoutes(service_.context())) others_.push_back(std::move(route));
    for (Route& route : InvocationsRoutes(service_.context())) others_.push_back(std::move(route));
    for (Route& route : V2Routes(service_.context(), [] { return true; }))
      others_.push_back(std::move(route));
    others_.push_back(CsvRoute(service_.context()));
    routes_ = DescriptionRoutes(service_.context(), others_);
  }

  Response Get(const std::string& pattern, std::string_view query = "",
               std::string_view name = "") {
    Response response;
    for (const Route& route : routes_) {
      if (route.method != "GET" || route.pattern != pattern) continue;
      Request request{.method = "GET", .path = pattern, .query = query};
      if (!name.empty()) request.path_params.emplace_back("name", name);
      route.handle(request, response);
      return response;
    }
    ADD_FAILURE() << "no route " << pattern;
    return response;
  }

  SmallService service_;
  std::vector<Route> others_, routes_;
};

TEST_F(DescriptionRoutesTest, EveryRouteIsDescribed) {
  std::vector<RouteName> names = NamesOf(others_);
  names.push_back({"GET", "/metrics"});
  for (RouteName& name : NamesOf(routes_)) names.push_back(std::move(name));
  EXPECT_THAT(UndescribedRoutes(names), testing::IsEmpty())
      << "add an entry to kDocs in route_docs.cc";
}

TEST_F(DescriptionRoutesTest, TheDescriptionHoldsOwnAndOtherRoutes) {
  const Json paths = Json::parse(Get("/openapi.json").body)["paths"];
  for (const char* const path : {"/predict", "/predict/batch", "/health", "/feedback", "/model",
                                 "/model/contract", "/models/{name}", "/", "/docs"})
    EXPECT_TRUE(paths.contains(path)) << path;
  EXPECT_FALSE(paths.contains("/favicon.ico"));
}

TEST_F(DescriptionRoutesTest, ModelsAreChosenByQueryOrPath) {
  EXPECT_EQ(Json::parse(Get("/model").body)["name"], "loans");
  EXPECT_EQ(Json::parse(Get("/model", "model=cars").body)["name"], "cars");
  EXPECT_EQ(Json::parse(Get("/models/{name}", "", "cars").body)["name"], "cars");
  EXPECT_EQ(Get("/models/{name}", "", "houses").status, 404);
  EXPECT_EQ(Get("/model/metrics", "model=houses").status, 404);
  EXPECT_EQ(Json::parse(Get("/models").body)["models"].size(), 2u);
  EXPECT_THAT(Get("/model").headers, testing::Contains(testing::Pair("X-Model-Version", "3")));
}

TEST_F(DescriptionRoutesTest, ContractAndScoresComeAsInTheBundle) {
  EXPECT_EQ(Json::parse(Get("/model/contract").body)["columns"][0]["name"], "score");
  EXPECT_EQ(Json::parse(Get("/model/metrics").body)["test"]["auc"], 0.9983);
}

TEST_F(DescriptionRoutesTest, FilesOfThePagesMayBeKeptByTheirVersion) {
  const std::string address = StaticFileAddress("page.css");
  const Response versioned =
      Get("/assets/{name}", address.substr(address.find('?') + 1), "page.css");
  EXPECT_EQ(versioned.content_type, "text/css; charset=utf-8");
  EXPECT_THAT(versioned.headers,
              testing::Contains(testing::Pair("Cache-Control", testing::HasSubstr("immutable"))));
  EXPECT_THAT(Get("/assets/{name}", "v=old", "page.css").headers,
              testing::Contains(testing::Pair("Cache-Control", "no-cache")));
  EXPECT_EQ(Get("/assets/{name}", "", "../http.cc").status, 404);
  EXPECT_EQ(Get("/favicon.ico").content_type, "image/svg+xml");
}

TEST_F(DescriptionRoutesTest, ThePagesLoadOnlyFilesThatAreThere) {
  for (const char* const page : {"/", "/docs"}) {
    const std::string html = Get(page).body;
    std::size_t count = 0;
    for (std::size_t at = html.find("\"assets/"); at != std::string::npos;
         at = html.find("\"assets/", at + 1)) {
      const std::size_t begin = at + 8;
      EXPECT_EQ(Get("/assets/{name}", "", html.substr(begin, html.find('?', at) - begin)).status,
                200);
      ++count;
    }
    EXPECT_EQ(count, 3u) << page;
  }
}

}  // namespace
}  // namespace reeve::server
