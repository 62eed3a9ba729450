#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/table/column.h"

namespace reeve {

/// Columns of equal length with distinct names. Owns them. Thread-compatible.
class Table {
 public:
  Table() = default;

  /// Rows; 0 when there are no columns.
  std::int64_t rows() const { return columns_.empty() ? 0 : columns_.front().size(); }
  std::size_t column_count() const { return columns_.size(); }
  const std::vector<Column>& columns() const { return columns_; }
  const Column& column(std::size_t column_idx) const { return columns_[column_idx]; }
  Column& mutable_column(std::size_t column_idx) { return columns_[column_idx]; }

  /// The position of the column called `name`.
  std::optional<std::size_t> Find(std::string_view name) const;
  /// The column called `name`, or kInvalidArgument with the nearest name.
  Result<const Column*> Get(std::string_view name) const;
  std::vector<std::string> Names() const;

  /// REQUIRES: as long as the others, with a name of its own.
  void Add(Column column) { columns_.push_back(std::move(column)); }
  void Remove(std::size_t column_idx) {
    columns_.erase(columns_.begin() + static_cast<std::ptrdiff_t>(column_idx));
  }

  /// The rows `rows`, in that order.
  Table Take(std::span<const std::int64_t> rows) const;
  /// Appends rows. REQUIRES: the same names, order and storages.
  void Append(const Table& other);

 private:
  std::vector<Column> columns_;
};

/// 0, 1, …, count - 1.
std::vector<std::int64_t> AllRows(std::int64_t count);

/// A digest of names, types and every value in order: the table's version. 32 hexadecimal digits,
/// the same for the same content whatever file format it came from.
std::string DigestOf(const Table& table);

}  // namespace reeve
