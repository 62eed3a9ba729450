#include "reeve/server/artifacts/artifact_routes.h"

#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/server/artifacts/artifact_error.h"
#include "reeve/server/artifacts/multipart_routes.h"
#include "reeve/server/artifacts/parted_uploads.h"
#include "reeve/server/artifacts/serve_file.h"
#include "reeve/server/artifacts/upload_stream.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/slow_calls.h"

namespace reeve::server {

namespace {

using Repository = std::shared_ptr<const ArtifactRepository>;

class ArtifactStream final : public UploadStream {
 public:
  ArtifactStream(std::unique_ptr<ArtifactUpload> upload, bool is_remote)
      : upload_(std::move(upload)), is_remote_(is_remote) {}
  bool EndTakesLong() const override { return is_remote_; }

 private:
  Status Write(std::string_view bytes) override { return upload_->Write(bytes); }
  Status Finish() override { return upload_->Publish(); }
  bool disk_full() const override { return upload_->disk_full(); }

  const std::unique_ptr<ArtifactUpload> upload_;
  const bool is_remote_;
};

std::unique_ptr<BodyStream> OpenUpload(const Request& request, const ArtifactRepository& repository,
                                       Response& response) {
  auto upload = repository.Upload(request.Param("path"), AnnouncedLength(request).value_or(0));
  if (upload.ok()) {
    return std::make_unique<ArtifactStream>(std::move(upload).value(), repository.is_remote());
  }
  // Unavailable is the disk, when there is no room.
  RefuseArtifact(upload.status(), response, upload.status().code() == StatusCode::kUnavailable);
  return nullptr;
}

void Delete(const Request& request, const ArtifactRepository& repository, Response& response) {
  response.body = "{}";
  const Status status = repository.Delete(request.Param("path"));
  if (!status.ok()) RefuseArtifact(status, response);
}

// Names without their folders: the client puts them together.
void List(const Request& request, const ArtifactRepository& repository, Response& response) {
  const auto query = ParseFormData(request.query);
  const auto entries = repository.List(FindValue(query, "path").value_or(""));
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

// How long MLflow's server lets such addresses hold.
constexpr int kAddressSeconds = 300;

void Presign(const Request& request, const ArtifactRepository& repository, Response& response) {
  const auto address = repository.AddressOf(request.Param("path"), kAddressSeconds);
  if (!address.ok()) return RefuseArtifact(address.status(), response);
  if (!*address) {
    response.status = 501;
    response.body =
        R"({"error_code":"NOT_IMPLEMENTED","message":"Multipart download is not supported for the current artifact repository"})";
    return;
  }
  nlohmann::ordered_json answer;
  answer["url"] = (*address)->url;
  answer["headers"] = nlohmann::json::object();
  answer["file_size"] = (*address)->size;
  response.body = answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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

Route UploadRoute(std::string pattern, Role role, const Repository& repository) {
  Route route;
  route.method = "PUT";
  route.pattern = std::move(pattern);
  route.role = role;
  route.open = [repository](const Request& request, Response& response) {
    return OpenUpload(request, *repository, response);
  };
  return route;
}

void AppendRoutes(const ArtifactRouteOptions& options, const std::string& prefix,
                  const std::shared_ptr<PartedUploads>& uploads, std::vector<Route>& routes) {
  const Repository& repository = options.repository;
  const auto add = [&](const char* method, const std::string& pattern, Role role, auto answer) {
    routes.push_back(Handled(method, prefix + pattern, role,
                             [repository, answer](const Request& request, Response& response) {
                               answer(request, *repository, response);
                             }));
    if (repository->is_remote()) routes.back().takes_long = Always;
  };
  routes.push_back(UploadRoute(prefix + "/artifacts/{path...}", options.write_role, repository));
  add("GET", "/artifacts/{path...}", options.read_role,
      [](const Request& request, const ArtifactRepository& from, Response& response) {
        ServeFile(request, response, from, request.Param("path"));
      });
  add("GET", "/presigned/{path...}", options.read_role, Presign);
  // Folders of any size are deleted and listed; the transport sends files in pieces.
  add("DELETE", "/artifacts/{path...}", options.write_role, Delete);
  routes.back().takes_long = Always;
  add("GET", "/artifacts", options.read_role, List);
  if (!repository->is_remote()) MoveWhenSlow(routes.back());
  for (auto& route : MultipartRoutes(options, prefix, uploads)) routes.push_back(std::move(route));
}

}  // namespace

std::vector<Route> ArtifactRoutes(const ArtifactRouteOptions& options) {
  const auto uploads = options.repository->NewPartedUploads();
  std::vector<Route> routes;
  for (const char* prefix : {"/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"}) {
    AppendRoutes(options, prefix, uploads, routes);
  }
  return routes;
}

}  // namespace reeve::server
