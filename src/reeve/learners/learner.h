#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/inference/model.h"
#include "reeve/table/matrix.h"

namespace reeve::learners {

/// What kind of matrix a learner wants; the features module has a recipe for each.
enum class InputKind {
  /// Raw numbers with NaN for missing, categories as codes.
  kTrees,
  /// kTrees, and target statistics of categories and of combinations of them.
  kTreesWithStatistics,
  /// Imputed, scaled, one-hot: no NaN, no codes.
  kLinear,
};

/// Hyperparameters by name, as they are logged and as `--fit` takes them. Values are numbers or
/// words spelt as text ("0.1", "l2").
using Params = std::map<std::string, std::string>;

/// One hyperparameter that a learner knows: generates help, docs and validation.
struct ParamSpec {
  std::string name;
  /// "integer", "real" or "word".
  std::string type;
  std::string default_value;
  /// Inclusive bounds of numbers; ignored for words.
  double minimum = 0, maximum = 0;
  /// Allowed words.
  std::vector<std::string> words = {};
  std::string description;
};

/// Rows to learn from. Does not own; everything outlives the call.
struct TrainingSet {
  const Matrix* matrix = nullptr;
  /// Class of each row, 0 … classes-1.
  std::span<const std::int32_t> labels;
  int classes = 2;
  /// Positive weights, one per row, or empty for all 1.
  std::span<const double> weights = {};
};

struct TrainOptions {
  Params params = {};
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  /// Rows that early stopping may watch; never rows that are scored. Null: no early stopping.
  const TrainingSet* early_stopping = nullptr;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// A value of a metric after each round (boosting) or at each step of a path (logistic).
struct HistoryPoint {
  std::string metric;
  std::int64_t step = 0;
  double value = 0;
};

/// What training gives.
struct TrainedModel {
  std::unique_ptr<inference::Model> model;
  /// Parameters with everything that was decided on the way, e.g. "rounds" after early stopping.
  Params params;
  std::vector<HistoryPoint> history;
  /// Importance of each matrix column, sums to 1: gain of its splits, impurity decrease, or
  /// |weight| x standard deviation. All 0 when nothing was learnt.
  std::vector<double> importance;
  /// The library's own file (model.ubj), empty when there is none.
  std::string native_bytes;
};

/// Turns rows into a model. Stateless; Train may run in several threads at once.
/// Deterministic: the same set, params and seed give the same model for any `threads`.
class Learner {
 public:
  virtual ~Learner() = default;
  /// "logistic", "forest", "boosted".
  virtual std::string name() const = 0;
  virtual InputKind input() const = 0;
  virtual const std::vector<ParamSpec>& params() const = 0;
  /// Fails with kInvalidArgument for parameters that ValidateParams refuses, kInvalidData when
  /// there is nothing to learn from, kCancelled.
  virtual Result<TrainedModel> Train(const TrainingSet& set, const TrainOptions& options) const = 0;
  /// One model for each of `path`, on the same rows. A learner that can start one fit from the last
  /// (logistic regression along its regularisation path) overrides this; the result for each
  /// element does not depend on the others beyond the solver's tolerance. options.params is not
  /// looked at.
  virtual Result<std::vector<TrainedModel>> TrainPath(const TrainingSet& set,
                                                      const std::vector<Params>& path,
                                                      const TrainOptions& options) const;
};

/// Names, types and bounds of `params` against `specs`: kInvalidArgument naming the nearest known
/// name.
Status ValidateParams(const Params& params, const std::vector<ParamSpec>& specs,
                      const std::string& learner);
/// A parameter's value, or its default. REQUIRES: validated.
double NumberParam(const Params& params, const std::vector<ParamSpec>& specs,
                   const std::string& name);
std::string WordParam(const Params& params, const std::vector<ParamSpec>& specs,
                      const std::string& name);

}  // namespace reeve::learners
