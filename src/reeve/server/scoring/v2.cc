#include "reeve/server/scoring/v2.h"

#include <simdjson.h>

#include "reeve/base/text.h"
#include "reeve/server/scoring/json_document.h"
#include "reeve/server/scoring/v2_request.h"

namespace reeve::server {
namespace {

namespace dom = simdjson::dom;

void AnswerV2Error(const Refusal& refusal, Response& response) {
  response.status = refusal.status;
  response.content_type = "application/json";
  response.body = "{\"error\":";
  AppendJsonText(refusal.message, response.body);
  response.body += '}';
}

// The model of the path; null when it is not served here, which `response` then says.
std::shared_ptr<const ServedModel> PathModel(const ScoringContext& context, const Request& request,
                                             Response& response) {
  const std::string_view name = request.Param("model");
  const std::string_view version = request.Param("version");
  auto model = context.models->Find(name, version);
  if (model != nullptr) {
    response.headers.emplace_back("X-Model-Version", model->version);
    return model;
  }
  const std::string message = "model " + Quote(name) +
                              (version.empty() ? "" : " version " + Quote(version)) +
                              " is not served here; GET /v2/models tells which are";
  AnswerV2Error({404, message}, response);
  return nullptr;
}

// What a client best sends for a column. Only floating tensors have a word for missing values.
std::string_view DatatypeOf(const contract::ContractColumn& column) {
  switch (column.type) {
    case ColumnType::kInteger:
      return column.required ? "INT64" : "FP64";
    case ColumnType::kReal:
      return "FP64";
    case ColumnType::kBoolean:
      return column.required ? "BOOL" : "BYTES";
    default:
      return "BYTES";
  }
}

void AppendTensorInfo(std::string_view name, std::string_view datatype, std::string_view shape,
                      std::string& out) {
  out += "{\"name\":";
  AppendJsonText(name, out);
  out += ",\"datatype\":\"";
  out += datatype;
  out += "\",\"shape\":";
  out += shape;
  out += '}';
}

void AnswerMetadata(const ScoringContext& context, const ServedModel& model, Response& response) {
  std::string& out = response.body;
  out = "{\"name\":";
  AppendJsonText(model.name, out);
  out += ",\"versions\":[";
  bool first = true;
  for (const std::string& version : context.models->Versions(model.name)) {
    if (!first) out += ',';
    first = false;
    AppendJsonText(version, out);
  }
  out += "],\"platform\":\"reeve_";
  out += model.scorer->model().kind();
  out += "\",\"inputs\":[";
  first = true;
  for (const contract::ContractColumn& column : model.contract().columns) {
    if (!first) out += ',';
    first = false;
    AppendTensorInfo(column.name, DatatypeOf(column), "[-1,1]", out);
  }
  out += "],\"outputs\":[";
  first = true;
  for (const V2OutputInfo& output : V2Outputs(model)) {
    if (!first) out += ',';
    first = false;
    AppendTensorInfo(output.name, output.datatype,
                     output.has_columns ? "[-1," + std::to_string(output.columns) + "]" : "[-1]",
                     out);
  }
  out += "]}";
}

// Writes an answer: JSON, and behind it the tensors that were asked for as bytes.
class V2Answer {
 public:
  V2Answer(const ServedModel& model, const ScoringDesk& desk)
      : model_(model), scores_(desk.scores), rows_(static_cast<std::size_t>(desk.rows.rows())) {}

  void Write(const V2Request& request, const std::vector<RowWarning>& warnings,
             Response& response) {
    std::string& out = response.body;
    out = "{\"model_name\":";
    AppendJsonText(model_.name, out);
    out += ",\"model_version\":";
    AppendJsonText(model_.version, out);
    if (request.has_id) {
      out += ",\"id\":";
      AppendJsonText(request.id, out);
    }
    AppendWarningsParameter(warnings, out);
    out += ",\"outputs\":[";
    bool any_binary = false;
    for (std::size_t i = 0; i < request.outputs.size(); ++i) {
      if (i > 0) out += ',';
      AppendTensor(request.outputs[i], out);
      any_binary |= request.outputs[i].is_binary;
    }
    out += "]}";
    if (!any_binary) return;
    response.content_type = "application/octet-stream";
    response.headers.emplace_back("Inference-Header-Content-Length", std::to_string(out.size()));
    out += binary_;
  }

