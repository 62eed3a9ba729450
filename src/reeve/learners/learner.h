#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/inference/model.h"
#include "reeve/learners/quantised.h"
#include "reeve/table/matrix.h"
#include "reeve/table/probabilities.h"

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

/// Rows to learn from: a matrix or some of its rows, so that folds share one matrix. Does not own;
/// everything outlives the call.
struct TrainingSet {
  const Matrix* matrix = nullptr;
  /// Class of each row of the matrix, 0 … classes-1.
  std::span<const std::int32_t> labels;
  int classes = 2;
  /// Positive weights, one per row of the matrix, or empty for all 1.
  std::span<const double> weights = {};
  /// Rows of the matrix to learn from, rising; one that stands twice counts twice. Empty: all.
  std::span<const std::int64_t> rows = {};
  /// The whole matrix quantised (Quantise), for learners that work on bins; null: they do it.
  const QuantisedMatrix* quantised = nullptr;

  std::size_t row_count() const { return rows.empty() ? labels.size() : rows.size(); }
  /// Row of the matrix that the i-th learnt row is.
  std::size_t row(std::size_t i) const {
    return rows.empty() ? i : static_cast<std::size_t>(rows[i]);
  }
  /// Of a row of the matrix.
  double weight(std::size_t matrix_row) const {
    return weights.empty() ? 1.0 : weights[matrix_row];
  }
};

struct TrainOptions {
  Params params = {};
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  /// Rows that early stopping may watch, never rows that are scored: of the same matrix or of
  /// another with the same columns. Null: no early stopping.
  const TrainingSet* early_stopping = nullptr;
  /// Boosting with early stopping ends as it would, but hands over every round it trained, the
  /// last ones included: whoever wants fewer cuts the forest (inference/forest_parts.h) by the
  /// history's "watched_log_loss".
  bool keep_all_rounds = false;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// A value of a metric after each round or epoch, or at each step of a path (logistic).
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
  /// Forests with bootstrap: for each learnt row, in their order, the mean over the trees that did
  /// not see it. Rows that every tree saw take the class shares of all learnt rows.
  std::optional<Probabilities> out_of_bag;
};

/// Turns rows into a model. Stateless; Train may run in several threads at once.
/// Deterministic: the same set, params and seed give the same model for any `threads`.
class Learner {
 public:
  virtual ~Learner() = default;
  /// "logistic", "forest", "boosted", "symmetric", "mlp".
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
