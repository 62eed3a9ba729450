#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reeve/tracking/http/server_url.h"
#include "reeve/tracking/rest/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reeve::tracking;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto url = ParseServerUrl("http://" + text);
  if (url.ok() && (url->host.empty() || url->port < 1 || url->base.find('@') != std::string::npos))
    std::abort();
  const auto json = reeve::ParseJson(text);
  if (!json.ok()) return 0;
  (void)RunFromWire(*json);
  (void)InputsFromWire(*json);
  (void)ExperimentFromWire(*json);
  (void)MetricFromWire(*json);
  (void)LoggedModelFromWire(*json);
  (void)IsReadyOnWire(*json);
  (void)VersionFromWire(*json);
  (void)ModelFromWire(*json);
  (void)RegistryEventFromWire(*json);
  return 0;
}