 private:
  // Parameters hold texts, numbers and booleans only: the warnings as one text.
  static void AppendWarningsParameter(const std::vector<RowWarning>& warnings, std::string& out) {
    if (warnings.empty()) return;
    std::string text;
    for (const RowWarning& warning : warnings) {
      if (!text.empty()) text += "; ";
      text += "row " + std::to_string(warning.row) + ", " + std::string(warning.field) + ": " +
              std::string(warning.code);
      if (warning.value != "null") text += " " + warning.value;
    }
    out += ",\"parameters\":{\"warnings\":";
    AppendJsonText(text, out);
    out += '}';
  }

  void AppendTensor(const V2Request::Wanted& wanted, std::string& out) {
    out += "{\"name\":\"";
    out += wanted.info.name;
    out += "\",\"datatype\":\"";
    out += wanted.info.datatype;
    out += "\",\"shape\":[" + std::to_string(rows_);
    if (wanted.info.has_columns) out += "," + std::to_string(wanted.info.columns);
    if (wanted.is_binary) {
      const std::size_t before = binary_.size();
      AppendElements(wanted, binary_);
      out += "],\"parameters\":{\"binary_data_size\":" + std::to_string(binary_.size() - before);
      out += "}}";
      return;
    }
    out += "],\"data\":[";
    AppendElements(wanted, out);
    out += "]}";
  }

  void AppendElements(const V2Request::Wanted& wanted, std::string& out) const {
    const std::vector<std::string>& classes = model_.contract().classes;
    for (std::size_t row = 0; row < rows_; ++row) {
      const auto predicted = static_cast<std::size_t>(scores_.predicted[row]);
      const double* const probabilities = scores_.probabilities.data() + row * classes.size();
      switch (wanted.info.output) {
        case V2Output::kLabel:
          Append(std::string_view(classes[predicted]), wanted.is_binary, out);
          break;
        case V2Output::kProbability:
          Append(probabilities[model_.is_binary() ? 1 : predicted], wanted.is_binary, out);
          break;
        case V2Output::kPrediction:
          Append(static_cast<std::int64_t>(predicted), wanted.is_binary, out);
          break;
        case V2Output::kProbabilities:
          for (std::size_t k = 0; k < classes.size(); ++k)
            Append(probabilities[k], wanted.is_binary, out);
          break;
      }
    }
    if (!wanted.is_binary && out.back() == ',') out.pop_back();
  }

  template <typename T>
  static void Append(T value, bool is_binary, std::string& out) {
    if (is_binary) return AppendBinary(value, out);
    if constexpr (std::is_same_v<T, double>) {
      AppendJsonNumber(value, out);
    } else if constexpr (std::is_same_v<T, std::string_view>) {
      AppendJsonText(value, out);
    } else {
      out += std::to_string(value);
    }
    out += ',';
  }

