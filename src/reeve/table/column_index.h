#pragma once

#include <string_view>
#include <unordered_map>

#include "reeve/table/table.h"

namespace reeve {

/// The columns of a table by name, for who asks for many of them: Table::Find looks through all
/// columns each time. The table has to outlive it and keep its columns. Safe to share between
/// threads.
class ColumnIndex {
 public:
  explicit ColumnIndex(const Table& table);

  const Table& table() const { return table_; }
  /// The column called `name`; null where there is none.
  const Column* Find(std::string_view name) const;

 private:
  const Table& table_;
  std::unordered_map<std::string_view, const Column*> columns_;
};

}  // namespace reeve
