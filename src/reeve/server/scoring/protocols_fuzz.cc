// Any bytes as the body of /invocations and of a V2 inference request: nothing may crash, and every
// answer must be JSON with a status that fits it.

#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/server/scoring/invocations.h"
#include "reeve/server/scoring/test_service.h"
#include "reeve/server/scoring/v2.h"

namespace {

using namespace reeve;

void Check(const server::Response& response, std::size_t json_bytes) {
  const auto json = ParseJson(std::string_view(response.body).substr(0, json_bytes));
  if (!json.ok()) std::abort();
  const bool is_error = json->contains("error") || json->contains("error_code");
  if (is_error != (response.status >= 400)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static server::TestService service;
  static const auto invocations = server::InvocationsRoutes(service.context);
  static const auto v2 = server::V2Routes(service.context, [] { return true; });
  if (size < 2) return 0;
  // The first bytes: the length of the JSON before binary tensors, 0 for none.
  const std::size_t length = data[0] * 256U + data[1];
  const std::string body(reinterpret_cast<const char*>(data) + 2, size - 2);
  for (const char* type : {"application/json", "text/csv"}) {
    const server::Response response = server::TestService::Call(
        invocations, "POST", "/invocations",
        server::TestService::MakeRequest("/invocations", {{"Content-Type", type}}), body);
    Check(response, response.body.size());
  }
  server::Request request = server::TestService::MakeRequest("/v2/models/loans/infer");
  request.path_params = {{"model", "loans"}};
  const std::string header = std::to_string(length);
  if (length > 0) request.headers = {{"Inference-Header-Content-Length", header}};
  const server::Response response =
      server::TestService::Call(v2, "POST", "/v2/models/{model}/infer", request, body);
  std::size_t json_bytes = response.body.size();
  for (const auto& [name, value] : response.headers) {
    if (name == "Inference-Header-Content-Length") json_bytes = std::stoul(value);
  }
  Check(response, json_bytes);
  return 0;
}
