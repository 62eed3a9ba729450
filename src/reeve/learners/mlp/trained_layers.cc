#include "reeve/learners/mlp/trained_layers.h"

#include <algorithm>
#include <cmath>

#include "reeve/learners/mlp/mlp_kernel.h"

namespace reeve::learners {

using inference::Padded;
using inference::Strided;

namespace {

Strided Rows(const float* values, std::size_t rows, std::size_t columns) {
  return {.values = values, .rows = rows, .columns = columns, .row_stride = Padded(columns)};
}

TrainedLayer MakeLayer(std::size_t inputs, std::size_t outputs, std::size_t most_rows) {
  TrainedLayer layer{.inputs = inputs, .outputs = outputs};
  const std::size_t size = (inputs + 1) * layer.stride();
  for (auto* const part : {&layer.values, &layer.gradients, &layer.means, &layer.squares})
    part->assign(size, 0.0F);
  layer.out.assign(most_rows * layer.stride(), 0.0F);
  layer.slopes.assign(most_rows * layer.stride(), 0.0F);
  layer.down.assign(most_rows * Padded(inputs), 0.0F);
  return layer;
}

void DrawWeights(TrainedLayer& layer, Random random) {
  const double reach = std::sqrt(6.0 / static_cast<double>(layer.inputs));
  for (std::size_t k = 0; k < layer.inputs; ++k) {
    for (std::size_t n = 0; n < layer.outputs; ++n)
      layer.values[k * layer.stride() + n] = static_cast<float>(reach * (2 * random.Uniform() - 1));
  }
}

}  // namespace

TrainedLayers::TrainedLayers(std::span<const std::size_t> widths,
                             std::span<const float> last_biases, std::size_t most_rows,
                             Random random) {
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    layers_.push_back(MakeLayer(widths[l], widths[l + 1], most_rows));
    if (l + 2 < widths.size()) DrawWeights(layers_.back(), random.Fork("layer", l));
  }
  TrainedLayer& last = layers_.back();
  std::copy(last_biases.begin(), last_biases.end(),
            last.values.begin() + static_cast<std::ptrdiff_t>(last.inputs * last.stride()));
}

float* TrainedLayers::Forward(const float* rows, std::size_t count, double dropout,
                              Random& random) {
  const float* from = rows;
  for (TrainedLayer& layer : layers_) {
    layer.panels.Pack({.values = layer.values.data(),
                       .rows = layer.inputs,
                       .columns = layer.outputs,
                       .row_stride = layer.stride()});
    Multiply(Rows(from, count, layer.inputs), layer.panels, layer.biases(), layer.out.data(),
             layer.stride());
    if (&layer != &layers_.back()) {
      const std::span<float> out(layer.out.data(), count * layer.stride());
      inference::ApplySilu(out, layer.slopes.data());
      if (dropout > 0) DropOut(out, layer.slopes.data(), dropout, random);
    }
    from = layer.out.data();
  }
  return layers_.back().out.data();
}

void TrainedLayers::Backward(const float* rows, std::size_t count) {
  for (std::size_t l = layers_.size(); l-- > 0;) {
    TrainedLayer& layer = layers_[l];
    // Of the layer's outputs: what the layer above handed down, or the loss.
    const float* const derivatives =
        l + 1 < layers_.size() ? layers_[l + 1].down.data() : layer.out.data();
    const float* const inputs = l == 0 ? rows : layers_[l - 1].out.data();
    packed_.Pack(Rows(derivatives, count, layer.outputs));
    Multiply(Rows(inputs, count, layer.inputs).Transposed(), packed_, nullptr,
             layer.gradients.data(), layer.stride());
    SumRows(derivatives, count, layer.stride(),
            layer.gradients.data() + layer.inputs * layer.stride());
    if (l == 0) return;
    packed_.Pack(Strided{.values = layer.values.data(),
                         .rows = layer.inputs,
                         .columns = layer.outputs,
                         .row_stride = layer.stride()}
                     .Transposed());
    Multiply(Rows(derivatives, count, layer.outputs), packed_, nullptr, layer.down.data(),
             Padded(layer.inputs));
    Scale(layer.down.data(), layers_[l - 1].slopes.data(), count * Padded(layer.inputs));
  }
}

void TrainedLayers::Step(const AdamStep& step) {
  AdamStep without_decay = step;
  without_decay.decay = 0;
  for (TrainedLayer& layer : layers_) {
    const std::size_t weights = layer.inputs * layer.stride();
    const AdamArrays all{layer.values.data(), layer.gradients.data(), layer.means.data(),
                         layer.squares.data()};
    MoveWeights(all, weights, step);
    MoveWeights(all.From(weights), layer.stride(), without_decay);
  }
}

std::vector<inference::DenseLayer> TrainedLayers::Take() const {
  std::vector<inference::DenseLayer> taken;
  for (const TrainedLayer& layer : layers_) {
    inference::DenseLayer dense;
    for (std::size_t k = 0; k < layer.inputs; ++k) {
      const auto row = layer.values.begin() + static_cast<std::ptrdiff_t>(k * layer.stride());
      dense.weights.insert(dense.weights.end(), row,
                           row + static_cast<std::ptrdiff_t>(layer.outputs));
    }
    dense.biases.assign(layer.biases(), layer.biases() + layer.outputs);
    taken.push_back(std::move(dense));
  }
  return taken;
}

}  // namespace reeve::learners
