#include "reeve/server/error_form.h"

#include <nlohmann/json.hpp>

namespace reeve::server {

namespace {

// Messages may hold pieces of requests, which need not be UTF-8.
std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view MlflowCode(int status) {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "ENDPOINT_NOT_FOUND";
    case 429:
      return "REQUEST_LIMIT_EXCEEDED";
    case 500:
      return "INTERNAL_ERROR";
    case 503:
      return "TEMPORARILY_UNAVAILABLE";
    default:
      return "BAD_REQUEST";
  }
}

}  // namespace

std::string ServiceErrorBody(int /*status*/, std::string_view code, std::string_view message) {
  nlohmann::ordered_json json;
  json["error"]["code"] = code;
  json["error"]["message"] = message;
  return Dump(json);
}

std::string MlflowErrorBody(int status, std::string_view /*code*/, std::string_view message) {
  nlohmann::ordered_json json;
  json["error_code"] = MlflowCode(status);
  json["message"] = message;
  return Dump(json);
}

std::string InferenceProtocolErrorBody(int /*status*/, std::string_view /*code*/,
                                       std::string_view message) {
  nlohmann::ordered_json json;
  json["error"] = message;
  return Dump(json);
}

std::vector<ErrorForm> DefaultErrorForms() {
  return {{"/invocations", MlflowErrorBody},
          {"/api", MlflowErrorBody},
          {"/ajax-api", MlflowErrorBody},
          {"/v2", InferenceProtocolErrorBody}};
}

bool ErrorForm::HoldsFor(std::string_view path) const {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

ErrorBody DefaultErrorForm(std::string_view path) {
  for (ErrorForm& form : DefaultErrorForms()) {
    if (form.HoldsFor(path)) return std::move(form.body);
  }
  return ServiceErrorBody;
}

}  // namespace reeve::server
