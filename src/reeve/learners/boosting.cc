#include "reeve/learners/boosting.h"

#include <numeric>

namespace reeve::learners {

ParamSpec RoundsSpec() {
  return {"n_estimators",
          "integer",
          "100",
          1,
          100'000,
          {},
          "rounds of boosting; with early stopping at most 3000"};
}

ParamSpec PatienceSpec() {
  return {"early_stopping_rounds",
          "integer",
          "0",
          0,
          10'000,
          {},
          "rounds without improvement after which training ends; 0: three full steps, 10 to 100 "
          "rounds, and an eighth of the best so far"};
}

int MostRounds(const TrainOptions& options, const std::vector<ParamSpec>& specs) {
  constexpr int kMostWatched = 3000;
  const bool given = options.params.contains("n_estimators");
  if (options.early_stopping != nullptr && !given) return kMostWatched;
  return static_cast<int>(NumberParam(options.params, specs, "n_estimators"));
}

EarlyStopping MakeStopping(const TrainOptions& options, const std::vector<ParamSpec>& specs) {
  const std::size_t watched =
      options.early_stopping == nullptr ? 1 : options.early_stopping->row_count();
  return {static_cast<int>(NumberParam(options.params, specs, "early_stopping_rounds")),
          NumberParam(options.params, specs, "learning_rate"), watched};
}

std::vector<double> SharesOf(std::vector<double> gains) {
  const double total = std::accumulate(gains.begin(), gains.end(), 0.0);
  for (double& value : gains) value = total > 0 ? value / total : 0;
  return gains;
}

}  // namespace reeve::learners
