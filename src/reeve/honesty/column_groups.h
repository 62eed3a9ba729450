#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reeve/table/column.h"

namespace reeve::honesty {

/// A column's values put into groups, so that each group has its share of classes: categories and
/// few-valued numbers as they are, other numbers in bins of equal frequency, texts and lists by
/// the words or elements in them. Knows no labels.
struct ColumnGroups {
  /// Groups there are, 0 … count - 1; missing values have one of their own.
  std::int32_t count = 0;
  /// Groups of each row, one row after the other: `groups[starts[i] … starts[i + 1])`. One group a
  /// row, except for texts and lists, which have one for each word or element (at least one).
  std::vector<std::int32_t> groups;
  std::vector<std::size_t> starts;
  /// True for texts and lists.
  bool is_text = false;

  std::span<const std::int32_t> of(std::size_t i) const {
    return {groups.data() + starts[i], starts[i + 1] - starts[i]};
  }
};

/// Groups of the rows `rows` of `column`, in their order. Numbers have at most one bin for each 20
/// rows, and no more than 256; a number that stands in many rows has a bin of its own. Words are
/// runs of letters and digits in lower case, at most 256 a row. Takes O(n log n).
ColumnGroups GroupColumn(const Column& column, std::span<const std::int64_t> rows);

/// What group `group_idx` holds, for messages: `"x"`, `missing`. `rows` as above; for columns with
/// one group a row.
std::string GroupText(const Column& column, std::span<const std::int64_t> rows,
                      const ColumnGroups& groups, std::int32_t group_idx);

}  // namespace reeve::honesty
