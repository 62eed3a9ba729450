#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/expression.h"
#include "reeve/features/number_step.h"
#include "reeve/features/step.h"
#include "reeve/table/table.h"

namespace reeve::features {

/// Values of `derived` for `rows` of `table`, NaN = missing. Fails with kInvalidArgument when the
/// expression does not parse, or names a column that is not there (with the nearest) or holds no
/// numbers.
Result<std::vector<double>> DeriveColumn(const Derived& derived, const Table& table,
                                         std::span<const std::int64_t> rows);

/// A number computed from columns, then imputed and scaled as any other. Serving needs the columns
/// it is computed from, not the number itself.
class DerivedStep final : public Step {
 public:
  DerivedStep(Expression expression, NumberOutput number)
      : expression_(std::move(expression)), number_(std::move(number)) {}

  /// Fails as DeriveColumn does.
  static Result<std::unique_ptr<Step>> Fit(const Derived& derived, const Table& table,
                                           std::span<const std::int64_t> rows,
                                           const PipelineOptions& options);
  static Result<std::unique_ptr<Step>> FromJson(const Json& json);

  /// The columns that the expression names.
  std::vector<StepInput> Inputs() const override;
  /// The number, by the derived column's name, and its flag.
  std::vector<MatrixColumn> Outputs() const override;
  void Apply(std::span<const StepValues> inputs, std::size_t rows,
             FeatureColumns out) const override;
  Json ToJson() const override;

 private:
  Expression expression_;
  NumberOutput number_;
};

}  // namespace reeve::features
