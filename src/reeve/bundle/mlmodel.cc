#include "reeve/bundle/mlmodel.h"

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/bundle/checksums.h"

namespace reeve::bundle {
namespace {

// MLflow's column types. Integers that may be missing travel as doubles in a data frame, as MLflow
// itself advises.
std::string MlflowType(const contract::ContractColumn& column) {
  switch (column.type) {
    case ColumnType::kInteger:
      return column.required ? "long" : "double";
    case ColumnType::kReal:
      return "double";
    case ColumnType::kBoolean:
      return "boolean";
    case ColumnType::kDatetime:
      return "datetime";
    case ColumnType::kCategory:
    case ColumnType::kText:
    case ColumnType::kList:
    case ColumnType::kId:
      return "string";
  }
  return "string";
}

// YAML reads JSON's double-quoted strings.
std::string Quoted(const std::string& text) { return DumpJson(Json(text)); }

// MLflow keeps signatures as JSON inside YAML strings.
std::string SignatureInputs(const contract::Contract& contract) {
  Json inputs = Json::array();
  for (const contract::ContractColumn& column : contract.columns) {
    Json input;
    input["type"] = MlflowType(column);
    input["name"] = column.name;
    input["required"] = column.required;
    inputs.push_back(std::move(input));
  }
  return DumpJson(inputs);
}

// The columns that the loader's predict gives, which are the members of `POST /predict/batch`.
std::string SignatureOutputs(const contract::Contract& contract) {
  Json outputs = Json::array();
  const auto add = [&outputs](const char* name, Json output) {
    output["name"] = name;
    output["required"] = true;
    outputs.push_back(std::move(output));
  };
  const bool has_two = contract.classes.size() == 2;
  add("prediction", {{"type", has_two ? "long" : "string"}});
  add("probability", {{"type", "double"}});
  add("label", {{"type", "string"}});
  if (!has_two) add("probabilities", {{"type", "map"}, {"values", {{"type", "double"}}}});
  return DumpJson(outputs);
}

// "2026-03-13 10:30:00.123000", which is what MLflow parses.
std::string MlflowTime(std::int64_t unix_ms) {
  std::string time = FormatIsoMilliseconds(unix_ms);
  time[10] = ' ';
  time.pop_back();
  return time + "000";
}

}  // namespace

std::string MlmodelText(const contract::Contract& contract, const MlflowInfo& info,
                        bool has_native_model, std::uint64_t size_bytes) {
  std::string text;
  if (!info.artifact_uri.empty()) text += "artifact_path: " + Quoted(info.artifact_uri) + "\n";
  // The loader is found among what is installed, never in the bundle. No environment is named
  // either: MLflow would install it by name from a public index.
  text += "flavors:\n  python_function:\n    loader_module: reeve.mlflow\n";
  text += "  reeve:\n    format_version: " + std::to_string(kFormatVersion) +
          "\n    data: model.reeve\n    contract: contract.json\n    pipeline: pipeline.json\n";
  if (has_native_model) text += "    xgboost_model: model.ubj\n";
  text += "mlflow_version: 3.11.1\n";
  if (!info.model_id.empty()) {
    text += "model_id: " + info.model_id + "\nmodel_uuid: " + info.model_id + "\n";
  }
  if (!info.run_id.empty()) text += "run_id: " + info.run_id + "\n";
  text += "model_size_bytes: " + std::to_string(size_bytes) + "\n";
  text += "is_signature_from_type_hint: false\ntype_hint_from_example: false\n";
  text += "signature:\n  inputs: " + Quoted(SignatureInputs(contract)) +
          "\n  outputs: " + Quoted(SignatureOutputs(contract)) + "\n  params: null\n";
  text += "utc_time_created: '" + MlflowTime(info.created_ms) + "'\n";
  return text;
}

}  // namespace reeve::bundle
