#include "reeve/honesty/quick_model.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/features/pipeline.h"
#include "reeve/learners/registry.h"

namespace reeve::honesty {
namespace {

const learners::Params kParams = {
    {"n_estimators", "40"}, {"max_depth", "4"}, {"learning_rate", "0.3"}, {"max_bin", "64"}};

struct Part {
  std::vector<std::int64_t> learn, predict;    // rows
  std::vector<std::int32_t> labels;            // of `learn`
  std::vector<std::size_t> predict_positions;  // of `predict`
};

Part MakePart(const QuickProblem& problem, std::size_t part_idx) {
  Part part;
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    if (problem.part[i] == part_idx) {
      part.predict.push_back(problem.rows[i]);
      part.predict_positions.push_back(i);
    } else {
      part.learn.push_back(problem.rows[i]);
      part.labels.push_back(problem.labels[i]);
    }
  }
  return part;
}

Status RunPart(const QuickProblem& problem, std::size_t part_idx, const CheckOptions& options,
               Probabilities& probabilities) {
  const Part part = MakePart(problem, part_idx);
  if (part.predict.empty()) return Status::Ok();
  if (std::set(part.labels.begin(), part.labels.end()).size() < 2)
    return Status::InvalidData("a part of the rows has one class only, expected both outside it");
  REEVE_ASSIGN_OR_RETURN(const auto learner, learners::MakeLearner("boosted"));
  REEVE_ASSIGN_OR_RETURN(const features::FittedPipeline pipeline,
                         features::Pipeline::Fit(*problem.table, part.learn, problem.features,
                                                 features::PipelineOptions::ForTrees()));
  REEVE_ASSIGN_OR_RETURN(const Matrix matrix, pipeline.Transform(*problem.table, part.learn));
  const learners::TrainingSet set{
      .matrix = &matrix, .labels = part.labels, .classes = problem.classes};
  REEVE_ASSIGN_OR_RETURN(
      const learners::TrainedModel model,
      learner->Train(set, {.params = kParams,
                           .seed = Random(options.seed).Fork("quick model", part_idx).Next(),
                           .cancellation = options.cancellation}));
  REEVE_ASSIGN_OR_RETURN(const Matrix test, pipeline.Transform(*problem.table, part.predict));
  const Probabilities predicted = model.model->Predict(test);
  for (std::size_t i = 0; i < part.predict.size(); ++i) {
    const auto from = predicted.row(static_cast<std::int64_t>(i));
    std::copy(
        from.begin(), from.end(),
        probabilities.mutable_row(static_cast<std::int64_t>(part.predict_positions[i])).begin());
  }
  return Status::Ok();
}

}  // namespace

Result<Probabilities> CrossValidateQuickly(const QuickProblem& problem,
                                           const CheckOptions& options) {
  Probabilities predictions(static_cast<std::int64_t>(problem.rows.size()), problem.classes);
  REEVE_RETURN_IF_ERROR(ParallelFor(
      options.threads, static_cast<std::int64_t>(problem.parts), [&](std::int64_t part_idx) {
        return RunPart(problem, static_cast<std::size_t>(part_idx), options, predictions);
      }));
  return predictions;
}

std::vector<std::size_t> AssignParts(const std::vector<std::int32_t>& labels,
                                     const std::vector<std::int32_t>& groups, std::size_t parts,
                                     std::uint64_t seed) {
  std::vector<std::size_t> part(labels.size());
  Random random = Random(seed).Fork("parts");
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.Shuffle(std::span(order));
  if (!groups.empty()) {
    std::map<std::int32_t, std::size_t> part_of_group;
    for (const std::size_t i : order)
      part[i] = part_of_group.try_emplace(groups[i], part_of_group.size() % parts).first->second;
    return part;
  }
  std::map<std::int32_t, std::size_t> next;
  for (const std::size_t i : order) part[i] = next[labels[i]]++ % parts;
  return part;
}

std::vector<std::int64_t> SampleRows(std::span<const std::int64_t> rows, std::size_t most,
                                     std::uint64_t seed) {
  std::vector<std::int64_t> sample(rows.begin(), rows.end());
  if (sample.size() <= most) return sample;
  Random random = Random(seed).Fork("sample");
  // The first `most` steps of a shuffle.
  for (std::size_t i = 0; i < most; ++i)
    std::swap(sample[i], sample[i + random.Below(sample.size() - i)]);
  sample.resize(most);
  std::sort(sample.begin(), sample.end());
  return sample;
}

}  // namespace reeve::honesty
