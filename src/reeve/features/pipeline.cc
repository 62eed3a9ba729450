#include "reeve/features/pipeline.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/features/fit_column.h"
#include "reeve/features/step.h"
#include "reeve/features/table_inputs.h"

namespace reeve::features {
namespace {

constexpr std::int64_t kVersion = 2;
// Of the first version, whose steps took one column each and stood under "columns".
constexpr std::int64_t kVersionOfColumns = 1;

}  // namespace

struct FittedPipeline::Impl {
  std::vector<std::unique_ptr<Step>> steps;
  std::vector<MatrixColumn> outputs;

  void Add(std::unique_ptr<Step> step) {
    for (MatrixColumn& output : step->Outputs()) outputs.push_back(std::move(output));
    steps.push_back(std::move(step));
  }
};

FittedPipeline::FittedPipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FittedPipeline::~FittedPipeline() = default;
FittedPipeline::FittedPipeline(FittedPipeline&&) noexcept = default;
FittedPipeline& FittedPipeline::operator=(FittedPipeline&&) noexcept = default;

const std::vector<MatrixColumn>& FittedPipeline::outputs() const { return impl_->outputs; }

const std::vector<std::unique_ptr<Step>>& FittedPipeline::steps() const { return impl_->steps; }

FittedPipeline FittedPipeline::Join(std::vector<FittedPipeline> pipelines) {
  auto impl = std::make_unique<Impl>();
  for (FittedPipeline& pipeline : pipelines) {
    for (std::unique_ptr<Step>& step : pipeline.impl_->steps) impl->Add(std::move(step));
  }
  return FittedPipeline(std::move(impl));
}

Result<Matrix> FittedPipeline::Transform(const Table& table,
                                         std::span<const std::int64_t> rows) const {
  Matrix matrix(static_cast<std::int64_t>(rows.size()), impl_->outputs);
  std::int64_t first = 0;
  for (const std::unique_ptr<Step>& step : impl_->steps) {
    REEVE_ASSIGN_OR_RETURN(TableInputs inputs, TableInputs::Make(*step, table));
    for (std::size_t begin = 0; begin < rows.size(); begin += kMostStepRows) {
      const auto block = rows.subspan(begin, std::min(kMostStepRows, rows.size() - begin));
      step->Apply(inputs.Gather(block), block.size(),
                  {.first = matrix.column(first).data() + begin, .stride = rows.size()});
    }
    first += static_cast<std::int64_t>(step->Outputs().size());
  }
  return matrix;
}

Json FittedPipeline::ToJson() const {
  Json json;
  json["format_version"] = kVersion;
  json["steps"] = Json::array();
  for (const std::unique_ptr<Step>& step : impl_->steps) json["steps"].push_back(step->ToJson());
  return json;
}

Result<FittedPipeline> FittedPipeline::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, JsonInteger(json, "format_version"));
  if (version != kVersion && version != kVersionOfColumns) {
    return Status::Corrupt("pipeline has format version " + std::to_string(version) +
                           ", this Reeve reads versions 1 and 2");
  }
  REEVE_ASSIGN_OR_RETURN(const Json* const steps,
                         JsonArray(json, version == kVersion ? "steps" : "columns"));
  auto impl = std::make_unique<Impl>();
  for (const Json& element : *steps) {
    REEVE_ASSIGN_OR_RETURN(auto step, StepFromJson(element));
    impl->Add(std::move(step));
  }
  return FittedPipeline(std::move(impl));
}

PipelineOptions PipelineOptions::ForTrees() {
  // A tree can split off a category of one row, which tells of that row alone; in the bucket of
  // unseen ones such categories tell what an unseen one means.
  return {.min_category_rows = 2};
}

PipelineOptions PipelineOptions::ForLinear() {
  return {.imputation = Imputation::kMedian,
          .missing_flags = true,
          .scaling = Scaling::kStandard,
          .categories = CategoryEncoding::kOneHot,
          .min_category_rows = 5,
          .max_categories = 100};
}

Result<FittedPipeline> Pipeline::Fit(const Table& table, std::span<const std::int64_t> rows,
                                     const std::vector<std::string>& features,
                                     const PipelineOptions& options) {
  auto impl = std::make_unique<FittedPipeline::Impl>();
  for (const std::string& name : features) {
    REEVE_ASSIGN_OR_RETURN(const Column* const column, table.Get(name));
    if (auto fitted = FitColumn(*column, rows, options)) impl->Add(std::move(fitted));
  }
  if (impl->outputs.empty()) {
    return Status::InvalidData(
        "no column gives a feature: texts, lists and ids give none, nor do columns without values");
  }
  return FittedPipeline(std::move(impl));
}

}  // namespace reeve::features
