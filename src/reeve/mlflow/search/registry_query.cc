#include <algorithm>
#include <string>
#include <string_view>

#include "reeve/base/text.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/search/sql_text.h"

namespace reeve::mlflow {
namespace {

constexpr KeyedTable kModelTags{"registered_model_tags", "key", "value", "x.name = m.name"};
constexpr KeyedTable kVersionTags{"model_version_tags", "key", "value",
                                  "x.name = m.name AND x.version = m.version"};
constexpr std::string_view kPromptTag = "mlflow.prompt.is_prompt";

bool IsPromptTag(const Comparison& comparison) {
  return comparison.kind == EntityKind::kTag && comparison.key == kPromptTag;
}

/// Whether the first condition on the mark of prompts asks for them.
bool AsksForPrompts(const Filter& filter) {
  const auto found = std::ranges::find_if(filter, IsPromptTag);
  if (found == filter.end()) return false;
  const auto* const text = std::get_if<std::string>(&found->value);
  if (text == nullptr) return false;
  const std::string value = ToLower(*text);
  return (found->op == Operator::kEqual && value == "true") ||
         (found->op == Operator::kNotEqual && value == "false");
}

/// Models carry no mark, so conditions on it would drop them all: prompts are left out by name.
void AddConditions(const Filter& filter, const KeyedTable& tags, SqlText& out) {
  const bool prompts = AsksForPrompts(filter);
  if (!prompts) {
    out.Condition().Add("NOT EXISTS (SELECT 1 FROM ").Add(tags.table);
    out.Add(" p WHERE p.name = m.name AND p.key = 'mlflow.prompt.is_prompt' AND p.value = 'true')");
  }
  for (const Comparison& comparison : filter) {
    if (comparison.kind != EntityKind::kTag) {
      out.Condition().Compare(
          "m." + comparison.key,
          comparison.key == "version" ? ColumnType::kInteger : ColumnType::kText, comparison);
    } else if (prompts || !IsPromptTag(comparison)) {
      AddKeyedCondition(tags, comparison, out);
    }
  }
}

void AddVisible(const Visibility* visible, const Filter& filter, SqlText& out) {
  if (visible == nullptr) return;
  out.Visible("m.name", ColumnType::kText,
              AsksForPrompts(filter) ? visible->prompts : visible->models);
}

bool SortsBy(const std::vector<OrderKey>& order, std::string_view column) {
  return std::ranges::any_of(order, [&](const OrderKey& key) { return key.key == column; });
}

void AddOrder(const std::vector<OrderKey>& order, SqlText& out) {
  for (const OrderKey& key : order) out.Order("m." + key.key, key.ascending);
  if (!SortsBy(order, "name")) out.Order("m.name", true);
}

}  // namespace

Query RegisteredModelQuery(const RegisteredModelSearch& search, sql::Dialect dialect) {
  SqlText out(dialect);
  out.Select(kRegisteredModelColumns, "m");
  out.Add(" FROM registered_models m");
  AddVisible(search.visible, search.filter, out);
  AddConditions(search.filter, kModelTags, out);
  AddOrder(search.order, out);
  out.Paged(search.page);
  return std::move(out).Take();
}

Query ModelVersionQuery(const ModelVersionSearch& search, sql::Dialect dialect) {
  SqlText out(dialect);
  out.Select(kModelVersionColumns, "m");
  out.Add(" FROM model_versions m");
  out.Condition().Add("m.current_stage != 'Deleted_Internal'");
  AddVisible(search.visible, search.filter, out);
  AddConditions(search.filter, kVersionTags, out);
  if (search.order.empty()) out.Order("m.last_updated_time", false);
  AddOrder(search.order, out);
  if (!SortsBy(search.order, "version")) out.Order("m.version", false);
  out.Paged(search.page);
  return std::move(out).Take();
}

}  // namespace reeve::mlflow
