#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <xgboost/c_api.h>

#include "reeve/base/random.h"
#include "reeve/learners/xgboost/api.h"
#include "reeve/learners/xgboost/boosted.h"

namespace reeve::learners {

/// Rows with missing values and categories, with classes that depend on them.
struct ContributionRows {
  Matrix matrix;
  std::vector<std::int32_t> labels;

  ContributionRows(std::uint64_t seed, std::int64_t rows, int classes, int numbers) {
    Random random(seed);
    std::vector<MatrixColumn> columns(static_cast<std::size_t>(numbers), {.name = "x"});
    columns.push_back({.name = "few", .is_categorical = true, .cardinality = 4});
    columns.push_back({.name = "many", .is_categorical = true, .cardinality = 71});
    matrix = Matrix(rows, columns);
    for (std::int64_t j = 0; j < numbers; ++j) {
      for (float& value : matrix.column(j))
        value = random.Uniform() < 0.1 ? NAN : static_cast<float>(random.Normal());
    }
    for (float& code : matrix.column(numbers))
      code = random.Uniform() < 0.1 ? NAN : static_cast<float>(random.Below(3));
    for (float& code : matrix.column(numbers + 1)) code = static_cast<float>(random.Below(70));
    for (std::int64_t row = 0; row < rows; ++row) {
      const float x = matrix.at(row, 0), y = matrix.at(row, 1);
      const double z = (std::isnan(x) ? 1 : x) + (std::isnan(y) ? 0 : std::abs(y)) +
                       (matrix.at(row, numbers) == 1 ? 1.5 : 0) +
                       (static_cast<int>(matrix.at(row, numbers + 1)) % 7 == 2 ? 1 : 0) +
                       random.Normal();
      labels.push_back(std::clamp(static_cast<int>(std::floor(z)), 0, classes - 1));
    }
  }
};

/// XGBoost's own contributions of one model: rows x outputs x (features + 1), the last being the
/// expected margin.
class XgboostContributions {
 public:
  XgboostContributions(const std::string& model_ubj, const Matrix& matrix, int threads)
      : data_(DataMatrix::Dense(matrix, FeatureTypesOf(matrix), threads)) {
    ok_ = data_.ok() && XGBoosterCreate(nullptr, 0, &handle_) == 0 &&
          XGBoosterLoadModelFromBuffer(handle_, model_ubj.data(), model_ubj.size()) == 0 &&
          XGBoosterSetParam(handle_, "validate_features", "0") == 0 &&
          XGBoosterSetParam(handle_, "nthread", std::to_string(threads).c_str()) == 0;
  }
  ~XgboostContributions() { XGBoosterFree(handle_); }
  XgboostContributions(const XgboostContributions&) = delete;
  XgboostContributions& operator=(const XgboostContributions&) = delete;

  /// Empty when anything failed.
  std::vector<float> Compute() const {
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    constexpr const char* kContributions =
        R"({"type":2,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})";
    if (!ok_ || XGBoosterPredictFromDMatrix(handle_, data_->handle(), kContributions, &shape,
                                            &dimensions, &values) != 0) {
      return {};
    }
    return {values, values + shape[0] * shape[1] * shape[2]};
  }

 private:
  Result<DataMatrix> data_;
  BoosterHandle handle_ = nullptr;
  bool ok_ = false;
};

}  // namespace reeve::learners
