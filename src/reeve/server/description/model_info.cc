#include "reeve/server/description/model_info.h"

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/contract/contract.h"

namespace reeve::server {
namespace {

// Categories that /model shows of a column; /model/contract has all of them.
constexpr std::size_t kShownCategories = 50;

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// A bundle's own document was checked when it was read; an empty object for one made by hand.
Json Document(const std::string& text) {
  Result<Json> json = ParseJson(text);
  return json.ok() && json->is_object() ? std::move(*json) : Json::object();
}

Json MemberOrNull(const Json& object, const char* member) {
  const auto it = object.find(member);
  return it == object.end() ? Json(nullptr) : *it;
}

Json Feature(const contract::ContractColumn& column) {
  Json json;
  json["name"] = column.name;
  json["type"] = std::string(ColumnTypeName(column.type));
  json["required"] = column.required;
  if (column.minimum) json["minimum"] = *column.minimum;
  if (column.maximum) json["maximum"] = *column.maximum;
  if (column.type == ColumnType::kCategory) {
    json["category_count"] = column.categories.size();
    json["categories"] = Json::array();
    for (const auto& [category, rows] : column.categories) {
      if (json["categories"].size() == kShownCategories) break;
      json["categories"].push_back(category);
    }
  }
  return json;
}

}  // namespace

Json ModelInfo(const ServedModel& model) {
  const contract::Contract& contract = model.contract();
  const Json lineage = Document(model.lineage);
  const auto threshold = model.scorer->decision().threshold;
  const auto& costs = model.scorer->decision().costs;
  Json json;
  json["name"] = model.name;
  json["version"] = model.version;
  json["alias"] = TextOrNull(model.alias);
  json["run_id"] = TextOrNull(model.run_id);
  json["digest"] = model.digest;
  json["loaded_at"] = FormatIsoSeconds(model.loaded_ms);
  json["trained_at"] = MemberOrNull(lineage, "created");
  json["target"] = contract.target;
  json["classes"] = contract.classes;
  json["positive"] = TextOrNull(contract.positive);
  json["threshold"] = threshold ? Json(*threshold) : Json(nullptr);
  json["costs"] = costs ? Json(costs->Rows()) : Json(nullptr);
  json["learner"] = MemberOrNull(lineage, "learner");
  json["params"] = MemberOrNull(lineage, "params");
  json["features"] = Json::array();
  for (const contract::ContractColumn& column : contract.columns)
    json["features"].push_back(Feature(column));
  json["test"] = MemberOrNull(Document(model.scores), "test");
  json["lineage"] = lineage;
  return json;
}

Json ModelList(const ModelDirectory& models) {
  Json list = Json::array();
  for (const auto& model : models.List()) {
    list.push_back(Json{{"name", model->name},
                        {"version", model->version},
                        {"alias", TextOrNull(model->alias)},
                        {"versions", models.Versions(model->name)},
                        {"target", model->contract().target},
                        {"classes", model->contract().classes},
                        {"loaded_at", FormatIsoSeconds(model->loaded_ms)}});
  }
  return Json{{"models", std::move(list)}};
}

Json ModelScores(const ServedModel& model) {
  Json json{{"name", model.name}, {"version", model.version}};
  const Json scores = Document(model.scores);
  for (const auto& [member, value] : scores.items()) json[member] = value;
  return json;
}

Json ModelContract(const ServedModel& model) { return contract::ToJson(model.contract()); }

}  // namespace reeve::server
