#include "reeve/inference/perceptron.h"

#include <algorithm>
#include <utility>

#include "reeve/inference/model_file.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {
namespace {

// Rows that go through all layers together, so that they stay in the cache.
constexpr std::size_t kBlockRows = 64;

bool AllFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

// Softmax over the margins of a row, or the logistic of its only one.
void ToProbabilities(const float* margins, std::span<double> probabilities) {
  if (probabilities.size() == 2) {
    probabilities[1] = 1 / (1 + std::exp(-static_cast<double>(margins[0])));
    probabilities[0] = 1 - probabilities[1];
    return;
  }
  const double largest = *std::max_element(margins, margins + probabilities.size());
  double sum = 0;
  for (std::size_t k = 0; k < probabilities.size(); ++k)
    sum += probabilities[k] = std::exp(static_cast<double>(margins[k]) - largest);
  for (double& value : probabilities) value /= sum;
}

}  // namespace

Status Perceptron::Validate() const {
  if (classes < 2 || features <= 0 || layers.empty() ||
      means.size() != static_cast<std::size_t>(features))
    return Status::Corrupt("perceptron: no layer, or means that do not fit the features");
  std::size_t inputs = means.size();
  for (const DenseLayer& layer : layers) {
    const std::size_t width = layer.biases.size();
    if (width == 0 || layer.weights.size() % width != 0 || layer.weights.size() / width != inputs)
      return Status::Corrupt("perceptron: weights that do not fit a layer's inputs and outputs");
    if (!AllFinite(layer.weights) || !AllFinite(layer.biases))
      return Status::Corrupt("perceptron: a weight that is no number");
    inputs = width;
  }
  if (inputs != outputs())
    return Status::Corrupt("perceptron: the last layer does not fit the classes");
  return AllFinite(means) ? Status::Ok() : Status::Corrupt("perceptron: a mean that is no number");
}

Result<std::unique_ptr<PerceptronModel>> PerceptronModel::Make(Perceptron perceptron) {
  REEVE_RETURN_IF_ERROR(perceptron.Validate());
  return std::unique_ptr<PerceptronModel>(new PerceptronModel(std::move(perceptron)));
}

PerceptronModel::PerceptronModel(Perceptron perceptron) : perceptron_(std::move(perceptron)) {
  std::size_t inputs = perceptron_.means.size();
  widest_ = Padded(inputs);
  for (const DenseLayer& layer : perceptron_.layers) {
    const std::size_t outputs = layer.biases.size();
    weights_.emplace_back(Strided{
        .values = layer.weights.data(), .rows = inputs, .columns = outputs, .row_stride = outputs});
    CacheLines<float> biases(Padded(outputs), 0.0F);
    std::copy(layer.biases.begin(), layer.biases.end(), biases.begin());
    biases_.push_back(std::move(biases));
    inputs = outputs;
    widest_ = std::max(widest_, Padded(outputs));
  }
}

float* PerceptronModel::Forward(std::size_t rows, float* from, float* to) const {
  for (std::size_t l = 0; l < weights_.size(); ++l) {
    const Strided left{.values = from,
                       .rows = rows,
                       .columns = weights_[l].rows(),
                       .row_stride = Padded(weights_[l].rows())};
    const std::size_t width = Padded(weights_[l].columns());
    Multiply(left, weights_[l], biases_[l].data(), to, width);
    if (l + 1 < weights_.size()) ApplySilu({to, rows * width}, nullptr);
    std::swap(from, to);
  }
  return from;
}

void PerceptronModel::PredictBlock(const FeatureBlock& block, std::span<double> out,
                                   WorkMemory& work) const {
  const std::size_t features = perceptron_.means.size();
  const auto classes = static_cast<std::size_t>(perceptron_.classes);
  const std::size_t most_rows = std::min(kBlockRows, block.rows);
  const auto memory = TakeWork<float>(work, 2 * most_rows * widest_);
  for (std::size_t first = 0; first < block.rows; first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, block.rows - first);
    const float* const values = block.values + first * block.row_stride;
    for (std::size_t i = 0; i < rows; ++i) {
      float* const row = memory.data() + i * Padded(features);
      for (std::size_t j = 0; j < features; ++j)
        row[j] =
            PerceptronInput(values[j * block.stride + i * block.row_stride], perceptron_.means[j]);
    }
    const float* const margins = Forward(rows, memory.data(), memory.data() + most_rows * widest_);
    for (std::size_t i = 0; i < rows; ++i)
      ToProbabilities(margins + i * Padded(perceptron_.outputs()),
                      out.subspan((first + i) * classes, classes));
  }
}

std::string PerceptronModel::Serialize() const { return WritePerceptron(perceptron_); }

}  // namespace reeve::inference
