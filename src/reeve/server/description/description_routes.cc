#include "reeve/server/description/description_routes.h"

#include <functional>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/server/description/docs_page.h"
#include "reeve/server/description/form_answer.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/form_page.h"
#include "reeve/server/description/model_info.h"
#include "reeve/server/description/openapi.h"
#include "reeve/server/description/static_files.h"
#include "reeve/server/scoring/predict.h"

namespace reeve::server {
namespace {

using Handler = std::function<void(const Request&, Response&)>;

Route Get(std::string pattern, Role role, Handler handle) {
  return {.method = "GET",
          .pattern = std::move(pattern),
          .handle = std::move(handle),
          .open = {},
          .role = role};
}

void AnswerJson(const Json& json, Response& response) {
  response.content_type = "application/json";
  response.body = DumpJson(json) + "\n";
}

// Answers what `tell` says of the model that the request names.
Handler ForModel(const ScoringContext& context, std::function<Json(const ServedModel&)> tell) {
  return [&context, tell = std::move(tell)](const Request& request, Response& response) {
    const auto model = RequestedModel(context, request, response);
    if (model == nullptr) return;
    response.headers.emplace_back("X-Model-Version", model->version);
    AnswerJson(tell(*model), response);
  };
}

void AnswerModelByName(const ScoringContext& context, const Request& request, Response& response) {
  const std::string_view name = request.Param("name");
  const auto model = context.models->Find(name, "");
  if (model == nullptr) {
    return AnswerError(404, "no_such_model",
                       "model " + Quote(name) + " is not served here; GET /models lists what is",
                       response);
  }
  response.headers.emplace_back("X-Model-Version", model->version);
  AnswerJson(ModelInfo(*model), response);
}

void AnswerFile(std::string_view name, const Request& request, Response& response) {
  for (const StaticFile& file : StaticFiles()) {
    if (file.name != name) continue;
    response.content_type = file.content_type;
    response.body = file.bytes;
    const bool is_versioned = FindValue(ParseFormData(request.query), "v") == file.version;
    response.headers.emplace_back(
        "Cache-Control", is_versioned ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return;
  }
  AnswerError(404, "not_found", "there is no file " + Quote(name), response);
}

// How calls that a page shows reach the model that the page is about.
CallSite SiteOf(const ScoringContext& context, const Request& request, const ServedModel& model) {
  std::string wanted = QueryValue(request.query, "model");
  if (context.models->Find("", "") == nullptr) wanted = model.name;
  return {.origin = OriginOf(request),
          .model_query = wanted.empty() ? "" : "?model=" + EncodeQueryValue(wanted)};
}

void AnswerDocs(const ScoringContext& context, const std::vector<RouteName>& names,
                const Request& request, Response& response) {
  const auto model = ShownModel(context, request, response);
  if (model == nullptr) return;
  const CallSite site = SiteOf(context, request, *model);
  response.content_type = "text/html; charset=utf-8";
  response.body =
      RenderDocs(OpenApi(*model, names, site), site.model_query, FormAddress(context.form_path));
  AddPageHeaders(response);
}

std::vector<Route> ModelRoutes(const ScoringContext& context) {
  std::vector<Route> routes;
  routes.push_back(Get("/model", Role::kRead, ForModel(context, ModelInfo)));
  routes.push_back(Get("/model/contract", Role::kRead, ForModel(context, ModelContract)));
  routes.push_back(Get("/model/metrics", Role::kRead, ForModel(context, ModelScores)));
  routes.push_back(Get("/models", Role::kRead, [&context](const Request&, Response& response) {
    AnswerJson(ModelList(*context.models), response);
  }));
  routes.push_back(
      Get("/models/{name}", Role::kRead, [&context](const Request& request, Response& response) {
        AnswerModelByName(context, request, response);
      }));
  return routes;
}

std::vector<Route> PageRoutes(const ScoringContext& context) {
  std::vector<Route> routes;
  routes.push_back(
      Get(context.form_path, Role::kScore, [&context](const Request& request, Response& response) {
        ShowForm(context, request, response);
      }));
  routes.push_back(
      {.method = "POST",
       .pattern = context.form_path,
       .handle = [&context](const Request& request,
                            Response& response) { AnswerForm(context, request, response); },
       .takes_long = Always,
       .open = {}});
  // What every page needs says nothing of the model.
  routes.push_back(
      Get("/favicon.ico", Role::kPublic, [](const Request& request, Response& response) {
        AnswerFile("icon.svg", request, response);
      }));
  routes.push_back(
      Get("/assets/{name}", Role::kPublic, [](const Request& request, Response& response) {
        AnswerFile(request.Param("name"), request, response);
      }));
  return routes;
}

}  // namespace

std::vector<Route> DescriptionRoutes(const ScoringContext& context, std::span<const Route> others) {
  std::vector<Route> routes = ModelRoutes(context);
  for (Route& route : PageRoutes(context)) routes.push_back(std::move(route));
  // Shared by two handlers, which live as long as the service.
  const auto names = std::make_shared<std::vector<RouteName>>();
  routes.push_back(
      Get("/docs", Role::kRead, [&context, names](const Request& request, Response& response) {
        AnswerDocs(context, *names, request, response);
      }));
  routes.push_back(Get(
      "/openapi.json", Role::kRead, [&context, names](const Request& request, Response& response) {
        const auto model = RequestedModel(context, request, response);
        if (model == nullptr) return;
        AnswerJson(OpenApi(*model, *names, SiteOf(context, request, *model)), response);
      }));
  *names = NamesOf(others);
  for (RouteName& name : NamesOf(routes)) names->push_back(std::move(name));
  return routes;
}

}  // namespace reeve::server
