#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/server/http.h"

namespace reeve::server {

/// How errors look below one path. "/v2" holds for "/v2" and "/v2/…", not for "/v20".
struct ErrorForm {
  std::string prefix;
  ErrorBody body;

  bool HoldsFor(std::string_view path) const;
};

/// {"error":{"code":"not_found","message":"…"}}: the service's own.
std::string ServiceErrorBody(int status, std::string_view code, std::string_view message);
/// {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"…"}: MLflow's clients read the code, which
/// follows from the status.
std::string MlflowErrorBody(int status, std::string_view code, std::string_view message);
/// {"error":"…"}: the Open Inference Protocol's.
std::string InferenceProtocolErrorBody(int status, std::string_view code, std::string_view message);

/// MLflow's form below /invocations, /api and /ajax-api, the protocol's below /v2; elsewhere the
/// service's own.
std::vector<ErrorForm> DefaultErrorForms();
/// The one of them that holds for `path`.
ErrorBody DefaultErrorForm(std::string_view path);

}  // namespace reeve::server
