#include "reeve/server/tracking_api/ui_routes.h"

#include <string_view>
#include <utility>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/server/artifacts/serve_file.h"

namespace reeve::server {
namespace {

// As a part of a page, not as the download that an artifact is.
void ServePart(const Request& request, Response& response, const ArtifactFolder& folder,
               std::string_view path) {
  ServeFile(request, response, folder, path);
  std::erase_if(response.headers,
                [](const auto& header) { return header.first == "Content-Disposition"; });
  // Artifacts that are programs are shown as text; browsers run none that is.
  if (path.ends_with(".js")) response.content_type = "text/javascript; charset=utf-8";
}

// What the pages would show a mistake for, or wait for, when nothing answered.
Route Constant(const char* pattern, const char* answer) {
  Route route{.method = "GET", .pattern = pattern, .role = Role::kRead};
  route.handle = [answer](const Request&, Response& response) { response.body = answer; };
  return route;
}

}  // namespace

Result<std::vector<Route>> UiRoutes(const std::string& folder) {
  const ArtifactFolder pages(AbsolutePath(folder));
  if (!FileSystem::System().Exists(AbsolutePath(folder) + "/index.html")) {
    return Status::NotFound("--ui " + Quote(folder) +
                            ": no index.html in it; expected the folder mlflow/server/js/build of "
                            "an installed MLflow");
  }
  std::vector<Route> routes;
  Route index{.method = "GET", .pattern = "/", .role = Role::kRead};
  index.handle = [pages](const Request& request, Response& response) {
    ServePart(request, response, pages, "index.html");
  };
  routes.push_back(std::move(index));
  Route part{.method = "GET", .pattern = "/static-files/{path...}", .role = Role::kRead};
  part.handle = [pages](const Request& request, Response& response) {
    ServePart(request, response, pages, request.Param("path"));
  };
  routes.push_back(std::move(part));
  // No gateway to language models, and nobody is told what users do.
  routes.push_back(Constant("/ajax-api/2.0/mlflow/gateway-proxy", R"({"endpoints":[]})"));
  routes.push_back(Constant(
      "/ajax-api/3.0/mlflow/ui-telemetry",
      R"({"disable_ui_telemetry":true,"disable_ui_events":[],"ui_rollout_percentage":0})"));
  return routes;
}

}  // namespace reeve::server
