#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/inference/dense_kernel.h"
#include "reeve/inference/perceptron.h"

namespace reeve::learners {

/// A layer while it learns. Rows of outputs are padded to whole panels; what is padded stays 0.
struct TrainedLayer {
  std::size_t inputs = 0, outputs = 0;
  /// inputs x Padded(outputs) weights, then Padded(outputs) biases; and of each its gradient and
  /// the running means of the gradient and of its square.
  inference::CacheLines<float> values, gradients, means, squares;
  /// The weights as the kernel reads them.
  inference::Panels panels;
  /// Of the rows of a batch: what comes out (behind the unit), the unit's slope, and the
  /// derivative of the loss by what goes in.
  inference::CacheLines<float> out, slopes, down;

  std::size_t stride() const { return inference::Padded(outputs); }
  const float* biases() const { return values.data() + inputs * stride(); }
};

/// How one step of the optimiser moves the weights.
struct AdamStep {
  /// Of this step.
  float rate = 0;
  /// Share of a weight that is taken off, biases excepted.
  float decay = 0;
  /// What makes the running means unbiased: 1 / (1 - decay of the mean ^ steps so far).
  float mean_correction = 1, square_correction = 1;
};

/// The layers of a perceptron while they learn: forward, backward, a step. Every sum over a batch
/// has one order, so that the same batches give the same bits.
class TrainedLayers {
 public:
  /// `widths`: of the input, the hidden layers and the output. Hidden weights are drawn uniformly
  /// with variance 2 / inputs (He et al. 2015); those of the last layer are 0 and its biases
  /// `last_biases`. Batches have up to `most_rows` rows.
  TrainedLayers(std::span<const std::size_t> widths, std::span<const float> last_biases,
                std::size_t most_rows, Random random);

  /// Margins of a batch, a row of Padded(outputs) each, from rows of Padded(inputs) values. Hidden
  /// outputs are left out with probability `dropout` and scaled up in turn (Srivastava et al.
  /// 2014). Valid until the next call; to be overwritten with the derivatives of the loss by the
  /// margins, as Backward wants them.
  float* Forward(const float* rows, std::size_t count, double dropout, Random& random);
  /// The gradients of all weights, from the same rows and what stands in the margins.
  void Backward(const float* rows, std::size_t count);
  /// Moves all weights along their gradients (AdamW).
  void Step(const AdamStep& step);

  /// Of a layer, as the last Backward left them: inputs x Padded(outputs) for the weights, then
  /// those of the biases.
  std::span<const float> gradients(std::size_t layer) const { return layers_[layer].gradients; }
  /// The layers as a model has them.
  std::vector<inference::DenseLayer> Take() const;

 private:
  std::vector<TrainedLayer> layers_;
  inference::Panels packed_;
};

}  // namespace reeve::learners
