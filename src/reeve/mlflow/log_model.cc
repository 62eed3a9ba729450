#include "reeve/mlflow/log_model.h"

#include <string>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/mlflow/run_tags.h"
#include "reeve/mlflow/runs.h"

namespace reeve::mlflow {
namespace {

constexpr const char* kHistoryTag = "mlflow.log-model.history";

// With blanks behind "," and ":" and letters beyond ASCII escaped, as MLflow writes the tag, which
// its clients compare as a text.
void AppendSpaced(const Json& json, std::string& out) {
  if (!json.is_structured() || json.empty()) {
    out += json.dump(-1, ' ', true, Json::error_handler_t::replace);
    return;
  }
  out += json.is_object() ? '{' : '[';
  bool is_first = true;
  for (const auto& [key, value] : json.items()) {
    if (!is_first) out += ", ";
    is_first = false;
    if (json.is_object()) out += Json(key).dump(-1, ' ', true) + ": ";
    AppendSpaced(value, out);
  }
  out += json.is_object() ? '}' : ']';
}

Result<Json> ReadModel(const std::string& text) {
  Result<Json> model = ParseJson(text);
  if (!model.ok() || !model->is_object()) {
    return Status::InvalidArgument("Malformed model info. \n " + text + " \n is not a valid JSON.");
  }
  std::string missing;
  for (const char* const field : {"artifact_path", "flavors", "utc_time_created", "run_id"}) {
    if (model->contains(field)) continue;
    missing += (missing.empty() ? "'" : ", '") + std::string(field) + "'";
  }
  if (missing.empty()) return model;
  return Status::InvalidArgument("Model json is missing mandatory fields: {" + missing + "}");
}

// What the tag keeps of it: flavours without their settings.
Json ToEntry(const Json& model) {
  Json entry = Json::object();
  for (const char* const field : {"run_id", "artifact_path", "utc_time_created", "model_uuid"}) {
    if (model.contains(field)) entry[field] = model[field];
  }
  Json flavors = Json::object();
  if (model["flavors"].is_object()) {
    for (const auto& [name, flavor] : model["flavors"].items()) {
      flavors[name] = flavor;
      if (flavor.is_object()) flavors[name].erase("config");
    }
  }
  entry["flavors"] = std::move(flavors);
  return entry;
}

// A tag that is no list, whoever wrote it, is begun anew.
Result<Json> ReadHistory(sql::Database& database, const std::string& run_id) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT value FROM tags WHERE run_uuid = ? AND key = ?",
                                          run_id, kHistoryTag));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return Json::array();
  Result<Json> history = ParseJson(row.View(0));
  return history.ok() && history->is_array() ? std::move(*history) : Json::array();
}

Status LogModel(const Context& context, const Request& request, std::string& answer) {
  const std::string run_id = request.Text("run_id");
  REEVE_ASSIGN_OR_RETURN(const Json model, ReadModel(request.Text("model_json")));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(ReadActiveRun(*database, run_id).status());
  REEVE_ASSIGN_OR_RETURN(Json history, ReadHistory(*database, run_id));
  history.push_back(ToEntry(model));
  std::string text;
  AppendSpaced(history, text);
  REEVE_RETURN_IF_ERROR(WriteRunTags(*database, run_id, {{kHistoryTag, text}}));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> LogModelEndpoints() {
  using enum FieldType;
  return {{"POST",
           "/runs/log-model",
           {{"run_id", kText, true}, {"model_json", kText, true}},
           LogModel}};
}

}  // namespace reeve::mlflow
