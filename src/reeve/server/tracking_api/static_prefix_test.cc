#include "reeve/server/tracking_api/static_prefix.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(StaticPrefixTest, IsAPathOfPlainNames) {
  for (const char* prefix : {"", "/mlflow", "/a/b-c.d_e~1"})
    EXPECT_TRUE(CheckStaticPrefix(prefix).ok()) << prefix;
  for (const char* prefix :
       {"mlflow", "/", "/mlflow/", "//mlflow", "/a//b", "/..", "/a/.", "/{a}", "/a b", "/a%20b"})
    EXPECT_EQ(CheckStaticPrefix(prefix).code(), StatusCode::kInvalidArgument) << prefix;
}

TEST(StaticPrefixTest, MovesRoutesAndLeavesTheirLabels) {
  std::vector<Route> routes = {{.method = "GET", .pattern = "/health"},
                               {.method = "GET", .pattern = "/a/{b}", .label = "a"}};
  AddStaticPrefix("/x", routes);
  EXPECT_EQ(routes[0].pattern, "/x/health");
  EXPECT_EQ(routes[0].label, "/health");
  EXPECT_EQ(routes[1].pattern, "/x/a/{b}");
  EXPECT_EQ(routes[1].label, "a");
}

TEST(StaticPrefixTest, MovesTheFormsOfErrors) {
  EXPECT_EQ(AddStaticPrefix("/x", {{"/api", MlflowErrorBody}})[0].prefix, "/x/api");
}

TEST(StaticPrefixTest, ThePrefixItselfLeadsToThePage) {
  const Route route = RedirectToPrefix("/x");
  Response response;
  route.handle({.method = "GET", .path = "/x", .query = "a=1"}, response);
  EXPECT_EQ(response.status, 308);
  EXPECT_EQ(response.headers[0].second, "/x/?a=1");
}

}  // namespace
}  // namespace reeve::server