  const ServedModel& model_;
  const inference::RowScores& scores_;
  const std::size_t rows_;
  std::string binary_;
};

Refusal Infer(const ScoringContext& context, const ServedModel& model, const Request& request,
              Response& response) {
  ScoringDesk& desk = ScoringDesk::OfThread();
  desk.rows.Begin(model.contract());
  V2Request read;
  REEVE_RETURN_IF_REFUSED(ReadV2Request(context, model, request, desk.rows, read));
  const bool any = desk.rows.rows() > 0;
  if (any && !ScoreRows(context, model, request, desk))
    return Refusal::BadRequest(ProblemsText(desk.rows.problems()));
  V2Answer(model, desk)
      .Write(read, any ? Warnings(model, desk) : std::vector<RowWarning>(), response);
  return {};
}

// [{"name","version","state","reason"}] of every version that can be asked for.
Refusal AnswerIndex(const ScoringContext& context, const Request& request, Response& response) {
  // {"ready":true} asks for those that are ready only, which all of them are.
  if (!Trim(request.body).empty()) {
    dom::element root, ready;
    REEVE_RETURN_IF_REFUSED(ParseJson(request.body, context.max_depth, root));
    if (!root.is_object())
      return Refusal::BadRequest("the body is " + std::string(JsonKind(root)) +
                                 ", expected {\"ready\":true} or nothing");
    if (root["ready"].get(ready) == simdjson::SUCCESS && !ready.is_bool())
      return Refusal::BadRequest("ready is " + std::string(JsonKind(ready)) +
                                 ", expected true or false");
  }
  std::string& out = response.body;
  out = "[";
  for (const auto& model : context.models->List()) {
    for (const std::string& version : context.models->Versions(model->name)) {
      out += out.size() > 1 ? ",{\"name\":" : "{\"name\":";
      AppendJsonText(model->name, out);
      out += ",\"version\":";
      AppendJsonText(version, out);
      out += ",\"state\":\"READY\",\"reason\":\"\"}";
    }
  }
  out += ']';
  return {};
}

void AnswerModels(const ScoringContext& context, Response& response) {
  std::string& out = response.body;
  out = "{\"models\":[";
  for (const auto& model : context.models->List()) {
    if (out.back() != '[') out += ',';
    AppendJsonText(model->name, out);
  }
  out += "]}";
}

class RouteList {
 public:
  void Get(std::string pattern, Role role, std::function<void(const Request&, Response&)> handle) {
    routes_.push_back({.method = "GET",
                       .pattern = std::move(pattern),
                       .handle = std::move(handle),
                       .role = role});
  }
  void Post(std::string pattern, Role role, std::function<void(const Request&, Response&)> handle) {
    routes_.push_back({.method = "POST",
                       .pattern = std::move(pattern),
                       .handle = std::move(handle),
                       .role = role});
  }
  std::vector<Route> Take() { return std::move(routes_); }

 private:
  std::vector<Route> routes_;
};

void AddModelRoutes(const ScoringContext& context, const std::string& model_path,
                    RouteList& routes) {
  routes.Get(model_path, Role::kScore, [&context](const Request& request, Response& response) {
    if (const auto model = PathModel(context, request, response))
      AnswerMetadata(context, *model, response);
  });
  routes.Get(model_path + "/ready", Role::kPublic,
             [&context](const Request& request, Response& response) {
               const auto model = PathModel(context, request, response);
               if (model == nullptr) return;
               response.body = "{\"name\":";
               AppendJsonText(model->name, response.body);
               response.body += ",\"ready\":true}";
             });
  routes.Post(model_path + "/infer", Role::kScore,
              [&context](const Request& request, Response& response) {
                const auto model = PathModel(context, request, response);
                if (model == nullptr) return;
                const Refusal refusal = Infer(context, *model, request, response);
                if (!refusal.ok()) AnswerV2Error(refusal, response);
              });
}

}  // namespace

std::vector<Route> V2Routes(const ScoringContext& context, std::function<bool()> is_ready) {
  RouteList routes;
  routes.Get("/v2", Role::kPublic, [](const Request&, Response& response) {
    response.body = "{\"name\":\"reeve\",\"version\":\"" REEVE_VERSION
                    "\",\"extensions\":[\"binary_tensor_data\"]}";
  });
  routes.Get("/v2/health/live", Role::kPublic,
             [](const Request&, Response& response) { response.body = "{\"live\":true}"; });
  routes.Get("/v2/health/ready", Role::kPublic,
             [is_ready = std::move(is_ready)](const Request&, Response& response) {
               const bool ready = is_ready();
               if (!ready) response.status = 503;
               response.body = ready ? "{\"ready\":true}" : "{\"ready\":false}";
             });
  routes.Get("/v2/models", Role::kScore,
             [&context](const Request&, Response& response) { AnswerModels(context, response); });
  routes.Post("/v2/repository/index", Role::kScore,
              [&context](const Request& request, Response& response) {
                const Refusal refusal = AnswerIndex(context, request, response);
                if (!refusal.ok()) AnswerV2Error(refusal, response);
              });
  for (const char* path : {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"})
    AddModelRoutes(context, path, routes);
  return routes.Take();
}

}  // namespace reeve::server
