#include "reeve/server/tracking_api/artifact_lookups.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "reeve/mlflow/json_writer.h"
#include "reeve/mlflow/logged_models.h"
#include "reeve/mlflow/model_version.h"
#include "reeve/mlflow/registry_names.h"
#include "reeve/mlflow/runs.h"
#include "reeve/server/artifacts/artifact_error.h"
#include "reeve/server/artifacts/artifact_path.h"
#include "reeve/server/artifacts/serve_file.h"

namespace reeve::server {
namespace {

using mlflow::Field;
using mlflow::FieldType;

constexpr std::size_t kMostUpload = 10u << 20;

// Where the artifacts lie that a request is about.
using Locate = std::function<Result<std::string>(sql::Database&, const mlflow::Request&)>;

Result<std::string> RunLocation(sql::Database& database, const mlflow::Request& fields) {
  REEVE_ASSIGN_OR_RETURN(const mlflow::Run run,
                         mlflow::ReadRunInfo(database, fields.Text("run_id")));
  return run.artifact_uri;
}

Result<std::string> ModelLocation(sql::Database& database, const mlflow::Request& fields) {
  const auto id = fields.path.find("model_id");
  REEVE_ASSIGN_OR_RETURN(
      const mlflow::LoggedModel model,
      mlflow::ReadLoggedModel(database, id == fields.path.end() ? std::string() : id->second));
  return model.artifact_location;
}

Result<std::string> VersionLocation(sql::Database& database, const mlflow::Request& fields) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t number, mlflow::ParseVersion(fields.Text("version")));
  REEVE_ASSIGN_OR_RETURN(const mlflow::ModelVersion version,
                         mlflow::ReadBareModelVersion(database, fields.Text("name"), number));
  return mlflow::DownloadUri(version);
}

Result<mlflow::Request> ReadFields(const Request& request, const std::vector<Field>& fields) {
  REEVE_ASSIGN_OR_RETURN(mlflow::Request read, mlflow::Request::FromQuery(request.query, fields));
  REEVE_RETURN_IF_ERROR(read.Check(fields));
  for (const auto& [name, value] : request.path_params) read.path.emplace(name, value);
  return read;
}

struct Found {
  std::string location;
  std::shared_ptr<const ArtifactRepository> artifacts;
};

Result<Found> Find(const mlflow::Api& api, const ArtifactPlaces& places, const Locate& locate,
                   const mlflow::Request& fields) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, api.context().pool.Read());
  REEVE_ASSIGN_OR_RETURN(std::string location, locate(*database, fields));
  REEVE_ASSIGN_OR_RETURN(auto artifacts, places.Find(location));
  return Found{.location = std::move(location), .artifacts = std::move(artifacts)};
}

