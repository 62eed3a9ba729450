#include "reeve/inference/scorer.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "reeve/base/parallel.h"

namespace reeve::inference {
namespace {

// Small enough that a few threads share a chunk evenly, large enough that a block is worth a task.
constexpr std::int64_t kBlockRows = 8192;

}  // namespace

Probabilities PredictCorrected(const Model& model, const Decision& decision, const Matrix& matrix,
                               int threads) {
  Probabilities probabilities(matrix.rows(), model.classes());
  const std::int64_t blocks = (matrix.rows() + kBlockRows - 1) / kBlockRows;
  // The task never fails, so neither does the loop.
  (void)ParallelFor(threads, blocks, [&](std::int64_t block) {
    const std::int64_t begin = block * kBlockRows;
    model.PredictRows(matrix, begin, std::min(begin + kBlockRows, matrix.rows()), probabilities);
    return Status::Ok();
  });
  decision.Correct(probabilities);
  return probabilities;
}

Result<Scorer> Scorer::Make(contract::Contract contract, features::FittedPipeline pipeline,
                            std::unique_ptr<Model> model, Decision decision) {
  const auto outputs = static_cast<std::int64_t>(pipeline.outputs().size());
  if (outputs != model->features()) {
    return Status::Corrupt("the pipeline gives " + std::to_string(outputs) +
                           " features, the model expects " + std::to_string(model->features()));
  }
  if (contract.classes.size() != static_cast<std::size_t>(model->classes())) {
    return Status::Corrupt("the contract has " + std::to_string(contract.classes.size()) +
                           " classes, the model " + std::to_string(model->classes()));
  }
  return Scorer(std::move(contract), std::move(pipeline), std::move(model), std::move(decision));
}

Result<Scored> Scorer::Score(const Table& chunk, std::int64_t first_row, int threads) const {
  REEVE_ASSIGN_OR_RETURN(contract::Conformed conformed,
                         contract::Conform(contract_, chunk, {.first_row = first_row}));
  REEVE_ASSIGN_OR_RETURN(const Matrix matrix,
                         pipeline_.Transform(conformed.table, AllRows(chunk.rows())));
  Scored scored;
  scored.probabilities = PredictCorrected(*model_, decision_, matrix, threads);
  scored.predicted.resize(static_cast<std::size_t>(chunk.rows()), -1);
  for (std::int64_t row = 0; row < chunk.rows(); ++row) {
    const auto i = static_cast<std::size_t>(row);
    if (conformed.usable[i]) scored.predicted[i] = decision_.Decide(scored.probabilities.row(row));
  }
  scored.usable = std::move(conformed.usable);
  scored.violations = std::move(conformed.violations);
  scored.unseen = std::move(conformed.unseen);
  return scored;
}

}  // namespace reeve::inference
