#pragma once

#include <string>

#include "reeve/inference/compact_forest.h"
#include "reeve/inference/linear.h"
#include "reeve/inference/mixture.h"
#include "reeve/inference/perceptron.h"

namespace reeve::inference {

/// The bytes of model.reeve: docs/formats/model.md. LoadModel (model.h) reads them back.
std::string WriteForest(const CompactForest& forest);
std::string WriteLinear(const Linear& linear);
std::string WriteMixture(const MixtureModel& mixture);
std::string WritePerceptron(const Perceptron& perceptron);

}  // namespace reeve::inference
