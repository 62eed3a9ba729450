#include "reeve/server/tracking_api/static_prefix.h"

#include <algorithm>
#include <string_view>

#include "reeve/base/text.h"

namespace reeve::server {
namespace {

// RFC 3986's unreserved characters: what is the same in a path as it comes and decoded.
bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

bool IsName(const std::string& text) {
  return !text.empty() && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), IsPlain);
}

}  // namespace

Status CheckStaticPrefix(const std::string& prefix) {
  if (prefix.empty()) return Status::Ok();
  const std::vector<std::string> names = Split(std::string_view(prefix).substr(1), '/');
  if (prefix[0] == '/' && std::all_of(names.begin(), names.end(), IsName)) return Status::Ok();
  return Status::InvalidArgument("--static-prefix is " + Quote(prefix, 60) +
                                 ", expected a path such as /mlflow: a slash at its beginning and "
                                 "none at its end, names of letters, digits, \"-\", \".\", \"_\"");
}

void AddStaticPrefix(const std::string& prefix, std::vector<Route>& routes) {
  if (prefix.empty()) return;
  for (Route& route : routes) {
    if (route.label.empty()) route.label = route.pattern;
    route.pattern = prefix + route.pattern;
  }
}

std::vector<ErrorForm> AddStaticPrefix(const std::string& prefix, std::vector<ErrorForm> forms) {
  for (ErrorForm& form : forms) form.prefix = prefix + form.prefix;
  return forms;
}

Route RedirectToPrefix(const std::string& prefix) {
  Route route{.method = "GET", .pattern = prefix, .role = Role::kPublic};
  route.handle = [prefix](const Request& request, Response& response) {
    response.status = 308;
    response.content_type = "text/plain; charset=utf-8";
    const std::string query = request.query.empty() ? "" : "?" + std::string(request.query);
    response.headers.emplace_back("Location", prefix + "/" + query);
  };
  return route;
}

}  // namespace reeve::server
