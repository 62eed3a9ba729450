#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/mlflow/search/query.h"

namespace reeve::mlflow {

/// How the values of a column are kept, where it differs from how filters write them.
enum class ColumnType { kText, kReal, kInteger, kModelStatus };

/// Where rows without a value are sorted to.
enum class NullsPlace {
  /// Before all values, or behind them when descending, as SQLite does by itself.
  kSmallest,
  kLast,
};

/// A SELECT in the making: text and the values of its placeholders grow together.
class SqlText {
 public:
  explicit SqlText(sql::Dialect dialect) : dialect_(dialect) {}

  /// Adds pieces of SQL. No text of a user may be among them.
  SqlText& Add(std::string_view sql);
  /// Adds a placeholder and its value.
  SqlText& Value(sql::Value value);
  /// "SELECT r.a, r.b" for "a, b" and alias "r".
  void Select(std::string_view columns, std::string_view alias);
  /// Begins a condition: WHERE the first time, AND later.
  SqlText& Condition();
  /// `column IN (…)`; never true for an empty list.
  void In(std::string_view column, const std::vector<sql::Value>& values);
  void In(std::string_view column, const std::vector<std::int64_t>& values);
  /// A condition that the column, which is never NULL, holds one of the set.
  void Visible(std::string_view column, ColumnType type, const NameSet& visible);
  /// `column op value` of a comparison with a value.
  void Compare(std::string_view column, ColumnType type, const Comparison& comparison);
  /// `lifecycle_stage` as the view wants it.
  void Lifecycle(std::string_view column, ViewType view);
  /// "ORDER BY" the first time, "," later.
  SqlText& OrderBy();
  /// One column to sort by.
  void Order(std::string_view column, bool ascending, NullsPlace nulls = NullsPlace::kSmallest);
  /// LIMIT and OFFSET.
  void Paged(const Page& page);

  Query Take() && { return std::move(query_); }

 private:
  sql::Dialect dialect_;
  bool has_condition_ = false;
  bool has_order_ = false;
  Query query_;
};

/// A table of keys and values that belong to the rows of another.
struct KeyedTable {
  std::string_view table;
  std::string_view key;
  std::string_view value;
  /// The condition that binds its row `x` to the outer row.
  std::string_view join;
};

/// Adds the condition that the table holds the key of a tag or parameter with a fitting value, or
/// for IS NULL that it does not hold the key.
void AddKeyedCondition(const KeyedTable& table, const Comparison& comparison, SqlText& out);

}  // namespace reeve::mlflow
