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

std::string SignatureOutputs() {
  return R"([{"type": "string", "name": "prediction", "required": true}, )"
         R"({"type": "double", "name": "probability", "required": true}])";
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
  text += "flavors:\n  reeve:\n    format_version: " + std::to_string(kFormatVersion) +
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
          "\n  outputs: " + Quoted(SignatureOutputs()) + "\n  params: null\n";
  text += "utc_time_created: '" + MlflowTime(info.created_ms) + "'\n";
  return text;
}

}  // namespace reeve::bundle
