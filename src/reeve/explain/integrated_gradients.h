#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "reeve/explain/gauss_legendre.h"
#include "reeve/inference/perceptron.h"

namespace reeve::explain {

/// Shares out a margin of a perceptron among its features by integrated gradients (Sundararajan,
/// Taly and Yan 2017, "Axiomatic attribution for deep networks"): along the straight line from the
/// typical row, where every column has its mean, to the row, a feature's contribution is what the
/// margin changes by on its account. The contributions sum to the difference of the two margins;
/// what the rule for the integral leaves over is shared out by size. Immutable; safe to use from
/// many threads.
class IntegratedGradients {
 public:
  /// Keeps copies of the weights.
  explicit IntegratedGradients(const inference::Perceptron& perceptron);

  /// The margin of the typical row. REQUIRES: an output of the perceptron, as in Contributions.
  double expected(std::size_t output) const { return expected_[output]; }
  /// Writes block.rows x features contributions to the margin of `output`, row-major.
  void Contributions(const inference::FeatureBlock& block, std::size_t output,
                     std::span<double> out) const;
  /// As Attributor's.
  double CostPerRow() const;

 private:
  struct Layer {
    inference::Panels weights, transposed;
    inference::CacheLines<float> biases;
  };
  /// Outputs of every layer for points of a line, with the slopes of the hidden ones.
  struct Pass {
    std::vector<inference::CacheLines<float>> out, slopes;
  };
  /// One row at its points; gives the margin of the row itself.
  double Explain(std::span<const float> row, std::size_t output, Pass& pass,
                 std::span<double> out) const;
  void Forward(const float* points, std::size_t count, Pass& pass) const;
  /// Derivatives of `output` by the inputs at each point, Padded(features) a point.
  inference::CacheLines<float> Backward(std::size_t count, std::size_t output, Pass& pass) const;

  std::vector<float> means_;
  std::vector<Layer> layers_;
  std::vector<double> expected_;
  Quadrature line_;
};

}  // namespace reeve::explain
