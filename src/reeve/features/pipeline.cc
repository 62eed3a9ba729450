#include "reeve/features/pipeline.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/features/derived_step.h"
#include "reeve/features/fit_column.h"
#include "reeve/features/statistics_fit.h"
#include "reeve/features/step.h"
#include "reeve/features/table_inputs.h"
#include "reeve/features/text/text_step.h"

namespace reeve::features {
namespace {

constexpr std::int64_t kVersion = 2;
// Of the first version, whose steps took one column each and stood under "columns".
constexpr std::int64_t kVersionOfColumns = 1;

// 0, 1, …, count - 1 without `others`.
std::vector<std::int64_t> PositionsBut(std::size_t count, std::span<const std::int64_t> others) {
  std::vector<bool> is_other(count);
  for (const std::int64_t position : others) is_other[static_cast<std::size_t>(position)] = true;
  std::vector<std::int64_t> positions;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_other[i]) positions.push_back(static_cast<std::int64_t>(i));
  }
  return positions;
}

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

namespace {

// Fills the columns first, first + 1, … of the matrix.
Status ApplyStep(const Step& step, const ColumnIndex& columns, std::span<const std::int64_t> rows,
                 std::int64_t first, Matrix& matrix) {
  REEVE_ASSIGN_OR_RETURN(TableInputs inputs, TableInputs::Make(step, columns));
  for (std::size_t begin = 0; begin < rows.size(); begin += kMostStepRows) {
    const auto block = rows.subspan(begin, std::min(kMostStepRows, rows.size() - begin));
    step.Apply(inputs.Gather(block), block.size(),
               {.first = matrix.column(first).data() + begin, .stride = rows.size()});
  }
  return Status::Ok();
}

}  // namespace

bool FittedPipeline::looks_at_labels() const {
  return std::any_of(impl_->steps.begin(), impl_->steps.end(),
                     [](const auto& step) { return step->LooksAtLabels(); });
}

Status FittedPipeline::Relearn(const Table& table, std::span<const std::int64_t> rows,
                               std::span<const std::int64_t> learn, const Supervision& supervision,
                               Matrix& matrix) const {
  std::vector<std::int64_t> learn_rows;
  for (const std::int64_t position : learn)
    learn_rows.push_back(rows[static_cast<std::size_t>(position)]);
  const ColumnIndex columns(table);
  std::int64_t first = 0;
  for (const std::unique_ptr<Step>& step : impl_->steps) {
    const auto outputs = static_cast<std::int64_t>(step->Outputs().size());
    if (step->LooksAtLabels()) {
      REEVE_ASSIGN_OR_RETURN(const Step::Relearnt relearnt,
                             step->Relearn(table, learn_rows, supervision));
      REEVE_RETURN_IF_ERROR(ApplyStep(*relearnt.step, columns, rows, first, matrix));
      auto value = relearnt.learnt.begin();
      for (std::int64_t output = 0; output < outputs; ++output) {
        const auto column = matrix.column(first + output);
        for (const std::int64_t position : learn)
          column[static_cast<std::size_t>(position)] = *value++;
      }
    }
    first += outputs;
  }
  return Status::Ok();
}

