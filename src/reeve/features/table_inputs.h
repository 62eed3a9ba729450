#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/features/step.h"
#include "reeve/table/column_index.h"

namespace reeve::features {

/// The inputs of a step as columns of a table, gathered block by block. Owns the blocks; the step
/// and the table have to outlive it. One per thread.
class TableInputs {
 public:
  /// Fails with kInvalidData when a column is absent or stored otherwise than the step takes it.
  static Result<TableInputs> Make(const Step& step, const ColumnIndex& columns);

  /// The values of `rows` (rows of the table), valid until the next call.
  /// REQUIRES: rows.size() <= kMostStepRows.
  std::span<const StepValues> Gather(std::span<const std::int64_t> rows);

 private:
  // One input: its column, and the block it is gathered into.
  struct Input {
    const Column* column = nullptr;
    Column::Storage storage = Column::Storage::kNumbers;
    std::vector<std::int32_t> places;
    std::vector<double> numbers;
    std::vector<std::int32_t> codes;
    std::vector<std::string_view> texts;

    StepValues Gather(std::span<const std::int64_t> rows);
    std::string_view TextAt(std::int64_t row) const;
  };

  std::vector<Input> inputs_;
  std::vector<StepValues> values_;
};

}  // namespace reeve::features
