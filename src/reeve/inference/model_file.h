#pragma once

#include <string>

#include "reeve/inference/forest.h"
#include "reeve/inference/linear.h"

namespace reeve::inference {

/// The bytes of model.reeve: docs/formats/model.md. LoadModel (model.h) reads them back.
std::string WriteForest(const Forest& forest);
std::string WriteLinear(const Linear& linear);

}  // namespace reeve::inference
