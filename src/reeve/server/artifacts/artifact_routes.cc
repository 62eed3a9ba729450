#include "reeve/server/artifacts/artifact_routes.h"

#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/server/artifacts/artifact_error.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/server/artifacts/multipart_routes.h"
#include "reeve/server/artifacts/multipart_uploads.h"
#include "reeve/server/artifacts/serve_file.h"
#include "reeve/server/artifacts/upload_stream.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/slow_calls.h"

namespace reeve::server {

namespace {

class FileStream final : public UploadStream {
 public:
  explicit FileStream(std::unique_ptr<StagedFile> file) : file_(std::move(file)) {}

 private:
  Status Write(std::string_view bytes) override {
    REEVE_RETURN_IF_ERROR(file_->Write(written_, bytes));
    written_ += bytes.size();
    return Status::Ok();
  }
  Status Finish() override { return file_->Publish(); }
  bool disk_full() const override { return file_->disk_full(); }

  const std::unique_ptr<StagedFile> file_;
  std::uint64_t written_ = 0;
};

std::unique_ptr<BodyStream> OpenUpload(const Request& request, const ArtifactFolder& folder,
                                       Response& response) {
  auto file = folder.Stage(request.Param("path"), AnnouncedLength(request).value_or(0));
  if (file.ok()) return std::make_unique<FileStream>(std::move(file).value());
  // Unavailable is the disk, when there is no room.
  RefuseArtifact(file.status(), response, file.status().code() == StatusCode::kUnavailable);
  return nullptr;
}

void Delete(const Request& request, const ArtifactFolder& folder, Response& response) {
  response.body = "{}";
  const Status status = folder.Delete(request.Param("path"));
  if (!status.ok()) RefuseArtifact(status, response);
}

// Names without their folders: the client puts them together.
void List(const Request& request, const ArtifactFolder& folder, Response& response) {
  const auto query = ParseFormData(request.query);
  const auto entries = folder.List(FindValue(query, "path").value_or(""));
  if (!entries.ok()) return RefuseArtifact(entries.status(), response);
  auto answer = nlohmann::ordered_json::object();
  for (const auto& entry : *entries) {
    nlohmann::ordered_json file;
    file["path"] = BaseName(entry.path);
    file["is_dir"] = entry.is_dir;
    if (entry.size > 0) file["file_size"] = entry.size;
    answer["files"].push_back(std::move(file));
  }
  response.body = answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void RefusePresigned(Response& response) {
  response.status = 501;
  response.body =
      R"({"error_code":"NOT_IMPLEMENTED","message":"Multipart download is not supported for the current artifact repository"})";
}

Route Handled(std::string method, std::string pattern, Role role,
              std::function<void(const Request&, Response&)> handle) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.role = role;
  route.handle = std::move(handle);
  return route;
}

Route UploadRoute(std::string pattern, Role role, const ArtifactFolder& folder) {
  Route route;
  route.method = "PUT";
  route.pattern = std::move(pattern);
  route.role = role;
  route.open = [folder](const Request& request, Response& response) {
    return OpenUpload(request, folder, response);
  };
  return route;
}

void AppendRoutes(const ArtifactRouteOptions& options, const std::string& prefix,
                  const std::shared_ptr<MultipartUploads>& uploads, std::vector<Route>& routes) {
  const ArtifactFolder folder(options.root);
  const std::string file = prefix + "/artifacts/{path...}";
  routes.push_back(UploadRoute(file, options.write_role, folder));
  routes.push_back(
      Handled("GET", file, options.read_role, [folder](const Request& request, Response& response) {
        ServeFile(request, response, folder, request.Param("path"));
      }));
  routes.push_back(Handled(
      "DELETE", file, options.write_role,
      [folder](const Request& request, Response& response) { Delete(request, folder, response); }));
  // Folders of any size are deleted and listed; the transport sends files in pieces.
  routes.back().takes_long = Always;
  routes.push_back(Handled(
      "GET", prefix + "/artifacts", options.read_role,
      [folder](const Request& request, Response& response) { List(request, folder, response); }));
  MoveWhenSlow(routes.back());
  routes.push_back(Handled("GET", prefix + "/presigned/{path...}", options.read_role,
                           [](const Request&, Response& response) { RefusePresigned(response); }));
  for (auto& route : MultipartRoutes(options, prefix, uploads)) routes.push_back(std::move(route));
}

}  // namespace

std::vector<Route> ArtifactRoutes(const ArtifactRouteOptions& options) {
  const auto uploads = std::make_shared<MultipartUploads>(ArtifactFolder(options.root));
  std::vector<Route> routes;
  for (const char* prefix : {"/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"}) {
    AppendRoutes(options, prefix, uploads, routes);
  }
  return routes;
}

}  // namespace reeve::server
