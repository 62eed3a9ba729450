#include "reeve/inference/linear.h"

#include <algorithm>
#include <cmath>

#include "reeve/inference/model_file.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {

Status Linear::Validate() const {
  const std::size_t rows = classes == 2 ? 1 : static_cast<std::size_t>(std::max(classes, 0));
  const bool fits = classes >= 2 && features > 0 && intercepts.size() == rows &&
                    weights.size() == rows * static_cast<std::size_t>(features);
  const auto columns = static_cast<std::size_t>(std::max<std::int64_t>(features, 0));
  const bool described = means.size() == deviations.size() &&
                         (means.empty() || means.size() == columns) &&
                         (standard_errors.empty() || standard_errors.size() == weights.size());
  if (!fits || !described)
    return Status::Corrupt("linear model: weights do not fit features and classes");
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(weights.begin(), weights.end(), finite) ||
      !std::all_of(intercepts.begin(), intercepts.end(), finite) ||
      !std::all_of(means.begin(), means.end(), finite)) {
    return Status::Corrupt("linear model: a weight or a mean that is no number");
  }
  const auto spread = [](double value) { return std::isfinite(value) && value >= 0; };
  if (!std::all_of(deviations.begin(), deviations.end(), spread) ||
      !std::all_of(standard_errors.begin(), standard_errors.end(), spread)) {
    return Status::Corrupt("linear model: a deviation that is no number from 0 up");
  }
  return Status::Ok();
}

Result<std::unique_ptr<LinearModel>> LinearModel::Make(Linear linear) {
  REEVE_RETURN_IF_ERROR(linear.Validate());
  return std::unique_ptr<LinearModel>(new LinearModel(std::move(linear)));
}

void LinearModel::PredictBlock(const FeatureBlock& block, std::span<double> out,
                               WorkMemory& work) const {
  const std::size_t outputs = linear_.intercepts.size();
  const auto features = static_cast<std::size_t>(linear_.features);
  const auto classes = static_cast<std::size_t>(linear_.classes);
  const auto margins = TakeWork<double>(work, block.rows * outputs);
  for (std::size_t i = 0; i < block.rows; ++i) {
    for (std::size_t k = 0; k < outputs; ++k) margins[i * outputs + k] = linear_.intercepts[k];
  }
  // Column after column: a row's sum is formed in the same order whatever rows stand around it.
  for (std::size_t j = 0; j < features; ++j) {
    const float* const column = block.values + j * block.stride;
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double value = column[i * block.row_stride];
      for (std::size_t k = 0; k < outputs; ++k)
        margins[i * outputs + k] += linear_.weights[k * features + j] * value;
    }
  }
  for (std::size_t i = 0; i < block.rows; ++i) {
    const std::span<double> probabilities = out.subspan(i * classes, classes);
    const double* const margin = margins.data() + i * outputs;
    if (outputs == 1) {
      probabilities[1] = 1 / (1 + std::exp(-margin[0]));
      probabilities[0] = 1 - probabilities[1];
      continue;
    }
    const double largest = *std::max_element(margin, margin + outputs);
    double sum = 0;
    for (std::size_t k = 0; k < outputs; ++k)
      sum += probabilities[k] = std::exp(margin[k] - largest);
    for (double& value : probabilities) value /= sum;
  }
}

std::string LinearModel::Serialize() const { return WriteLinear(linear_); }

}  // namespace reeve::inference
