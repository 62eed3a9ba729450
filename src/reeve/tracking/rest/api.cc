#include "reeve/tracking/rest/api.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr std::int64_t kPageRows = 200;
// A server that never ends its pages would keep us for good.
constexpr int kMostPages = 10'000;

const char* VerbName(Verb verb) {
  switch (verb) {
    case Verb::kGet:
      return "GET";
    case Verb::kPost:
      return "POST";
    case Verb::kPatch:
      return "PATCH";
    case Verb::kDelete:
      return "DELETE";
  }
  return "";
}

void AddToQuery(const std::string& key, const Json& value, std::string& query) {
  query += query.empty() ? '?' : '&';
  query += EscapeUrl(key) + "=" +
           EscapeUrl(value.is_string() ? value.get<std::string>() : DumpJson(value));
}

std::string ToQuery(const Json& fields) {
  std::string query;
  for (const auto& [key, value] : fields.items()) {
    if (!value.is_array()) {
      AddToQuery(key, value, query);
      continue;
    }
    for (const Json& element : value) AddToQuery(key, element, query);
  }
  return query;
}

// A member that is a text, else "".
std::string Text(const Json& object, const char* member) {
  const auto it = object.find(member);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

StatusCode CodeOf(const std::string& error_code) {
  if (error_code == "RESOURCE_DOES_NOT_EXIST") return StatusCode::kNotFound;
  if (error_code == "RESOURCE_ALREADY_EXISTS") return StatusCode::kAlreadyExists;
  if (error_code == "INVALID_PARAMETER_VALUE" || error_code == "BAD_REQUEST")
    return StatusCode::kInvalidArgument;
  return StatusCode::kUnavailable;
}

}  // namespace

Status Api::Failure(const HttpAnswer& answer, const std::string& what) const {
  const std::string where = "tracking server " + Quote(server().base, 400);
  if (answer.status == 401 || answer.status == 403) {
    return Status::Unavailable(where + " refuses " + what + " with " +
                               std::to_string(answer.status) +
                               (answer.status == 401 ? ": it does not know who asks"
                                                     : ": who asks may not do that"))
        .WithFix("export MLFLOW_TRACKING_USERNAME=… MLFLOW_TRACKING_PASSWORD=…")
        .WithFix("or: export MLFLOW_TRACKING_TOKEN=…");
  }
  if (answer.status >= 300 && answer.status < 400) {
    return Status::Unavailable(where + " answers " + what +
                               " with a redirect, which is not followed")
        .WithFix("name the address it redirects to with --tracking-uri");
  }
  const Result<Json> json = ParseJson(answer.body);
  const std::string error_code = json.ok() && json->is_object() ? Text(*json, "error_code") : "";
  if (error_code.empty()) {
    return Status::Unavailable(where + " answers " + what + " with " +
                               std::to_string(answer.status) +
                               ", which is not how an MLflow server answers");
  }
  const StatusCode code = CodeOf(error_code);
  const std::string message = Quote(Text(*json, "message"), 300);
  if (code != StatusCode::kUnavailable) return {code, where + " says " + message};
  return Status::Unavailable(where + " answers " + what + " with " + std::to_string(answer.status) +
                             " " + Quote(error_code) + ": " + message);
}

Result<Json> Api::Send(const HttpRequest& request, const std::string& what, bool* is_unknown) {
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, http_->Send(request, is_unknown));
  if (answer.status != 200) {
    Status failure = Failure(answer, what);
    // What the first try deleted is not there for the second.
    const bool is_gone =
        request.method == "DELETE" && answer.tried > 0 && failure.code() == StatusCode::kNotFound;
    if (!is_gone) return failure;
    return Json::object();
  }
  // Some calls have nothing to say.
  Result<Json> json = answer.body.empty() ? Result<Json>(Json::object()) : ParseJson(answer.body);
  if (json.ok() && json->is_object()) return json;
  return Status::Unavailable("tracking server " + Quote(server().base, 400) + " answers " + what +
                             " with something that is no JSON object, which is not how an MLflow "
                             "server answers")
      .WithFix("check the address: is it that of the MLflow server, with its prefix?");
}

Result<Json> Api::Call(Verb verb, const std::string& path, const Json& fields) {
  const std::string place = path.starts_with('/') ? path : "/mlflow/" + path;
  HttpRequest request{.method = VerbName(verb), .path = "/api/2.0" + place};
  const std::string what = request.method + " " + request.path;
  if (verb == Verb::kGet) {
    request.path += ToQuery(fields);
  } else {
    request.body = DumpJson(fields);
  }
  return Send(request, what, nullptr);
}

Result<Json> Api::Make(const std::string& path, const Json& fields, const Look& look) {
  const HttpRequest request{.method = "POST",
                            .path = "/api/2.0/mlflow/" + path,
                            .body = DumpJson(fields),
                            .is_repeatable = false};
  for (int tried = 0;; ++tried) {
    bool is_unknown = false;
    Result<Json> made = Send(request, "POST " + request.path, &is_unknown);
    if (!is_unknown || !WaitForNext(tried, 0, http_->retry())) return made;
    REEVE_ASSIGN_OR_RETURN(std::optional<Json> found, look());
    if (found) return std::move(*found);
  }
}

Result<std::vector<Json>> Api::CallForAll(Verb verb, const std::string& path, Json fields,
                                          const std::string& member, std::int64_t most) {
  std::vector<Json> all;
  for (int page = 0; page < kMostPages; ++page) {
    const std::int64_t wanted = most - static_cast<std::int64_t>(all.size());
    if (wanted <= 0) return all;
    fields["max_results"] = std::min(wanted, kPageRows);
    REEVE_ASSIGN_OR_RETURN(Json answer, Call(verb, path, fields));
    if (const auto elements = answer.find(member); elements != answer.end()) {
      for (Json& element : *elements) {
        if (static_cast<std::int64_t>(all.size()) < most) all.push_back(std::move(element));
      }
    }
    std::string token = Text(answer, "next_page_token");
    if (token.empty()) return all;
    if (token == Text(fields, "page_token")) break;
    fields["page_token"] = std::move(token);
  }
  return Status::Unavailable("tracking server " + Quote(server().base, 400) + " gives " + path +
                             " in pages without end");
}

}  // namespace reeve::tracking