Result<Matrix> FittedPipeline::Transform(const Table& table,
                                         std::span<const std::int64_t> rows) const {
  Matrix matrix(static_cast<std::int64_t>(rows.size()), impl_->outputs);
  const ColumnIndex columns(table);
  std::int64_t first = 0;
  for (const std::unique_ptr<Step>& step : impl_->steps) {
    REEVE_RETURN_IF_ERROR(ApplyStep(*step, columns, rows, first, matrix));
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

PipelineOptions PipelineOptions::ForTreesWithStatistics() {
  PipelineOptions options = ForTrees();
  options.target.statistics = Statistics::kCombinations;
  return options;
}

PipelineOptions PipelineOptions::ForLinear() {
  return {.imputation = Imputation::kMedian,
          .missing_flags = true,
          .scaling = Scaling::kStandard,
          .categories = CategoryEncoding::kOneHot,
          .min_category_rows = 5,
          .max_categories = 100};
}

// Target statistics that the rows at `learn` tell, as a further step and further columns of the
// matrix of `rows`.
Status Pipeline::AddStatistics(const StatisticsRequest& request, FittedRows& fitted) {
  std::vector<std::int64_t> learn_rows;
  for (const std::int64_t position : request.learn)
    learn_rows.push_back(request.rows[static_cast<std::size_t>(position)]);
  auto statistics = FitStatistics(request.table, learn_rows, request.features,
                                  request.options.target, request.supervision);
  if (!statistics) return Status::Ok();
  const std::int64_t first = fitted.matrix.cols();
  fitted.pipeline.impl_->Add(std::move(statistics->step));
  Matrix matrix(fitted.matrix.rows(), fitted.pipeline.outputs());
  for (std::int64_t j = 0; j < first; ++j) {
    const auto from = std::as_const(fitted.matrix).column(j);
    std::copy(from.begin(), from.end(), matrix.column(j).begin());
  }
  REEVE_RETURN_IF_ERROR(ApplyStep(*fitted.pipeline.steps().back(), ColumnIndex(request.table),
                                  request.rows, first, matrix));
  auto told = statistics->training.begin();
  for (std::int64_t j = first; j < matrix.cols(); ++j) {
    const auto column = matrix.column(j);
    for (const std::int64_t position : request.learn)
      column[static_cast<std::size_t>(position)] = *told++;
  }
  fitted.matrix = std::move(matrix);
  return Status::Ok();
}

Result<FittedPipeline> Pipeline::Fit(const Table& table, std::span<const std::int64_t> rows,
                                     const std::vector<std::string>& features,
                                     const PipelineOptions& options) {
  REEVE_ASSIGN_OR_RETURN(FittedRows fitted, FitTransform(table, rows, features, options, {}));
  return std::move(fitted.pipeline);
}

Result<FittedRows> Pipeline::FitTransform(const Table& table, std::span<const std::int64_t> rows,
                                          const std::vector<std::string>& features,
                                          const PipelineOptions& options,
                                          const Supervision& supervision) {
  auto impl = std::make_unique<FittedPipeline::Impl>();
  // Matrix columns of the rows that were learnt from, where Transform would give others.
  std::vector<std::pair<std::int64_t, std::vector<float>>> learnt;
  const ColumnIndex columns(table);
  for (const std::string& name : features) {
    const Column* const column = columns.Find(name);
    if (column == nullptr) return table.Get(name).status();
    if (TextStep::Takes(*column)) {
      TextStep::Fitted fitted = TextStep::Fit(*column, rows, options, supervision);
      if (fitted.step == nullptr) continue;
      learnt.emplace_back(impl->outputs.size(), std::move(fitted.learnt));
      impl->Add(std::move(fitted.step));
    } else if (auto fitted = FitColumn(*column, rows, options)) {
      impl->Add(std::move(fitted));
    }
  }
  for (const Derived& derived : options.derived) {
    REEVE_ASSIGN_OR_RETURN(auto step, DerivedStep::Fit(derived, table, rows, options));
    impl->Add(std::move(step));
  }
  if (impl->outputs.empty()) {
    return Status::InvalidData(
        "no column gives a feature: ids give none, nor do columns without values");
  }
  FittedPipeline pipeline(std::move(impl));
  REEVE_ASSIGN_OR_RETURN(Matrix matrix, pipeline.Transform(table, rows));
  for (const auto& [first, values] : learnt)
    std::copy(values.begin(), values.end(), matrix.column(first).data());
  if (supervision.labels.empty()) return FittedRows{std::move(pipeline), std::move(matrix)};
  const std::vector<std::int64_t> learn = PositionsBut(rows.size(), supervision.watched);
  if (!supervision.watched.empty() && pipeline.looks_at_labels())
    REEVE_RETURN_IF_ERROR(pipeline.Relearn(table, rows, learn, supervision, matrix));
  FittedRows fitted{std::move(pipeline), std::move(matrix)};
  if (options.target.statistics != Statistics::kNone) {
    REEVE_RETURN_IF_ERROR(
        AddStatistics({table, rows, learn, features, options, supervision}, fitted));
  }
  return fitted;
}

}  // namespace reeve::features
