#include "reeve/server/description/openapi.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/openapi_schemas.h"
#include "reeve/server/description/route_docs.h"
#include "reeve/server/description/shell_command.h"

namespace reeve::server {
namespace {

// Names in braces, in their order.
std::vector<std::string> PathNames(std::string_view pattern) {
  std::vector<std::string> names;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos;
       open = pattern.find('{', open + 1)) {
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) break;
    names.emplace_back(pattern.substr(open + 1, close - open - 1));
  }
  return names;
}

std::string PathExample(const ServedModel& model, const std::string& name) {
  return name == "version" ? model.version : model.name;
}

Json QueryParameter(const char* name, const char* description, const char* type) {
  return Json{
      {"name", name}, {"in", "query"}, {"description", description}, {"schema", {{"type", type}}}};
}

Json Parameters(const ServedModel& model, const RouteName& route, const RouteDoc* doc) {
  Json parameters = Json::array();
  for (const std::string& name : PathNames(route.pattern)) {
    parameters.push_back(Json{{"name", name},
                              {"in", "path"},
                              {"required", true},
                              {"schema", {{"type", "string"}}},
                              {"example", PathExample(model, name)}});
  }
  if (doc != nullptr &&
      (doc->answer == AnswerKind::kPrediction || doc->answer == AnswerKind::kBatch)) {
    parameters.push_back(QueryParameter(
        "reasons", "How many `reasons` of each row the answer holds; none when absent", "integer"));
    parameters.back()["schema"]["minimum"] = 0;
  }
  if (doc != nullptr && doc->chooses_model) {
    parameters.push_back(
        QueryParameter("model", "Name of one of several models; the first when absent", "string"));
    parameters.push_back(
        QueryParameter("version", "Version of it; the one served now when absent", "string"));
  }
  return parameters;
}

Json ErrorRef(const char* name) {
  return Json{{"$ref", std::string("#/components/responses/") + name}};
}

// Protocols of others answer errors in their own form, which their own pages describe.
bool HasForeignErrors(const RouteDoc& doc) {
  return doc.body == BodyKind::kInvocations || doc.body == BodyKind::kInfer;
}

Json Responses(const RouteDoc* doc) {
  Json responses;
  if (doc == nullptr) return Json{{"200", {{"description", "It worked"}}}};
  const bool is_accepted = doc->answer == AnswerKind::kFeedback;
  Json good = OpenApiResponse(doc->answer);
  const bool scores = doc->body != BodyKind::kNone && doc->body != BodyKind::kFeedback;
  if (scores)
    good["headers"]["X-Model-Version"] = Json{{"$ref", "#/components/headers/ModelVersion"}};
  responses[is_accepted ? "202" : "200"] = std::move(good);
  const bool takes_body = doc->body != BodyKind::kNone;
  const bool is_foreign = HasForeignErrors(*doc);
  if (takes_body) {
    responses["400"] = is_foreign ? Json{{"description", "Malformed; in the protocol's own form."}}
                                  : ErrorRef("BadRequest");
  }
  if (doc->chooses_model || doc->pattern.find('{') != std::string_view::npos)
    responses["404"] = is_foreign ? Json{{"description", "No such model"}} : ErrorRef("NotFound");
  if (takes_body && !is_foreign) {
    responses["413"] = ErrorRef("TooLarge");
    responses["415"] = ErrorRef("UnsupportedMediaType");
  }
  if (takes_body) responses["429"] = ErrorRef("Overloaded");
  if (doc->answer == AnswerKind::kHealth) {
    responses["503"] = OpenApiResponse(AnswerKind::kHealth);
    responses["503"]["description"] = "It cannot";
  } else if (takes_body || doc->chooses_model) {
    responses["503"] = ErrorRef("NotReady");
  }
  return responses;
}

// The address with this model's name and version in the place of names in braces.
std::string ConcretePath(const ServedModel& model, const std::string& pattern) {
  std::string path = pattern;
  for (const std::string& name : PathNames(pattern)) {
    const std::string placeholder = "{" + name + "}";
    path.replace(path.find(placeholder), placeholder.size(),
                 EncodeQueryValue(PathExample(model, name)));
  }
  return path;
}

