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

/// Where features are written: output k of value i goes to first[k * stride + i].
struct FeatureColumns {
  float* first = nullptr;
  std::size_t stride = 0;

  float* column(std::size_t output) const { return first + output * stride; }
};

/// What one table column becomes: one or more columns of the matrix. Fitted; immutable.
///
/// Tables come through Apply; rows without a table (a service's) through ApplyNumbers or
/// ApplyCodes, which Apply calls too, so that both get the very same floats.
class ColumnFeatures {
 public:
  virtual ~ColumnFeatures() = default;

  const std::string& column() const { return column_; }
  /// Described for the matrix, in order.
  virtual std::vector<MatrixColumn> Outputs() const = 0;
  /// How the values are stored that it takes: kNumbers or kCodes.
  virtual Column::Storage storage() const = 0;
  /// Fills the matrix columns first, first + 1, … with the rows `rows` of `column`.
  /// Fails with kInvalidData when the column is stored otherwise than the fitted one.
  virtual Status Apply(const Column& column, std::span<const std::int64_t> rows, Matrix& matrix,
                       std::int64_t first) const = 0;
  /// What numbers (NaN = missing) become. REQUIRES: storage() == kNumbers.
  virtual void ApplyNumbers(std::span<const double> values, FeatureColumns out) const;
  /// The categories that were fitted; none for numbers.
  virtual std::vector<std::string> Categories() const { return {}; }
  /// For each text of `dictionary`, and behind them for any other text, its place among the fitted
  /// categories. REQUIRES: storage() == kCodes.
  virtual std::vector<std::int32_t> Places(const std::vector<std::string>& dictionary) const;
  /// What codes (kMissingCode = missing) become, given the places of their dictionary.
  /// REQUIRES: storage() == kCodes.
  virtual void ApplyCodes(std::span<const std::int32_t> codes, std::span<const std::int32_t> places,
                          FeatureColumns out) const;
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
