#include <algorithm>

#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/search/sql_text.h"

namespace reeve::mlflow {
namespace {

constexpr KeyedTable kTags{"experiment_tags", "key", "value", "x.experiment_id = e.experiment_id"};

}  // namespace

Query ExperimentQuery(const ExperimentSearch& search, sql::Dialect dialect) {
  SqlText out(dialect);
  out.Select(kExperimentColumns, "e");
  out.Add(" FROM experiments e");
  out.Lifecycle("e.lifecycle_stage", search.view);
  if (search.visible != nullptr)
    out.Visible("e.experiment_id", ColumnType::kInteger, *search.visible);
  for (const Comparison& comparison : search.filter) {
    if (comparison.kind == EntityKind::kTag) {
      AddKeyedCondition(kTags, comparison, out);
    } else {
      out.Condition().Compare("e." + comparison.key,
                              comparison.key == "name" ? ColumnType::kText : ColumnType::kInteger,
                              comparison);
    }
  }
  for (const OrderKey& key : search.order) out.Order("e." + key.key, key.ascending);
  const bool by_id = std::ranges::any_of(
      search.order, [](const OrderKey& key) { return key.key == "experiment_id"; });
  if (search.order.empty()) out.Order("e.creation_time", false);
  if (!by_id) out.Order("e.experiment_id", search.order.empty());
  out.Paged(search.page);
  return std::move(out).Take();
}

}  // namespace reeve::mlflow