void WriteListing(const std::string& root_uri, const std::vector<ArtifactEntry>& entries,
                  std::string& answer) {
  mlflow::JsonWriter writer(answer);
  writer.BeginObject();
  writer.Member("root_uri", root_uri);
  if (!entries.empty()) {
    writer.Key("files");
    writer.BeginArray();
    for (const ArtifactEntry& entry : entries) {
      writer.BeginObject();
      writer.Member("path", entry.path);
      writer.BoolMember("is_dir", entry.is_dir);
      if (entry.size > 0) writer.IntegerMember("file_size", static_cast<std::int64_t>(entry.size));
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
}

// What lies in the folder that the field `path` names.
Status List(const mlflow::Api& api, const ArtifactPlaces& places, const Locate& locate,
            const mlflow::Request& fields, const char* path, std::string& answer) {
  const std::string asked = fields.Text(path);
  // Before the look-up: what is malformed is refused whether or not the run is there.
  REEVE_RETURN_IF_ERROR(SafeArtifactPath(asked).status());
  REEVE_ASSIGN_OR_RETURN(const Found found, Find(api, places, locate, fields));
  REEVE_ASSIGN_OR_RETURN(const auto entries, found.artifacts->List(asked));
  WriteListing(found.location, entries, answer);
  return Status::Ok();
}

// GET `pattern`: what lies in the folder that the field `path` names.
Route ListRoute(const mlflow::Api& api, const ArtifactPlaces& places, std::string pattern,
                Field path, std::vector<Field> more, Locate locate) {
  Route route{.method = "GET", .pattern = std::move(pattern), .role = Role::kRead};
  std::vector<Field> fields = std::move(more);
  fields.push_back(path);
  route.handle = [&api, &places, path, fields, locate](const Request& request, Response& response) {
    const auto list = [&]() -> Status {
      REEVE_ASSIGN_OR_RETURN(const mlflow::Request read, ReadFields(request, fields));
      return List(api, places, locate, read, path.name, response.body);
    };
    if (const Status status = list(); !status.ok()) RefuseArtifact(status, response);
  };
  return route;
}

// GET `pattern`: the file that the field `path` names.
Route DownloadRoute(const mlflow::Api& api, const ArtifactPlaces& places, std::string pattern,
                    Field path, std::vector<Field> more, Locate locate) {
  Route route{.method = "GET", .pattern = std::move(pattern), .role = Role::kRead};
  std::vector<Field> fields = std::move(more);
  fields.push_back(path);
  route.handle = [&api, &places, path, fields, locate](const Request& request, Response& response) {
    const auto serve = [&]() -> Status {
      REEVE_ASSIGN_OR_RETURN(const mlflow::Request read, ReadFields(request, fields));
      REEVE_RETURN_IF_ERROR(SafeArtifactPath(read.Text(path.name)).status());
      REEVE_ASSIGN_OR_RETURN(const Found found, Find(api, places, locate, read));
      ServeFile(request, response, *found.artifacts, read.Text(path.name));
      return Status::Ok();
    };
    if (const Status status = serve(); !status.ok()) RefuseArtifact(status, response);
  };
  return route;
}

Status Upload(const mlflow::Api& api, const ArtifactPlaces& places, const Request& request) {
  REEVE_ASSIGN_OR_RETURN(const mlflow::Request read,
                         mlflow::Request::FromQuery(request.query, {{"run_id"}, {"path"}}));
  if (read.Text("run_id").empty()) return Status::InvalidArgument("Request must specify run_uuid.");
  if (read.Text("path").empty()) return Status::InvalidArgument("Request must specify path.");
  if (request.body.size() > kMostUpload)
    return Status::InvalidArgument("Artifact size is too large. Max size is 10MB.");
  if (request.body.empty()) return Status::InvalidArgument("Request must specify data.");
  REEVE_ASSIGN_OR_RETURN(const Found found, Find(api, places, RunLocation, read));
  return found.artifacts->Put(read.Text("path"), request.body);
}

Route UploadRoute(const mlflow::Api& api, const ArtifactPlaces& places) {
  Route route{
      .method = "POST", .pattern = "/ajax-api/2.0/mlflow/upload-artifact", .role = Role::kWrite};
  route.handle = [&api, &places](const Request& request, Response& response) {
    if (const Status status = Upload(api, places, request); !status.ok())
      RefuseArtifact(status, response);
  };
  return route;
}

}  // namespace

Status ListRunArtifacts(const mlflow::Api& api, const ArtifactPlaces& places,
                        const mlflow::Request& fields, std::string& answer) {
  return List(api, places, RunLocation, fields, "path", answer);
}

std::vector<Route> ArtifactLookupRoutes(const mlflow::Api& api, const ArtifactPlaces& places) {
  const Field run_id = {"run_id", FieldType::kText, true};
  const Field path = {"path", FieldType::kText, true};
  std::vector<Route> routes;
  // The second slash is that of clients that append the path to an address which ends with one.
  for (const std::string slash : {"/", "//"}) {
    routes.push_back(
        DownloadRoute(api, places, slash + "get-artifact", path, {run_id}, RunLocation));
    routes.push_back(DownloadRoute(
        api, places, slash + "model-versions/get-artifact", path,
        {{"name", FieldType::kText, true}, {"version", FieldType::kText, true}}, VersionLocation));
  }
  for (const std::string prefix : {"/api/2.0/mlflow", "/ajax-api/2.0/mlflow"}) {
    const std::string model = prefix + "/logged-models/{model_id}/artifacts";
    routes.push_back(
        ListRoute(api, places, prefix + "/artifacts/list", {"path"}, {run_id}, RunLocation));
    routes.push_back(ListRoute(api, places, model + "/directories", {"artifact_directory_path"}, {},
                               ModelLocation));
    routes.push_back(DownloadRoute(api, places, model + "/files",
                                   {"artifact_file_path", FieldType::kText, true}, {},
                                   ModelLocation));
  }
  routes.push_back(UploadRoute(api, places));
  if (places.proxied()->is_remote()) {
    for (Route& route : routes) route.takes_long = Always;
  }
  return routes;
}

}  // namespace reeve::server
