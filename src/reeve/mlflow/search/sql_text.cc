#include "reeve/mlflow/search/sql_text.h"

#include <array>
#include <cstddef>
#include <utility>

#include "reeve/base/number.h"

namespace reeve::mlflow {
namespace {

/// The numbers that stand for what filters call READY and the like; others match no model.
std::int64_t ModelStatusNumber(const std::string& text) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"UNSPECIFIED", "PENDING", "READY", "FAILED"});
  constexpr auto kWireNames =
      std::to_array<std::string_view>({"LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING",
                                       "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"});
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i] || text == kWireNames[i]) return static_cast<std::int64_t>(i);
  }
  return ParseInteger(text).value_or(-1);
}

/// A backslash is a character like any other, as SQLite has it; PostgreSQL would escape by it, and
/// refuse a pattern that ends with it.
constexpr std::string_view kNoEscape = " ESCAPE ''";

sql::Value Stored(ColumnType type, const std::string& text) {
  if (type == ColumnType::kModelStatus) return ModelStatusNumber(text);
  if (type == ColumnType::kInteger) return ParseInteger(text).value_or(-1);
  return text;
}

}  // namespace

SqlText& SqlText::Add(std::string_view sql) {
  query_.sql += sql;
  return *this;
}

SqlText& SqlText::Value(sql::Value value) {
  query_.sql += '?';
  query_.values.push_back(std::move(value));
  return *this;
}

void SqlText::Select(std::string_view columns, std::string_view alias) {
  Add("SELECT ");
  for (std::size_t begin = 0; begin < columns.size();) {
    const std::size_t end = std::min(columns.find(", ", begin), columns.size());
    if (begin > 0) Add(", ");
    Add(alias).Add(".").Add(columns.substr(begin, end - begin));
    begin = end + 2;
  }
}

SqlText& SqlText::Condition() {
  Add(has_condition_ ? " AND " : " WHERE ");
  has_condition_ = true;
  return *this;
}

void SqlText::In(std::string_view column, const std::vector<sql::Value>& values) {
  if (values.empty()) {
    Add("1 = 0");
    return;
  }
  Add(column).Add(" IN (");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) Add(", ");
    Value(values[i]);
  }
  Add(")");
}

void SqlText::In(std::string_view column, const std::vector<std::int64_t>& values) {
  In(column, std::vector<sql::Value>(values.begin(), values.end()));
}

void SqlText::Visible(std::string_view column, ColumnType type, const NameSet& visible) {
  std::vector<sql::Value> values;
  for (const std::string& name : visible.names) {
    if (type != ColumnType::kInteger) {
      values.emplace_back(name);
    } else if (const auto number = ParseInteger(name)) {
      values.emplace_back(*number);
    }
  }
  if (visible.all_but && values.empty()) return;
  Condition();
  if (visible.all_but) Add("NOT ");
  In(column, values);
}

void SqlText::Compare(std::string_view column, ColumnType type, const Comparison& comparison) {
  if (const auto* const list = std::get_if<std::vector<std::string>>(&comparison.value)) {
    std::vector<sql::Value> values;
    for (const std::string& text : *list) values.push_back(Stored(type, text));
    if (comparison.op == Operator::kNotIn) Add("NOT ");
    return In(column, values);
  }
  if (comparison.op == Operator::kILike) {
    const std::string& pattern = std::get<std::string>(comparison.value);
    if (dialect_ == sql::Dialect::kPostgres) {
      Add(column).Add(" ILIKE ").Value(pattern).Add(kNoEscape);
    } else {
      Add("lower(").Add(column).Add(") LIKE lower(").Value(pattern).Add(")");
    }
    return;
  }
  Add(column).Add(" ").Add(OperatorName(comparison.op)).Add(" ");
  if (const auto* const integer = std::get_if<std::int64_t>(&comparison.value)) {
    Value(*integer);
  } else if (const auto* const real = std::get_if<double>(&comparison.value)) {
    // A placeholder takes the type of the column beside it, and a fraction is no bigint.
    const bool cast = type == ColumnType::kInteger && dialect_ == sql::Dialect::kPostgres;
    Add(cast ? "CAST(" : "").Value(*real).Add(cast ? " AS DOUBLE PRECISION)" : "");
  } else if (const auto* const text = std::get_if<std::string>(&comparison.value)) {
    Value(Stored(type, *text));
    const bool escapes = comparison.op == Operator::kLike && dialect_ == sql::Dialect::kPostgres;
    if (escapes) Add(kNoEscape);
  }
}

void SqlText::Lifecycle(std::string_view column, ViewType view) {
  Condition().Add(column);
  switch (view) {
    case ViewType::kActiveOnly:
      Add(" = 'active'");
      break;
    case ViewType::kDeletedOnly:
      Add(" = 'deleted'");
      break;
    case ViewType::kAll:
      Add(" IN ('active', 'deleted')");
      break;
  }
}

SqlText& SqlText::OrderBy() {
  Add(has_order_ ? ", " : " ORDER BY ");
  has_order_ = true;
  return *this;
}

void SqlText::Order(std::string_view column, bool ascending, NullsPlace nulls) {
  OrderBy().Add(column).Add(ascending ? " ASC" : " DESC");
  if (nulls == NullsPlace::kLast) {
    Add(" NULLS LAST");
  } else if (dialect_ == sql::Dialect::kPostgres) {
    Add(ascending ? " NULLS FIRST" : " NULLS LAST");
  }
}

void SqlText::Paged(const Page& page) {
  if (page.limit.has_value()) {
    Add(" LIMIT ").Value(*page.limit);
  } else if (page.offset > 0 && dialect_ == sql::Dialect::kSqlite) {
    Add(" LIMIT -1");  // SQLite has no OFFSET without it
  }
  if (page.offset > 0) Add(" OFFSET ").Value(page.offset);
}

void AddKeyedCondition(const KeyedTable& table, const Comparison& comparison, SqlText& out) {
  const bool no_key = comparison.op == Operator::kIsNull;
  out.Condition().Add(no_key ? "NOT EXISTS (SELECT 1 FROM " : "EXISTS (SELECT 1 FROM ");
  out.Add(table.table).Add(" x WHERE ").Add(table.join).Add(" AND x.").Add(table.key).Add(" = ");
  out.Value(comparison.key);
  if (!no_key && comparison.op != Operator::kIsNotNull) {
    out.Add(" AND ");
    out.Compare("x." + std::string(table.value), ColumnType::kText, comparison);
  }
  out.Add(")");
}

}  // namespace reeve::mlflow
