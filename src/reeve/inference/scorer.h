#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/contract.h"
#include "reeve/features/pipeline.h"
#include "reeve/inference/decision.h"
#include "reeve/inference/model.h"

namespace reeve::inference {

/// A scored chunk. Row i of everything belongs to row i of the chunk that was given.
struct Scored {
  /// False where the row broke the contract: its probabilities are meaningless, see violations.
  std::vector<bool> usable;
  Probabilities probabilities;
  /// Index into the contract's classes; -1 where not usable.
  std::vector<std::int32_t> predicted;
  std::vector<contract::Violation> violations;
  /// Column -> category that training never saw -> rows.
  std::map<std::string, std::map<std::string, std::int64_t>> unseen;
};

/// A loaded model that scores rows: contract → pipeline → model → decision. The one way from raw
/// fields to an answer, at training time for the test part, in batches and behind a service.
/// Immutable after Make; Score may run in many threads at once.
class Scorer {
 public:
  /// Fails with kCorrupt when the parts do not fit each other (numbers of features, of classes).
  static Result<Scorer> Make(contract::Contract contract, features::FittedPipeline pipeline,
                             std::unique_ptr<Model> model, Decision decision);

  /// Scores every row of a raw or typed chunk; `first_row` numbers the violations. Uses up to
  /// `threads` threads, with the same result for any number. Fails with kInvalidData when a
  /// required column is absent.
  Result<Scored> Score(const Table& chunk, std::int64_t first_row, int threads) const;

  const contract::Contract& contract() const { return contract_; }
  const features::FittedPipeline& pipeline() const { return pipeline_; }
  const Model& model() const { return *model_; }
  const Decision& decision() const { return decision_; }

 private:
  Scorer(contract::Contract contract, features::FittedPipeline pipeline,
         std::unique_ptr<Model> model, Decision decision)
      : contract_(std::move(contract)),
        pipeline_(std::move(pipeline)),
        model_(std::move(model)),
        decision_(std::move(decision)) {}

  contract::Contract contract_;
  features::FittedPipeline pipeline_;
  std::unique_ptr<Model> model_;
  Decision decision_;
};

/// Probabilities of a matrix after the decision's corrections (odds, calibration), rows split over
/// threads in fixed blocks.
Probabilities PredictCorrected(const Model& model, const Decision& decision, const Matrix& matrix,
                               int threads);

}  // namespace reeve::inference
