#include "reeve/learners/logistic/logistic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reeve/inference/linear.h"
#include "reeve/learners/learnt_rows.h"
#include "reeve/learners/logistic/objective.h"
#include "reeve/learners/logistic/solvers.h"
#include "reeve/learners/logistic/standard_errors.h"

namespace reeve::learners {
namespace {

struct ColumnSpreads {
  std::vector<double> means, deviations;
};

ColumnSpreads SpreadsOf(const Matrix& matrix) {
  ColumnSpreads spreads;
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    const auto column = matrix.column(j);
    const auto rows = static_cast<double>(column.size());
    const double mean = std::accumulate(column.begin(), column.end(), 0.0) / rows;
    double squares = 0;
    for (const float value : column) squares += (value - mean) * (value - mean);
    spreads.means.push_back(mean);
    spreads.deviations.push_back(std::sqrt(squares / rows));
  }
  return spreads;
}

// |weight| x standard deviation, meaned over outputs, summing to 1.
std::vector<double> Importance(const LogisticObjective& objective,
                               const std::vector<double>& coefficients,
                               const std::vector<double>& deviations) {
  std::vector<double> importance(objective.features());
  for (std::size_t k = 0; k < objective.outputs(); ++k) {
    for (std::size_t j = 0; j < objective.features(); ++j) {
      importance[j] += std::abs(coefficients[k * (objective.features() + 1) + j]) * deviations[j];
    }
  }
  const double total = std::accumulate(importance.begin(), importance.end(), 0.0);
  if (total > 0) {
    for (double& value : importance) value /= total;
  }
  return importance;
}

class Logistic final : public Learner {
 public:
  std::string name() const override { return "logistic"; }
  InputKind input() const override { return InputKind::kLinear; }

  const std::vector<ParamSpec>& params() const override {
    static const std::vector<ParamSpec> specs = {
        {"C", "real", "1", 1e-8, 1e8, {}, "inverse strength of the penalty"},
        {"penalty", "word", "l2", 0, 0, {"l2", "l1"}, "l2 shrinks weights, l1 also sets some to 0"},
        {"max_iter", "integer", "1000", 1, 1e6, {}, "most iterations of the solver"},
        {"tol", "real", "1e-8", 1e-14, 1, {}, "derivative at which the solver stops"},
    };
    return specs;
  }

  Result<TrainedModel> Train(const TrainingSet& set, const TrainOptions& options) const override {
    REEVE_ASSIGN_OR_RETURN(std::vector<TrainedModel> models,
                           TrainPath(set, {options.params}, options));
    return std::move(models.front());
  }

  Result<std::vector<TrainedModel>> TrainPath(const TrainingSet& set,
                                              const std::vector<Params>& path,
                                              const TrainOptions& options) const override {
    for (const Params& element : path)
      REEVE_RETURN_IF_ERROR(ValidateParams(element, params(), name()));
    if (set.row_count() == 0) return Status::InvalidData("logistic: there is no row to learn from");
    const LearntRows learnt(set);
    const LogisticObjective objective(learnt.set(), options.threads);
    const ColumnSpreads spreads = SpreadsOf(*learnt.set().matrix);
    std::vector<TrainedModel> models(path.size());
    for (const char* const penalty : {"l2", "l1"}) {
      REEVE_RETURN_IF_ERROR(FollowPath(objective, path, penalty, spreads, options, models));
    }
    return models;
  }

 private:
  // From the strongest penalty to the weakest, each fit starting where the last one ended.
  Status FollowPath(const LogisticObjective& objective, const std::vector<Params>& path,
                    const std::string& penalty, const ColumnSpreads& spreads,
                    const TrainOptions& options, std::vector<TrainedModel>& models) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (WordParam(path[i], params(), "penalty") == penalty) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return NumberParam(path[a], params(), "C") < NumberParam(path[b], params(), "C");
    });
    std::vector<double> start(objective.size());
    for (const std::size_t i : order) {
      const SolverOptions solver{
          .c = NumberParam(path[i], params(), "C"),
          .l1 = penalty == "l1",
          .max_iterations = static_cast<int>(NumberParam(path[i], params(), "max_iter")),
          .tolerance = NumberParam(path[i], params(), "tol"),
          .cancellation = options.cancellation};
      REEVE_ASSIGN_OR_RETURN(Solution solution, Minimise(objective, start, solver));
      start = solution.coefficients;
      REEVE_ASSIGN_OR_RETURN(models[i], MakeTrained(objective, solution, path[i], spreads));
    }
    return Status::Ok();
  }

  Result<TrainedModel> MakeTrained(const LogisticObjective& objective, const Solution& solution,
                                   const Params& asked, const ColumnSpreads& spreads) const {
    // An L1 penalty sets weights to 0 and leaves no second derivatives to go by.
    std::vector<double> standard_errors;
    if (WordParam(asked, params(), "penalty") == "l2")
      standard_errors =
          StandardErrors(objective, solution.coefficients, NumberParam(asked, params(), "C"));
    inference::Linear linear{
        .features = static_cast<std::int64_t>(objective.features()),
        .classes = objective.outputs() == 1 ? 2 : static_cast<int>(objective.outputs()),
        .means = spreads.means,
        .deviations = spreads.deviations,
        .standard_errors = std::move(standard_errors)};
    for (std::size_t k = 0; k < objective.outputs(); ++k) {
      const auto first = solution.coefficients.begin() +
                         static_cast<std::ptrdiff_t>(k * (objective.features() + 1));
      const auto intercept = first + static_cast<std::ptrdiff_t>(objective.features());
      linear.weights.insert(linear.weights.end(), first, intercept);
      linear.intercepts.push_back(*intercept);
    }
    TrainedModel trained;
    REEVE_ASSIGN_OR_RETURN(trained.model, inference::LinearModel::Make(std::move(linear)));
    trained.params = asked;
    trained.history.push_back({"solver_iterations", 0, static_cast<double>(solution.iterations)});
    trained.importance = Importance(objective, solution.coefficients, spreads.deviations);
    return trained;
  }
};

}  // namespace

std::unique_ptr<Learner> MakeLogistic() { return std::make_unique<Logistic>(); }

}  // namespace reeve::learners
