#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/inference/model.h"

namespace reeve::inference {

/// Weights of a (multinomial) logistic regression.
struct Linear {
  /// Columns of the matrices it scores.
  std::int64_t features = 0;
  /// At least two.
  int classes = 2;
  /// One row of `features` weights for two classes (towards the positive one), else `classes` rows.
  std::vector<double> weights;
  /// One per row of weights.
  std::vector<double> intercepts;
  /// Of each column over the training rows: mean and standard deviation (population), what
  /// explanations compare a row with. One per feature, or both empty where they were not kept.
  std::vector<double> means, deviations;
  /// Standard error of each weight, or empty where none is known.
  std::vector<double> standard_errors;

  Status Validate() const;
};

/// p = logistic(w·x + b), or softmax over classes; sums in double, columns in order.
/// REQUIRES of PredictBlock: no NaN (the linear pipeline imputes).
class LinearModel final : public Model {
 public:
  static Result<std::unique_ptr<LinearModel>> Make(Linear linear);

  std::string_view kind() const override { return "linear"; }
  int classes() const override { return linear_.classes; }
  std::int64_t features() const override { return linear_.features; }
  void PredictBlock(const FeatureBlock& block, std::span<double> out,
                    WorkMemory& work) const override;
  std::string Serialize() const override;

  const Linear& linear() const { return linear_; }

 private:
  explicit LinearModel(Linear linear) : linear_(std::move(linear)) {}
  Linear linear_;
};

}  // namespace reeve::inference
