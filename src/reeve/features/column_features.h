#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/features/pipeline.h"
#include "reeve/features/steps.h"
#include "reeve/table/column.h"
#include "reeve/table/matrix.h"

namespace reeve::features {

/// What one table column becomes: one or more columns of the matrix. Fitted; immutable.
class ColumnFeatures {
 public:
  virtual ~ColumnFeatures() = default;

  const std::string& column() const { return column_; }
  /// Described for the matrix, in order.
  virtual std::vector<MatrixColumn> Outputs() const = 0;
  /// Fills the matrix columns first, first + 1, … with the rows `rows` of `column`.
  /// Fails with kInvalidData when the column is stored otherwise than the fitted one.
  virtual Status Apply(const Column& column, std::span<const std::int64_t> rows, Matrix& matrix,
                       std::int64_t first) const = 0;
  virtual Json ToJson() const = 0;

 protected:
  explicit ColumnFeatures(std::string column) : column_(std::move(column)) {}

 private:
  std::string column_;
};

/// Fits what `column` becomes; null when it gives nothing (texts, lists, ids; for linear models a
/// column that is missing in every fitted row).
std::unique_ptr<ColumnFeatures> FitColumn(const Column& column, std::span<const std::int64_t> rows,
                                          const PipelineOptions& options);

/// Reads back what ToJson wrote. Fails with kCorrupt.
Result<std::unique_ptr<ColumnFeatures>> ColumnFeaturesFromJson(const Json& json);

}  // namespace reeve::features
