#include "reeve/features/pipeline.h"

#include <nlohmann/json.hpp>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/features/column_features.h"

namespace reeve::features {
namespace {

constexpr std::int64_t kVersion = 1;

}  // namespace

struct FittedPipeline::Impl {
  std::vector<std::unique_ptr<ColumnFeatures>> columns;
  std::vector<MatrixColumn> outputs;

  void Add(std::unique_ptr<ColumnFeatures> features) {
    for (MatrixColumn& output : features->Outputs()) outputs.push_back(std::move(output));
    columns.push_back(std::move(features));
  }
};

FittedPipeline::FittedPipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FittedPipeline::~FittedPipeline() = default;
FittedPipeline::FittedPipeline(FittedPipeline&&) noexcept = default;
FittedPipeline& FittedPipeline::operator=(FittedPipeline&&) noexcept = default;

const std::vector<MatrixColumn>& FittedPipeline::outputs() const { return impl_->outputs; }

const std::vector<std::unique_ptr<ColumnFeatures>>& FittedPipeline::columns() const {
  return impl_->columns;
}

Result<Matrix> FittedPipeline::Transform(const Table& table,
                                         std::span<const std::int64_t> rows) const {
  Matrix matrix(static_cast<std::int64_t>(rows.size()), impl_->outputs);
  std::int64_t first = 0;
  for (const auto& features : impl_->columns) {
    const auto found = table.Find(features->column());
    if (!found) {
      return Status::InvalidData("column " + Quote(features->column()) +
                                 " of the pipeline is not in the table." +
                                 Suggest(features->column(), table.Names()));
    }
    REEVE_RETURN_IF_ERROR(features->Apply(table.column(*found), rows, matrix, first));
    first += static_cast<std::int64_t>(features->Outputs().size());
  }
  return matrix;
}

Json FittedPipeline::ToJson() const {
  Json json;
  json["format_version"] = kVersion;
  json["columns"] = Json::array();
  for (const auto& features : impl_->columns) json["columns"].push_back(features->ToJson());
  return json;
}

Result<FittedPipeline> FittedPipeline::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, JsonInteger(json, "format_version"));
  if (version != kVersion) {
    return Status::Corrupt("pipeline has format version " + std::to_string(version) +
                           ", this Reeve reads version 1");
  }
  REEVE_ASSIGN_OR_RETURN(const Json* const columns, JsonArray(json, "columns"));
  auto impl = std::make_unique<Impl>();
  for (const Json& element : *columns) {
    REEVE_ASSIGN_OR_RETURN(auto features, ColumnFeaturesFromJson(element));
    impl->Add(std::move(features));
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
