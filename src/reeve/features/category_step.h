#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/pipeline.h"
#include "reeve/features/step.h"
#include "reeve/features/transforms.h"

namespace reeve::features {

/// What categories become: codes, ranks, or 0/1 columns.
class CategoryStep final : public Step {
 public:
  CategoryStep(std::string column, CategoryEncoding encoding, CategoryMap map, bool has_missing)
      : column_(std::move(column)),
        encoding_(encoding),
        map_(std::move(map)),
        has_missing_(has_missing) {}

  /// Null when the column gives nothing: 0/1 columns of a column without values.
  static std::unique_ptr<Step> Fit(const Column& column, std::span<const std::int64_t> rows,
                                   const PipelineOptions& options);
  static Result<std::unique_ptr<Step>> FromJson(const Json& json);

  std::vector<StepInput> Inputs() const override;
  std::vector<MatrixColumn> Outputs() const override;
  std::vector<std::string> Categories(std::size_t input_idx) const override;
  /// Places are codes: -1 for an unknown category among ranks.
  std::vector<std::int32_t> Places(std::size_t input_idx,
                                   const std::vector<std::string>& dictionary) const override;
  void Apply(std::span<const StepValues> inputs, std::size_t rows,
             FeatureColumns out) const override;
  Json ToJson() const override;

 private:
  void ApplyOneHot(const StepValues& values, FeatureColumns out) const;

  std::string column_;
  CategoryEncoding encoding_;
  CategoryMap map_;
  bool has_missing_;
};

}  // namespace reeve::features
