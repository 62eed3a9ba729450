#pragma once

#include <cstdint>

namespace reeve::learners {

/// Hidden layers of the learner `mlp` and, at most, units of each, when it is not told.
inline constexpr int kMlpHiddenLayers = 2, kMlpHiddenUnits = 256;

/// Weights of a perceptron, biases left out, of `layers` hidden layers of `units` units.
std::int64_t MlpWeights(std::int64_t features, int classes, int layers = kMlpHiddenLayers,
                        int units = kMlpHiddenUnits);

/// Units of each hidden layer when it is not told: fewer for few rows, which would learn more by
/// heart with more.
int MlpUnits(std::int64_t rows);

/// Passes over `rows` rows that a perceptron of `weights` weights takes when it is not told: as
/// many as 25 thousand million products have room for, 1 to 30. So what a long or wide table costs
/// is bounded, whatever the machine.
int MlpEpochs(std::int64_t rows, std::int64_t weights);

}  // namespace reeve::learners
