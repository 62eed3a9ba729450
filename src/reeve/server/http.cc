#include "reeve/server/http.h"

#include "reeve/base/text.h"
namespace reeve::server {
std::string_view Request::Header(std::string_view name) const {
  for (auto& [k, v] : headers)
    if (ToLower(k) == ToLower(name)) return v;
  return {};
}
std::string_view Request::Param(std::string_view name) const {
  for (auto& [k, v] : path_params)
    if (k == name) return v;
  return {};
}
}  // namespace reeve::server
