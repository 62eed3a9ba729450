#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "reeve/features/statistics_step.h"
#include "reeve/table/column.h"

namespace reeve::features {

/// A column whose values are told apart, and the place of each of some rows.
struct CodedColumn {
  StatisticsInput input;
  /// Places of the rows, in their order; never unknown_place().
  std::vector<std::uint32_t> places;
};

/// Codes categories, whole numbers and booleans; nothing for other columns, for those with fewer
/// than two values, and for those whose values hardly repeat (more than half as many as rows).
std::optional<CodedColumn> CodeColumn(const Column& column, std::span<const std::int64_t> rows);

/// Numbers in at most 32 bins of about equally many of the rows; nothing for other columns and for
/// those with one value.
std::optional<CodedColumn> BinColumn(const Column& column, std::span<const std::int64_t> rows);

/// Rows that agree in some columns, numbered.
struct RowGroups {
  /// Positions of the columns among those coded, ascending.
  std::vector<std::size_t> inputs;
  /// The group of each row, 0 … groups-1 in order of appearance.
  std::vector<std::uint32_t> ids;
  std::size_t groups = 0;
};

/// Groups the first `rows` rows of `columns` by the columns `inputs`.
RowGroups GroupRows(std::span<const CodedColumn> columns, std::vector<std::size_t> inputs,
                    std::size_t rows);

}  // namespace reeve::features
