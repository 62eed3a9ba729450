#include "reeve/honesty/shift.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "reeve/base/parallel.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/interval.h"
#include "reeve/honesty/column_groups.h"
#include "reeve/honesty/lone_column.h"
#include "reeve/honesty/quick_model.h"
#include "reeve/table/column_index.h"

namespace reeve::honesty {
namespace {

constexpr std::size_t kFewestRows = 50;
// Of a part; of wide tables fewer, so that they hold no more than so many values.
constexpr std::size_t kMostRows = 10'000, kFewestSampled = 1'000, kMostValues = 1'000'000;
constexpr double kShifted = 0.6;
// Of a column that is named.
constexpr double kColumnAuc = 0.55;
constexpr std::size_t kMostNamed = 5;

std::string Two(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

// AUC over the parts: the mean of their own, with the variance of that mean.
evaluation::AucVariance MeanAuc(const QuickProblem& problem, const Probabilities& predicted) {
  evaluation::AucVariance mean;
  double parts = 0;
  for (std::size_t part = 0; part < problem.parts; ++part) {
    std::vector<std::int32_t> labels;
    std::vector<double> scores;
    for (std::size_t i = 0; i < problem.rows.size(); ++i) {
      if (problem.part[i] != part) continue;
      labels.push_back(problem.labels[i]);
      scores.push_back(predicted.at(static_cast<std::int64_t>(i), 1));
    }
    const auto auc = evaluation::DeLong(labels, scores);
    if (!auc.ok()) continue;
    mean.auc += auc->auc;
    mean.variance += auc->variance;
    parts += 1;
  }
  if (parts == 0) return {.auc = 0.5, .variance = 1};
  return {.auc = mean.auc / parts, .variance = mean.variance / (parts * parts)};
}

QuickProblem MakeProblem(const ShiftProblem& problem, const CheckOptions& options) {
  QuickProblem quick{.table = problem.table, .features = problem.features};
  std::vector<std::int32_t> groups;
  const std::size_t most = std::clamp(
      kMostValues / std::max<std::size_t>(problem.features.size(), 1), kFewestSampled, kMostRows);
  for (const bool is_test : {false, true}) {
    const auto sample =
        SampleRows(is_test ? problem.test : problem.train, most, options.seed + is_test);
    for (const std::int64_t row : sample) {
      quick.rows.push_back(row);
      quick.labels.push_back(is_test);
      if (!problem.groups.empty()) groups.push_back(problem.groups[static_cast<std::size_t>(row)]);
    }
  }
  quick.part = AssignParts(quick.labels, groups, quick.parts, options.seed);
  return quick;
}

struct MovedColumn {
  std::string name;
  double auc = 0.5;
};

// Columns that tell the parts apart by themselves, the clearest first.
Result<std::vector<MovedColumn>> MovedColumns(const QuickProblem& problem,
                                              const CheckOptions& options) {
  const ColumnIndex columns(*problem.table);
  std::vector<MovedColumn> moved(problem.features.size());
  REEVE_RETURN_IF_ERROR(ParallelFor(
      options.threads, static_cast<std::int64_t>(moved.size()), [&](std::int64_t index) {
        const auto i = static_cast<std::size_t>(index);
        const Column& column = *columns.Find(problem.features[i]);
        const auto auc =
            LoneAuc(GroupColumn(column, problem.rows), {problem.labels, 2}, options.seed);
        moved[i] = {problem.features[i], auc.ok() ? *auc : 0.5};
        return options.cancellation->Check();
      }));
  std::erase_if(moved, [](const MovedColumn& column) { return column.auc < kColumnAuc; });
  std::stable_sort(moved.begin(), moved.end(),
                   [](const auto& a, const auto& b) { return a.auc > b.auc; });
  if (moved.size() > kMostNamed) moved.resize(kMostNamed);
  return moved;
}

}  // namespace

Result<std::vector<contract::Warning>> FindShift(const ShiftProblem& problem,
                                                 const CheckOptions& options) {
  std::vector<contract::Warning> warnings;
  if (problem.train.size() < kFewestRows || problem.test.size() < kFewestRows) return warnings;
  const QuickProblem quick = MakeProblem(problem, options);
  const Result<Probabilities> predicted = CrossValidateQuickly(quick, options);
  // Nothing to learn from: the parts cannot be told apart.
  if (!predicted.ok() && predicted.status().code() == StatusCode::kInvalidData) return warnings;
  if (!predicted.ok()) return predicted.status();
  const evaluation::AucVariance auc = MeanAuc(quick, *predicted);
  const double error = evaluation::NormalQuantile(0.975) * std::sqrt(auc.variance);
  if (auc.auc - error <= kShifted) return warnings;
  REEVE_ASSIGN_OR_RETURN(const std::vector<MovedColumn> moved, MovedColumns(quick, options));
  std::vector<std::string> named;
  for (const MovedColumn& column : moved)
    named.push_back(Quote(column.name, 60) + " (alone " + Two(column.auc) + ")");
  warnings.push_back(
      {"train_test_shift", moved.empty() ? "" : moved.front().name,
       "test rows are not like training rows: a model tells them apart with an AUC of " +
           Two(auc.auc) + " (95 % " + Two(auc.auc - error) + " to " +
           Two(std::min(1.0, auc.auc + error)) + "; alike is 0.5)" +
           (named.empty() ? ", by several columns together" : ", by " + Join(named, ", "))});
  return warnings;
}

}  // namespace reeve::honesty
