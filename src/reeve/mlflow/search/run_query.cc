#include <cstddef>
#include <string>

#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/search/sql_text.h"

namespace reeve::mlflow {
namespace {

constexpr KeyedTable kParams{"params", "key", "value", "x.run_uuid = r.run_uuid"};
constexpr KeyedTable kTags{"tags", "key", "value", "x.run_uuid = r.run_uuid"};
constexpr const char* kRunNameTag = "mlflow.runName";

void AddMetricCondition(const Comparison& comparison, SqlText& out) {
  out.Condition().Add(
      "EXISTS (SELECT 1 FROM latest_metrics x WHERE x.run_uuid = r.run_uuid AND x.key = ");
  out.Value(comparison.key).Add(" AND (");
  out.Compare("x.value", ColumnType::kReal, comparison);
  // NaN is kept as 0 beside a mark: it differs from every number and compares with none.
  out.Add(comparison.op == Operator::kNotEqual ? " OR x.is_nan))" : " AND NOT x.is_nan))");
}

void AddDatasetCondition(const Comparison& comparison, SqlText& out) {
  out.Condition().Add("EXISTS (SELECT 1 FROM inputs i JOIN ");
  if (comparison.key == "context") {
    out.Add("input_tags x ON x.input_uuid = i.input_uuid AND x.name = 'mlflow.data.context'");
  } else {
    out.Add("datasets x ON x.dataset_uuid = i.source_id");
  }
  out.Add(
      " WHERE i.destination_type = 'RUN' AND i.destination_id = r.run_uuid AND i.source_type = "
      "'DATASET' AND ");
  out.Compare(comparison.key == "context" ? "x.value" : "x." + comparison.key, ColumnType::kText,
              comparison);
  out.Add(")");
}

void AddAttributeCondition(const Comparison& comparison, SqlText& out) {
  if (comparison.key == "name") {
    // Old runs have their name in the tag only.
    Comparison tag = comparison;
    tag.key = kRunNameTag;
    return AddKeyedCondition(kTags, tag, out);
  }
  const bool is_time = comparison.key == "start_time" || comparison.key == "end_time";
  out.Condition().Compare("r." + comparison.key, is_time ? ColumnType::kInteger : ColumnType::kText,
                          comparison);
}

void AddCondition(const Comparison& comparison, SqlText& out) {
  switch (comparison.kind) {
    case EntityKind::kAttribute:
      return AddAttributeCondition(comparison, out);
    case EntityKind::kMetric:
      return AddMetricCondition(comparison, out);
    case EntityKind::kParam:
      return AddKeyedCondition(kParams, comparison, out);
    case EntityKind::kTag:
      return AddKeyedCondition(kTags, comparison, out);
    case EntityKind::kDataset:
      return AddDatasetCondition(comparison, out);
  }
}

std::string_view TableOf(EntityKind kind) {
  if (kind == EntityKind::kMetric) return "latest_metrics";
  return kind == EntityKind::kParam ? "params" : "tags";
}

/// The alias of the table that the order key of that number joins.
std::string Alias(std::size_t i) { return "o" + std::to_string(i); }

/// One row at most for each run, found by the primary key: no row more, no row less.
void AddOrderJoins(const std::vector<OrderKey>& order, SqlText& out) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i].kind == EntityKind::kAttribute) continue;
    const std::string alias = Alias(i);
    out.Add(" LEFT JOIN ").Add(TableOf(order[i].kind)).Add(" ").Add(alias).Add(" ON ").Add(alias);
    out.Add(".key = ").Value(order[i].key);
    out.Add(" AND ").Add(alias).Add(".run_uuid = r.run_uuid");
  }
}

void AddOrder(const std::vector<OrderKey>& order, SqlText& out) {
  bool by_start = false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool is_attribute = order[i].kind == EntityKind::kAttribute;
    const std::string column = is_attribute ? "r." + order[i].key : Alias(i) + ".value";
    by_start = by_start || (is_attribute && order[i].key == "start_time");
    out.OrderBy().Add("CASE ");
    if (order[i].kind == EntityKind::kMetric) {
      out.Add("WHEN ").Add(Alias(i)).Add(".is_nan THEN 1 ");
    }
    out.Add("WHEN ").Add(column).Add(" IS NULL THEN 2 ELSE 0 END");
    out.Order(column, order[i].ascending);
  }
  if (!by_start) out.Order("r.start_time", false);
  out.Order("r.run_uuid", true);
}

}  // namespace

Query RunQuery(const RunSearch& search, sql::Dialect dialect) {
  SqlText out(dialect);
  out.Select("run_uuid", "r");
  out.Add(" FROM runs r");
  AddOrderJoins(search.order, out);
  out.Condition().In("r.experiment_id", search.experiment_ids);
  out.Lifecycle("r.lifecycle_stage", search.view);
  for (const Comparison& comparison : search.filter) AddCondition(comparison, out);
  AddOrder(search.order, out);
  out.Paged(search.page);
  return std::move(out).Take();
}

}  // namespace reeve::mlflow
