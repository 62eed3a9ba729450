#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reeve/inference/dense_kernel.h"
#include "reeve/inference/model.h"

namespace reeve::inference {

/// A layer that joins every input with every output.
struct DenseLayer {
  /// Input after input, a weight for each output.
  std::vector<float> weights;
  /// One per output.
  std::vector<float> biases;
};

/// A multilayer perceptron: layers one after the other, the sigmoid linear unit (dense_kernel.h)
/// between them, a logistic or softmax behind the last.
struct Perceptron {
  /// Columns of the matrices it scores.
  std::int64_t features = 0;
  /// At least two.
  int classes = 2;
  /// Mean of each column over the training rows: what is taken off a value before it goes in, and
  /// what explanations compare a row with.
  std::vector<float> means;
  /// At least one. The first takes `features` inputs, the last has one output for two classes
  /// (towards the positive one), else `classes`.
  std::vector<DenseLayer> layers;

  Status Validate() const;
  /// Outputs of the last layer.
  std::size_t outputs() const { return classes == 2 ? 1 : static_cast<std::size_t>(classes); }
};

/// What a value of a column goes in as: its distance from the mean, bent so that the farthest does
/// not reach beyond 4. (A smooth clip: Holzmüller et al. 2024, "Better by default".)
inline float PerceptronInput(float value, float mean) {
  constexpr float kReach = 4;
  const float off = (value - mean) / kReach;
  // Farther than that, a square could overflow; the bent value no longer changes.
  if (std::abs(off) > 1e6F) return off < 0 ? -kReach : kReach;
  return kReach * (off / std::sqrt(1 + off * off));
}

/// REQUIRES of PredictBlock: no NaN (the linear pipeline imputes).
class PerceptronModel final : public Model {
 public:
  static Result<std::unique_ptr<PerceptronModel>> Make(Perceptron perceptron);

  std::string_view kind() const override { return "perceptron"; }
  int classes() const override { return perceptron_.classes; }
  std::int64_t features() const override { return perceptron_.features; }
  void PredictBlock(const FeatureBlock& block, std::span<double> out,
                    WorkMemory& work) const override;
  std::string Serialize() const override;

  const Perceptron& perceptron() const { return perceptron_; }

 private:
  explicit PerceptronModel(Perceptron perceptron);
  /// Of rows of inputs in `from`, each of Padded(features()) values: the last layer's outputs,
  /// Padded(outputs()) a row. Both buffers hold what the widest layer needs; tells in which the
  /// answer is.
  float* Forward(std::size_t rows, float* from, float* to) const;

  Perceptron perceptron_;
  std::vector<Panels> weights_;
  /// Padded with 0.
  std::vector<CacheLines<float>> biases_;
  /// Values a row takes in the widest layer, the inputs included.
  std::size_t widest_ = 0;
};

}  // namespace reeve::inference
