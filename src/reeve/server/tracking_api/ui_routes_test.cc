#include "reeve/server/tracking_api/ui_routes.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/server/artifacts/artifact_folder.h"

namespace reeve::server {
namespace {

class UiRoutesTest : public ::testing::Test {
 protected:
  Response Get(const std::string& pattern, const std::string& path = "") {
    auto routes = UiRoutes(folder_.Path());
    EXPECT_TRUE(routes.ok()) << routes.status().message();
    Response response;
    Request request{.method = "GET"};
    request.path_params.emplace_back("path", path);
    for (const Route& route : *routes) {
      if (route.pattern == pattern) route.handle(request, response);
    }
    return response;
  }

  static bool IsDownload(const Response& response) {
    for (const auto& header : response.headers) {
      if (header.first == "Content-Disposition") return true;
    }
    return false;
  }

  TestFolder folder_;
};

TEST_F(UiRoutesTest, ServesPagesAndTheirParts) {
  const ArtifactFolder pages(folder_.Path());
  ASSERT_TRUE(pages.Put("index.html", "<!doctype html>").ok());
  ASSERT_TRUE(pages.Put("static/js/main.js", "1").ok());
  const Response index = Get("/");
  EXPECT_EQ(index.status, 200);
  EXPECT_TRUE(index.content_type.starts_with("text/html")) << index.content_type;
  EXPECT_FALSE(IsDownload(index));
  const Response script = Get("/static-files/{path...}", "static/js/main.js");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_FALSE(IsDownload(script));
  EXPECT_EQ(Get("/ajax-api/2.0/mlflow/gateway-proxy").body, R"({"endpoints":[]})");
  EXPECT_EQ(Get("/static-files/{path...}", "none.js").status, 404);
  EXPECT_EQ(Get("/static-files/{path...}", "../index.html").status, 400);
}

TEST_F(UiRoutesTest, AFolderWithoutPagesIsRefused) {
  EXPECT_EQ(UiRoutes(folder_.Path()).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reeve::server
