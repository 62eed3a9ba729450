#pragma once

#include "reeve/features/pipeline.h"
#include "reeve/inference/decision.h"
#include "reeve/inference/model.h"
#include "reeve/inference/scorer.h"

namespace reeve::explain {

/// The parts of a model that explanations look at. Does not own them; they outlive what is made
/// from it.
struct ExplainedModel {
  const features::FittedPipeline& pipeline;
  const inference::Model& model;
  const inference::Decision& decision;

  static ExplainedModel Of(const inference::Scorer& scorer) {
    return {scorer.pipeline(), scorer.model(), scorer.decision()};
  }
};

}  // namespace reeve::explain
