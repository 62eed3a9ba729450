#include "reeve/server/artifacts/artifact_error.h"

#include <nlohmann/json.hpp>

namespace reeve::server {

namespace {

struct Form {
  int status;
  const char* code;
};

Form FormOf(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kInvalidData:
      return {400, "INVALID_PARAMETER_VALUE"};
    case StatusCode::kNotFound:
      return {404, "RESOURCE_DOES_NOT_EXIST"};
    case StatusCode::kAlreadyExists:
      return {409, "RESOURCE_CONFLICT"};
    case StatusCode::kUnavailable:
      return {503, "TEMPORARILY_UNAVAILABLE"};
    default:
      return {500, "INTERNAL_ERROR"};
  }
}

}  // namespace

void RefuseArtifact(const Status& status, Response& response, bool disk_full) {
  const Form form = disk_full ? Form{507, "INTERNAL_ERROR"} : FormOf(status.code());
  nlohmann::ordered_json json;
  json["error_code"] = form.code;
  json["message"] = status.message();
  for (const auto& fix : status.fixes()) {
    json["message"] = json["message"].get<std::string>() + "; " + fix;
  }
  response.status = form.status;
  response.content_type = "application/json";
  response.file.reset();
  // Messages may hold pieces of requests, which need not be UTF-8.
  response.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace reeve::server
