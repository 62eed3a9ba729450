#include "reeve/learners/mlp_work.h"

#include <algorithm>

namespace reeve::learners {

std::int64_t MlpWeights(std::int64_t features, int classes, int layers, int units) {
  const std::int64_t width = units, outputs = classes == 2 ? 1 : classes;
  return features * width + (layers - 1) * width * width + width * outputs;
}

int MlpUnits(std::int64_t rows) {
  constexpr std::int64_t kFewRows = 8'192;
  return rows <= kFewRows ? kMlpHiddenUnits / 2 : kMlpHiddenUnits;
}

int MlpEpochs(std::int64_t rows, std::int64_t weights) {
  constexpr double kProducts = 25e9, kMost = 30;
  const double products = static_cast<double>(rows) * static_cast<double>(weights);
  return static_cast<int>(std::clamp(kProducts / products, 1.0, kMost));
}

}  // namespace reeve::learners
