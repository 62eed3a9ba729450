#include "reeve/tuning/candidate.h"

#include "reeve/learners/registry.h"

namespace reeve::tuning {

Result<Candidate> MakeCandidate(const std::string& learner, const learners::Params& params) {
  REEVE_ASSIGN_OR_RETURN(const auto made, learners::MakeLearner(learner));
  return Candidate{.learner = learner, .input = made->input(), .path = {params}};
}

}  // namespace reeve::tuning
