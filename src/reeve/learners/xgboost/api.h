#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <xgboost/c_api.h>

#include "reeve/base/result.h"
#include "reeve/table/matrix.h"

namespace reeve::learners {

/// Ok for 0, else kInternal with the first line of XGBoost's own message.
Status FromXgboost(int return_code);

/// One of XGBoost's words for each column: "c" where splits are sets of categories, "float" where
/// they are thresholds. Static texts.
using FeatureTypes = std::vector<const char*>;
/// Of a training matrix. Categories of which only the codes 0 and 1 occur are split by thresholds:
/// those part two codes just as sets do, and XGBoost partitions rows faster where no set occurs.
FeatureTypes FeatureTypesOf(const Matrix& matrix);

/// Owns XGBoost's copy of a matrix.
class DataMatrix {
 public:
  /// Binned, one byte or two per value: what is trained on. XGBoost keeps no copy of the floats.
  static Result<DataMatrix> Quantile(const Matrix& matrix, const FeatureTypes& types, int max_bin,
                                     int threads);
  /// As it is: what is predicted.
  static Result<DataMatrix> Dense(const Matrix& matrix, const FeatureTypes& types, int threads);

  ~DataMatrix();
  DataMatrix(DataMatrix&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  DataMatrix& operator=(DataMatrix&&) = delete;

  DMatrixHandle handle() const { return handle_; }

 private:
  explicit DataMatrix(DMatrixHandle handle) : handle_(handle) {}
  DMatrixHandle handle_;
};

/// Owns a booster. One thread trains it, from the first round to the last without another in
/// between: XGBoost 1.7 keeps one random generator per thread.
class Booster {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  /// `cached` are the matrices whose margins are kept from round to round; they outlive the
  /// booster.
  static Result<Booster> Make(const std::vector<const DataMatrix*>& cached,
                              const Settings& settings);

  ~Booster();
  Booster(Booster&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Booster& operator=(Booster&&) = delete;

  /// From the next round on.
  Status Set(const std::string& name, const std::string& value);
  /// Grows one tree per output.
  Status Boost(const DataMatrix& data, std::vector<float>& gradients, std::vector<float>& hessians);
  /// Sums before the link. The span is XGBoost's and valid until the thread's next call.
  Result<std::span<const float>> Margins(const DataMatrix& data, bool training) const;
  /// model.ubj of the first `rounds` rounds, with names and types of the features.
  Result<std::string> Save(int rounds, const std::vector<MatrixColumn>& columns,
                           const FeatureTypes& types);

 private:
  explicit Booster(BoosterHandle handle) : handle_(handle) {}
  BoosterHandle handle_;
};

}  // namespace reeve::learners
