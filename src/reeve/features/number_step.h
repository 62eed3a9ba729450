#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/pipeline.h"
#include "reeve/features/step.h"
#include "reeve/features/transforms.h"

namespace reeve::features {

/// One number of the matrix made from a number of the table: [date part] → impute → scale, with an
/// optional flag. The imputed value and the scale are fitted.
struct NumberOutput {
  std::string name;
  /// Empty: the number itself.
  std::string date_part;
  /// Replaces NaN; without it NaN stays.
  std::optional<double> imputed;
  Scale scale;
  /// A further output, 1 where the number is missing.
  bool flag = false;

  /// The number, and its flag.
  std::vector<MatrixColumn> Outputs(const std::string& source) const;
  std::size_t width() const { return flag ? 2 : 1; }
  /// Fills the outputs for `rows` raw numbers.
  void Apply(const double* values, std::size_t rows, FeatureColumns out) const;
  Json ToJson() const;
  static Result<NumberOutput> FromJson(const Json& json);

  bool is_date_part() const { return !date_part.empty(); }
  /// True when a number is not scaled: (x - 0) / 1 is x.
  bool is_unscaled() const { return scale.center == 0 && scale.scale == 1; }
  /// True when a number only becomes a float.
  bool is_plain() const { return !is_date_part() && !imputed && !flag && is_unscaled(); }
};

/// Fits what `options` asks for on `values`.
NumberOutput FitNumberOutput(std::string name, std::string date_part, std::vector<double> values,
                             const PipelineOptions& options);

/// What numbers, booleans and dates become.
class NumberStep final : public Step {
 public:
  NumberStep(std::string column, std::vector<NumberOutput> numbers)
      : column_(std::move(column)), numbers_(std::move(numbers)) {}

  /// Null when the column gives nothing: a date without a part that varies, or (with an imputation
  /// that needs a value) a column that is missing in every fitted row.
  static std::unique_ptr<Step> Fit(const Column& column, std::span<const std::int64_t> rows,
                                   const PipelineOptions& options);
  static Result<std::unique_ptr<Step>> FromJson(const Json& json);

  std::vector<StepInput> Inputs() const override;
  std::vector<MatrixColumn> Outputs() const override;
  void Apply(std::span<const StepValues> inputs, std::size_t rows,
             FeatureColumns out) const override;
  Json ToJson() const override;

 private:
  std::string column_;
  std::vector<NumberOutput> numbers_;
};

}  // namespace reeve::features