std::string CurlCommand(const ServedModel& model, const RouteName& route, const RouteDoc* doc,
                        const CallSite& site) {
  const bool asks = doc != nullptr && doc->chooses_model;
  const std::string address =
      ShellQuote(site.origin + ConcretePath(model, route.pattern) + (asks ? site.model_query : ""));
  if (route.method == "GET" || doc == nullptr)
    return "curl " + (route.method == "GET" ? "" : "-X " + route.method + " ") + address;
  if (doc->body == BodyKind::kCsv)
    return "curl " + address + " \\\n  -H 'Content-Type: text/csv' \\\n  --data-binary @rows.csv";
  const Json body = ExampleBody(model, doc->body);
  if (body.is_null()) return "curl -X " + route.method + " " + address;
  return "curl " + address + " \\\n  -H 'Content-Type: application/json' \\\n  -d " +
         ShellQuote(DumpJson(body));
}

// A name for a route that nobody described: "get_v2_things_name".
std::string MadeUpId(const RouteName& route) {
  std::string id = ToLower(route.method);
  for (const char c : route.pattern) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_plain) {
      id += c;
    } else if (id.back() != '_') {
      id += '_';
    }
  }
  return id;
}

Json Operation(const ServedModel& model, const RouteName& route, const CallSite& site) {
  const RouteDoc* const doc = FindRouteDoc(route.method, route.pattern);
  Json operation;
  operation["operationId"] = doc == nullptr ? MadeUpId(route) : std::string(doc->id);
  if (doc != nullptr) {
    operation["tags"] = Json::array({doc->tag});
    operation["summary"] = doc->summary;
    if (!doc->description.empty()) operation["description"] = doc->description;
  }
  Json parameters = Parameters(model, route, doc);
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (doc != nullptr) {
    Json body = OpenApiRequestBody(model, doc->body);
    if (!body.is_null()) operation["requestBody"] = std::move(body);
  }
  operation["responses"] = Responses(doc);
  operation["x-codeSamples"] =
      Json::array({Json{{"lang", "Shell"}, {"source", CurlCommand(model, route, doc, site)}}});
  return operation;
}

Json Tags(std::span<const RouteName> routes) {
  Json tags = Json::array();
  for (const RouteDoc& doc : RouteDocs()) {
    const bool is_there = std::any_of(routes.begin(), routes.end(), [&](const RouteName& route) {
      return FindRouteDoc(route.method, route.pattern) == &doc;
    });
    const Json tag{{"name", doc.tag}};
    if (is_there && !doc.tag.empty() && std::find(tags.begin(), tags.end(), tag) == tags.end())
      tags.push_back(tag);
  }
  return tags;
}

// Position in the list of descriptions; what is not in it comes last.
std::size_t Place(const RouteName& route) {
  const RouteDoc* const doc = FindRouteDoc(route.method, route.pattern);
  return doc == nullptr ? RouteDocs().size() : static_cast<std::size_t>(doc - RouteDocs().data());
}

}  // namespace

std::vector<RouteName> NamesOf(std::span<const Route> routes) {
  std::vector<RouteName> names;
  for (const Route& route : routes) names.push_back({route.method, route.pattern});
  return names;
}

Json OpenApi(const ServedModel& model, std::span<const RouteName> routes, const CallSite& site) {
  Json document;
  document["openapi"] = "3.1.0";
  document["info"] =
      Json{{"title", model.name},
           {"version", model.version},
           {"description", "Scores rows with " + model.name + " version " + model.version +
                               ": predicts `" + model.contract().target + "` (" +
                               Join(model.contract().classes, ", ") + ")."}};
  document["servers"] = Json::array({Json{{"url", "/"}}});
  document["security"] = Json::array({Json::object(), Json{{"token", Json::array()}}});
  document["tags"] = Tags(routes);
  document["paths"] = Json::object();
  std::vector<RouteName> ordered(routes.begin(), routes.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const RouteName& a, const RouteName& b) { return Place(a) < Place(b); });
  for (const RouteName& route : ordered) {
    const RouteDoc* const doc = FindRouteDoc(route.method, route.pattern);
    if (doc != nullptr && doc->tag.empty()) continue;
    document["paths"][route.pattern][ToLower(route.method)] = Operation(model, route, site);
  }
  document["components"] = OpenApiComponents(model);
  return document;
}

std::vector<std::string> UndescribedRoutes(std::span<const RouteName> routes) {
  std::vector<std::string> undescribed;
  for (const RouteName& route : routes) {
    if (FindRouteDoc(route.method, route.pattern) == nullptr)
      undescribed.push_back(route.method + " " + route.pattern);
  }
  return undescribed;
}

}  // namespace reeve::server
