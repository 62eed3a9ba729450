#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "reeve/inference/model.h"

namespace reeve::inference {

/// Expects that the bytes of a model are refused when they are cut anywhere or go on behind their
/// end, and that with any byte changed they are refused or make a model that scores `matrix`, if
/// that has as many columns as it looks at.
inline void ExpectDamageIsHarmless(const std::string& bytes, const Matrix& matrix) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(LoadModel(std::string_view(bytes).substr(0, size)).ok());
  EXPECT_FALSE(LoadModel(bytes + "x").ok());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x81);
    const auto model = LoadModel(damaged);
    if (model.ok() && (*model)->features() == matrix.cols()) (void)(*model)->Predict(matrix);
  }
}

}  // namespace reeve::inference
