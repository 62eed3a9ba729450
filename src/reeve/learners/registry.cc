#include "reeve/learners/registry.h"

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/learners/forest/forest_learner.h"
#include "reeve/learners/logistic/logistic.h"
#include "reeve/learners/mlp/mlp.h"
#include "reeve/learners/symmetric/symmetric.h"
#include "reeve/learners/xgboost/boosted.h"

namespace reeve::learners {

std::vector<std::string> LearnerNames() {
  return {"logistic", "forest", "boosted", "symmetric", "mlp"};
}

Result<std::unique_ptr<Learner>> MakeLearner(const std::string& name) {
  if (name == "logistic") return MakeLogistic();
  if (name == "forest") return MakeForest();
  if (name == "boosted") return MakeBoosted();
  if (name == "symmetric") return MakeSymmetric();
  if (name == "mlp") return MakeMlp();
  return Status::InvalidArgument("unknown learner " + Quote(name) + "." +
                                 Suggest(name, LearnerNames()));
}

}  // namespace reeve::learners
