#include "reeve/tuning/final_model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "reeve/base/number.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/forest_parts.h"
#include "reeve/inference/mixture.h"

namespace reeve::tuning {
namespace {

using learners::TrainedModel;

// A model of the mixture to be, with the matrix it looks at.
struct Part {
  PreparedKey key;
  double weight = 1;
  TrainedModel trained;
};

std::vector<double> MeanOf(const std::vector<std::vector<double>>& rows) {
  std::vector<double> mean(rows.front().size());
  for (const std::vector<double>& row : rows) {
    for (std::size_t j = 0; j < mean.size(); ++j)
      mean[j] += row[j] / static_cast<double>(rows.size());
  }
  return mean;
}

Result<std::unique_ptr<inference::Model>> AverageModel(
    const std::vector<std::unique_ptr<inference::Model>>& models) {
  std::vector<const inference::CompactForest*> forests;
  for (const auto& model : models)
    forests.push_back(&dynamic_cast<const inference::ForestModel&>(*model).forest());
  REEVE_ASSIGN_OR_RETURN(auto averaged, inference::ForestModel::Make(inference::Average(forests)));
  return std::unique_ptr<inference::Model>(std::move(averaged));
}

TrainedModel WithoutModel(const Assessment& assessment) {
  TrainedModel trained;
  trained.params = assessment.params;
  trained.history = assessment.history;
  trained.importance = MeanOf(assessment.importance);
  return trained;
}

// Rounds that suit all rows when they were found on all folds but one.
learners::Params ScaleRounds(learners::Params params, std::size_t folds) {
  const auto rounds = params.find("n_estimators");
  if (rounds == params.end()) return params;
  const double grown = ParseNumber(rounds->second).value_or(1) * static_cast<double>(folds) /
                       static_cast<double>(folds - 1);
  rounds->second = std::to_string(std::llround(grown));
  return params;
}

// The models of all folds as parts of their own; with columns that their folds chose, where those
// differ.
Result<std::vector<Part>> FoldParts(const ChosenMember& member) {
  const Assessment& assessment = *member.assessment;
  const auto share = static_cast<double>(assessment.folds.size());
  const learners::InputKind input = assessment.candidate->input;
  const bool chose = input == learners::InputKind::kTreesWithStatistics;
  std::vector<Part> parts;
  for (std::size_t i = 0; i < assessment.folds.size(); ++i) {
    const int fold = chose ? static_cast<int>(assessment.folds[i]) : PreparedKey::kAllRows;
    Part part{.key = {input, fold}, .weight = member.weight / share};
    part.trained.params = assessment.params;
    part.trained.history = assessment.history;
    part.trained.importance = assessment.importance[i];
    REEVE_ASSIGN_OR_RETURN(part.trained.model,
                           inference::LoadModel(assessment.models[i]->Serialize()));
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<TrainedModel> TrainOnAll(const CrossValidation& validation, const Assessment& assessment,
                                const FinalModelOptions& options) {
  Candidate candidate = *assessment.candidate;
  candidate.path = {assessment.params};
  if (assessment.rounds > 0 && options.average_folds)
    candidate.path.front() = ScaleRounds(assessment.params, assessment.folds.size());
  REEVE_ASSIGN_OR_RETURN(FoldFit fit, validation.TrainOnAll(candidate, options.seed));
  fit.models.front().history = assessment.history;
  return std::move(fit.models.front());
}

Result<std::vector<Part>> MakeParts(const CrossValidation& validation, const ChosenMember& member,
                                    const FinalModelOptions& options) {
  const Assessment& assessment = *member.assessment;
  const learners::InputKind input = assessment.candidate->input;
  // Perceptrons differ more from fold to fold than anything else: their mean is far better.
  if (options.average_folds && assessment.candidate->learner == "mlp") return FoldParts(member);
  const bool averages = options.average_folds && assessment.rounds > 0;
  if (averages && input == learners::InputKind::kTreesWithStatistics) return FoldParts(member);
  std::vector<Part> parts(1);
  parts[0].key = {.input = input};
  parts[0].weight = member.weight;
  if (assessment.out_of_bag || averages) {
    parts[0].trained = WithoutModel(assessment);
    REEVE_ASSIGN_OR_RETURN(parts[0].trained.model,
                           averages ? AverageModel(assessment.models)
                                    : inference::LoadModel(assessment.models.front()->Serialize()));
    return parts;
  }
  REEVE_ASSIGN_OR_RETURN(parts[0].trained, TrainOnAll(validation, assessment, options));
  return parts;
}

// Pipelines side by side, and where the columns of each begin.
struct Layout {
  std::vector<PreparedKey> keys;
  std::vector<std::int64_t> first;
  std::int64_t columns = 0;

  std::int64_t FirstOf(const PreparedKey& key) const {
    const auto it = std::find(keys.begin(), keys.end(), key);
    return first[static_cast<std::size_t>(it - keys.begin())];
  }
};

Result<Layout> LayOut(Preparation& preparation, const std::vector<Part>& parts) {
  Layout layout;
  for (const Part& part : parts) {
    if (std::find(layout.keys.begin(), layout.keys.end(), part.key) != layout.keys.end()) continue;
    REEVE_ASSIGN_OR_RETURN(const auto* const prepared, preparation.Get(part.key));
    layout.keys.push_back(part.key);
    layout.first.push_back(layout.columns);
    layout.columns += prepared->matrix.cols();
  }
  return layout;
}

Result<features::FittedPipeline> JoinPipelines(Preparation& preparation, const Layout& layout) {
  std::vector<features::FittedPipeline> pipelines;
  for (const PreparedKey& key : layout.keys) {
    REEVE_ASSIGN_OR_RETURN(features::FittedPipeline pipeline, preparation.TakePipeline(key));
    pipelines.push_back(std::move(pipeline));
  }
  if (pipelines.size() == 1) return std::move(pipelines.front());
  return features::FittedPipeline::Join(std::move(pipelines));
}

Result<TrainedModel> Mix(std::vector<Part> parts, const Layout& layout,
                         const std::vector<ChosenMember>& chosen) {
  TrainedModel mixed;
  mixed.params = chosen.size() == 1 ? chosen.front().assessment->params : MixtureParams(chosen);
  mixed.importance.resize(static_cast<std::size_t>(layout.columns));
  std::vector<inference::MixtureMember> members;
  const int classes = parts.front().trained.model->classes();
  for (Part& part : parts) {
    const std::int64_t first = layout.FirstOf(part.key);
    for (std::size_t j = 0; j < part.trained.importance.size(); ++j)
      mixed.importance[static_cast<std::size_t>(first) + j] +=
          part.weight * part.trained.importance[j];
    members.push_back(
        {.weight = part.weight, .first_feature = first, .model = std::move(part.trained.model)});
  }
  mixed.history = std::move(parts.front().trained.history);
  REEVE_ASSIGN_OR_RETURN(
      mixed.model, inference::MixtureModel::Make(layout.columns, classes, std::move(members)));
  return mixed;
}

}  // namespace

learners::Params MixtureParams(const std::vector<ChosenMember>& members) {
  learners::Params params;
  params["members"] = std::to_string(members.size());
  for (std::size_t m = 0; m < members.size(); ++m) {
    const std::string prefix = std::to_string(m + 1) + ".";
    params[prefix + "learner"] = members[m].assessment->candidate->learner;
    params[prefix + "weight"] = FormatNumber(std::round(members[m].weight * 1e4) / 1e4);
    for (const auto& [name, value] : members[m].assessment->params) params[prefix + name] = value;
  }
  return params;
}

Result<FinalModel> MakeFinalModel(const CrossValidation& validation, Preparation& preparation,
                                  const std::vector<ChosenMember>& chosen,
                                  const FinalModelOptions& options) {
  std::vector<Part> parts;
  for (const ChosenMember& member : chosen) {
    REEVE_ASSIGN_OR_RETURN(std::vector<Part> more, MakeParts(validation, member, options));
    std::move(more.begin(), more.end(), std::back_inserter(parts));
  }
  REEVE_ASSIGN_OR_RETURN(const Layout layout, LayOut(preparation, parts));
  REEVE_ASSIGN_OR_RETURN(features::FittedPipeline pipeline, JoinPipelines(preparation, layout));
  if (parts.size() == 1) return FinalModel{std::move(pipeline), std::move(parts.front().trained)};
  REEVE_ASSIGN_OR_RETURN(TrainedModel mixed, Mix(std::move(parts), layout, chosen));
  return FinalModel{std::move(pipeline), std::move(mixed)};
}

}  // namespace reeve::tuning
