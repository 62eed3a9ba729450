#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "reeve/mlflow/search/clauses.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/search/rules.h"
#include "reeve/mlflow/search/sql_text.h"

namespace reeve::mlflow {
namespace {

constexpr KeyedTable kParams{"logged_model_params", "param_key", "param_value",
                             "x.model_id = m.model_id"};
constexpr KeyedTable kTags{"logged_model_tags", "tag_key", "tag_value", "x.model_id = m.model_id"};

/// The type of a column; logged models name each column by an attribute of the same word or alias.
ColumnType TypeOf(std::string_view column) {
  for (const Attribute& attribute : AttributesOf(SearchTarget::kLoggedModels)) {
    if (attribute.column != column) continue;
    if (attribute.type == ValueType::kModelStatus) return ColumnType::kModelStatus;
    return attribute.type == ValueType::kText ? ColumnType::kText : ColumnType::kInteger;
  }
  return ColumnType::kText;
}

/// AND (on one of these data sets).
void AddDatasets(const std::vector<DatasetFilter>& datasets, SqlText& out) {
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    out.Add(i == 0 ? " AND (" : " OR ").Add("(x.dataset_name = ").Value(datasets[i].name);
    if (datasets[i].digest.has_value()) {
      out.Add(" AND x.dataset_digest = ").Value(*datasets[i].digest);
    }
    out.Add(")");
  }
  if (!datasets.empty()) out.Add(")");
}

constexpr std::string_view kHasMetric =
    "EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model_id = m.model_id";

/// PostgreSQL keeps NaN and holds it for the largest number; SQLite keeps it as NULL.
void AddMetricCondition(const LoggedModelSearch& search, const Comparison& comparison,
                        sql::Dialect dialect, SqlText& out) {
  out.Condition().Add(kHasMetric).Add(" AND x.metric_name = ").Value(comparison.key);
  out.Add(" AND ").Compare("x.metric_value", ColumnType::kReal, comparison);
  if (dialect == sql::Dialect::kPostgres && comparison.op != Operator::kNotEqual) {
    out.Add(" AND x.metric_value <> 'NaN'");
  }
  AddDatasets(search.datasets, out);
  out.Add(")");
}

void AddConditions(const LoggedModelSearch& search, sql::Dialect dialect, SqlText& out) {
  bool has_metric = false;
  for (const Comparison& comparison : search.filter) {
    switch (comparison.kind) {
      case EntityKind::kMetric:
        has_metric = true;
        AddMetricCondition(search, comparison, dialect, out);
        break;
      case EntityKind::kParam:
        AddKeyedCondition(kParams, comparison, out);
        break;
      case EntityKind::kTag:
        AddKeyedCondition(kTags, comparison, out);
        break;
      default:
        out.Condition().Compare("m." + comparison.key, TypeOf(comparison.key), comparison);
        break;
    }
  }
  if (search.datasets.empty() || has_metric) return;
  out.Condition().Add(kHasMetric);
  AddDatasets(search.datasets, out);
  out.Add(")");
}

/// The latest value of a metric as column k<i>, found by the primary key; NULL for NaN.
void SelectMetric(const LoggedModelOrder& order, std::size_t i, sql::Dialect dialect,
                  SqlText& out) {
  out.Add(", (SELECT ");
  out.Add(dialect == sql::Dialect::kPostgres ? "NULLIF(x.metric_value, 'NaN')" : "x.metric_value");
  out.Add(" FROM logged_model_metrics x WHERE x.model_id = m.model_id AND x.metric_name = ");
  out.Value(order.field_name.substr(order.field_name.find('.') + 1));
  if (!order.dataset_name.empty()) out.Add(" AND x.dataset_name = ").Value(order.dataset_name);
  if (!order.dataset_digest.empty()) {
    out.Add(" AND x.dataset_digest = ").Value(order.dataset_digest);
  }
  out.Add(" ORDER BY x.metric_timestamp_ms DESC, x.metric_step DESC, x.run_id LIMIT 1) AS k");
  out.Add(std::to_string(i));
}

/// The most keys of one order; each may cost a look-up for each model.
constexpr std::size_t kMostKeys = 30;

Status Check(const LoggedModelSearch& search) {
  const bool nameless = std::ranges::any_of(
      search.datasets, [](const DatasetFilter& dataset) { return dataset.name.empty(); });
  for (const DatasetFilter& dataset : search.datasets) {
    REEVE_RETURN_IF_ERROR(CheckText("`dataset_name`", dataset.name));
    REEVE_RETURN_IF_ERROR(CheckText("`dataset_digest`", dataset.digest.value_or("")));
  }
  if (nameless) {
    return Status::InvalidArgument("`dataset_name` in the `datasets` clause must be specified.");
  }
  if (search.order.size() <= kMostKeys && search.datasets.size() <= kMostComparisons) return {};
  return Status::InvalidArgument("The search holds more than " + std::to_string(kMostKeys) +
                                 " order keys or more than " + std::to_string(kMostComparisons) +
                                 " data sets.");
}

}  // namespace

Result<Query> LoggedModelQuery(const LoggedModelSearch& search, sql::Dialect dialect) {
  REEVE_RETURN_IF_ERROR(Check(search));
  std::vector<OrderKey> keys;
  for (const LoggedModelOrder& order : search.order) {
    REEVE_ASSIGN_OR_RETURN(OrderKey key, ParseLoggedModelOrder(order));
    keys.push_back(std::move(key));
  }
  SqlText out(dialect);
  out.Select(kLoggedModelColumns, "m");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].kind == EntityKind::kMetric) SelectMetric(search.order[i], i, dialect, out);
  }
  out.Add(" FROM logged_models m");
  out.Condition().In("m.experiment_id", search.experiment_ids);
  out.Condition().Add("m.lifecycle_stage != 'deleted'");
  AddConditions(search, dialect, out);
  bool by_time = false;
  bool by_id = false;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool is_metric = keys[i].kind == EntityKind::kMetric;
    out.Order(is_metric ? "k" + std::to_string(i) : "m." + keys[i].key, keys[i].ascending,
              NullsPlace::kLast);
    by_time = by_time || (!is_metric && keys[i].key == "creation_timestamp_ms");
    by_id = by_id || (!is_metric && keys[i].key == "model_id");
  }
  if (!by_time) out.Order("m.creation_timestamp_ms", false);
  if (!by_id) out.Order("m.model_id", true);
  out.Paged(search.page);
  return std::move(out).Take();
}

}  // namespace reeve::mlflow
