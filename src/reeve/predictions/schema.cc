#include "reeve/predictions/schema.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"

namespace reeve::predictions {

std::string EncodeSchema(const Schema& schema) {
  return DumpJson(Json{{"schema", schema.id},
                       {"model", schema.model},
                       {"version", schema.version},
                       {"contract", contract::ToJson(schema.contract)}});
}

Result<Schema> DecodeSchema(std::string_view payload) {
  REEVE_ASSIGN_OR_RETURN(const Json json, ParseJson(payload));
  if (!json.is_object()) return Status::Corrupt("a model's description is no JSON object");
  Schema schema;
  REEVE_ASSIGN_OR_RETURN(const std::int64_t id, JsonInteger(json, "schema"));
  if (id < 0 || id > UINT32_MAX) return Status::Corrupt("a model's number is out of range");
  schema.id = static_cast<std::uint32_t>(id);
  REEVE_ASSIGN_OR_RETURN(schema.model, JsonString(json, "model"));
  REEVE_ASSIGN_OR_RETURN(schema.version, JsonString(json, "version"));
  REEVE_ASSIGN_OR_RETURN(const Json* contract, JsonMember(json, "contract"));
  REEVE_ASSIGN_OR_RETURN(schema.contract, contract::ContractFromJson(*contract));
  if (schema.contract.classes.empty())
    return Status::Corrupt("a model's description has no classes");
  return schema;
}

contract::Contract LeanContract(const contract::Contract& contract) {
  contract::Contract lean = contract;
  for (contract::ContractColumn& column : lean.columns) {
    column.minimum.reset();
    column.maximum.reset();
    column.categories.clear();
    column.categories.shrink_to_fit();
  }
  return lean;
}

bool SameLayout(const contract::Contract& a, const contract::Contract& b) {
  return a.classes == b.classes && a.positive == b.positive && a.target == b.target &&
         a.missing_texts == b.missing_texts &&
         std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                    [](const contract::ContractColumn& x, const contract::ContractColumn& y) {
                      return x.name == y.name && x.type == y.type &&
                             x.number_format == y.number_format && x.date_format == y.date_format &&
                             x.stray_texts == y.stray_texts && x.required == y.required;
                    });
}

}  // namespace reeve::predictions
