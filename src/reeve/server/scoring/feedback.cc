#include "reeve/server/scoring/feedback.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/server/scoring/json_body.h"
#include "reeve/server/scoring/predict.h"

namespace reeve::server {
namespace {

constexpr std::size_t kMostIdBytes = 256;

// A label, before it is kept.
struct Given {
  std::string request_id, key, label;
  std::int64_t row = 0;
};

// Labels and keys may come as numbers or booleans: as the CSV file would spell them.
std::optional<std::string> ScalarText(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>() ? "true" : "false";
  if (json.is_number()) return FormatNumber(json.get<double>());
  return std::nullopt;
}

Status ReadText(const Json& object, const char* member, std::string& text) {
  const auto it = object.find(member);
  if (it == object.end() || it->is_null()) return Status::Ok();
  const auto value = ScalarText(*it);
  if (!value || value->empty() || value->size() > kMostIdBytes) {
    return Status::InvalidData("\"" + std::string(member) + "\" is " + Quote(DumpJson(*it), 60) +
                               ", expected a text of at most " + std::to_string(kMostIdBytes) +
                               " bytes");
  }
  text = *value;
  return Status::Ok();
}

Status ReadClass(const Json& object, const contract::Contract& contract, std::string& label) {
  if (!object.contains("label")) return Status::InvalidData("\"label\" is missing");
  const auto text = ScalarText(object["label"]);
  const std::vector<std::string>& classes = contract.classes;
  label = text ? std::string(Trim(*text)) : std::string();
  if (std::find(classes.begin(), classes.end(), label) != classes.end()) return Status::Ok();
  // What /predict calls 1 and 0.
  if (classes.size() == 2 && (label == "0" || label == "1")) {
    label = classes[label == "1" ? 1 : 0];
    return Status::Ok();
  }
  return Status::InvalidData("\"label\" is " + Quote(DumpJson(object["label"]), 60) +
                             ", which is no class of the model." + Suggest(label, classes));
}

Result<Given> ReadLabel(const Json& object, const contract::Contract& contract) {
  Given given;
  if (!object.is_object()) return Status::InvalidData("a label is no object");
  REEVE_RETURN_IF_ERROR(ReadText(object, "request_id", given.request_id));
  REEVE_RETURN_IF_ERROR(ReadText(object, "key", given.key));
  if (given.request_id.empty() == given.key.empty())
    return Status::InvalidData("expected \"request_id\" or \"key\" of the prediction, one of them");
  if (object.contains("row")) {
    const Json& row = object["row"];
    if (!row.is_number_integer() || row.get<std::int64_t>() < 0)
      return Status::InvalidData("\"row\" is no row number, expected an integer from 0 on");
    given.row = row.get<std::int64_t>();
  }
  REEVE_RETURN_IF_ERROR(ReadClass(object, contract, given.label));
  return given;
}

Result<std::vector<Given>> ReadLabels(const Json& body, const ScoringContext& context,
                                      const contract::Contract& contract) {
  std::vector<Given> labels;
  if (!body.is_object()) return Status::InvalidData("the body is no JSON object");
  if (!body.contains("labels")) {
    REEVE_ASSIGN_OR_RETURN(Given label, ReadLabel(body, contract));
    labels.push_back(std::move(label));
    return labels;
  }
  const Json& list = body["labels"];
  if (!list.is_array() || static_cast<std::int64_t>(list.size()) > context.max_rows) {
    return Status::InvalidData("\"labels\" is no array of at most " +
                               std::to_string(context.max_rows) + " labels");
  }
  for (const Json& element : list) {
    Result<Given> label = ReadLabel(element, contract);
    if (!label.ok())
      return std::move(label).status().WithContext("label " + std::to_string(labels.size()));
    labels.push_back(std::move(label).value());
  }
  return labels;
}

void TakeFeedback(const ScoringContext& context, const Request& request, Response& response) {
  if (!TakesJson(request, response)) return;
  const auto model = RequestedModel(context, request, response);
  if (!model) return;
  if (context.log == nullptr) {
    return AnswerError(409, "no_prediction_log",
                       "this service keeps no predictions, so labels have nothing to belong to; "
                       "start it without --no-predictions",
                       response);
  }
  const Result<Json> body = ParseJson(request.body);
  if (!body.ok()) return AnswerError(400, "invalid_json", body.status().message(), response);
  const auto labels = ReadLabels(*body, context, model->contract());
  if (!labels.ok()) return AnswerError(400, "invalid_label", labels.status().message(), response);
  for (const Given& label : *labels) {
    context.log->AppendLabel({.request_id = label.request_id,
                              .key = label.key,
                              .row = label.row,
                              .label = label.label,
                              .time_ms = context.clock->NowMs(),
                              .model = model->name});
  }
  const auto count = static_cast<std::int64_t>(labels->size());
  if (context.metrics != nullptr) context.metrics->OnLabels(count);
  response.status = 202;
  response.body = "{\"accepted\":" + std::to_string(count) + "}";
}

}  // namespace

std::vector<Route> FeedbackRoutes(const ScoringContext& context) {
  return {{.method = "POST",
           .pattern = "/feedback",
           .handle = [&context](const Request& request,
                                Response& response) { TakeFeedback(context, request, response); },
           .open = {}}};
}

}  // namespace reeve::server
