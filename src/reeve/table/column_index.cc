#include "reeve/table/column_index.h"

namespace reeve {

ColumnIndex::ColumnIndex(const Table& table) : table_(table) {
  columns_.reserve(table.column_count());
  for (const Column& column : table.columns()) columns_.emplace(column.name(), &column);
}

const Column* ColumnIndex::Find(std::string_view name) const {
  const auto found = columns_.find(name);
  return found == columns_.end() ? nullptr : found->second;
}

}  // namespace reeve
