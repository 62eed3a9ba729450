#include "reeve/workflow/training_checks.h"

#include <algorithm>
#include <iterator>

#include "reeve/honesty/chance.h"
#include "reeve/honesty/class_sizes.h"
#include "reeve/honesty/duplicate_rows.h"
#include "reeve/honesty/fold_spread.h"
#include "reeve/honesty/label_noise.h"
#include "reeve/honesty/leaks.h"
#include "reeve/honesty/overfit.h"
#include "reeve/honesty/quick_model.h"
#include "reeve/honesty/shift.h"
#include "reeve/inference/scorer.h"

namespace reeve::workflow {
namespace {

// Rows that tell how well the model knows what it learnt from.
constexpr std::size_t kTrainSample = 5000;
// Rows that label_noise.csv lists.
constexpr std::size_t kMostSuspects = 1000;

class Checker {
 public:
  Checker(const TrainRequest& request, const TrainingTable& table, const tuning::Fold& split,
          TrainReport& report)
      : request_(request), table_(table), split_(split), report_(report) {}

  Status CheckData() {
    if (Wants("tiny_class")) {
      Add(honesty::FindTinyClasses({.train = split_.train,
                                    .test = split_.test,
                                    .labels = table_.labels,
                                    .class_names = table_.classes,
                                    .folds = request_.folds,
                                    .target = request_.table.target}));
    }
    if (Wants("leak_suspected")) REEVE_RETURN_IF_ERROR(CheckLeaks());
    if (Wants("duplicate_rows_across_split") || Wants("contradicting_rows")) {
      Add(honesty::FindDuplicateRows({.tables = {&table_.table, &table_.set_aside},
                                      .train = split_.train,
                                      .test = split_.test,
                                      .labels = table_.labels}));
    }
    // A split at random cannot shift.
    const bool is_random =
        request_.table.test.empty() && request_.test_rows.empty() && !by_time() && !by_group();
    if (Wants("train_test_shift") && !is_random) REEVE_RETURN_IF_ERROR(CheckShift());
    return Status::Ok();
  }

  Status CheckScores(const tuning::SearchResult& result, const TrainingPredictions& predictions) {
    Add(honesty::FindChance({.out_of_fold = AucOf(report_.out_of_fold),
                             .test = AucOf(report_.test),
                             .target = report_.target}));
    const honesty::ScoredRows out_of_fold{predictions.out_of_fold_labels, predictions.out_of_fold};
    // Of a model that knows nothing there is nothing more to say.
    if (out_of_fold.labels.empty() || Said("no_better_than_chance")) return Status::Ok();
    if (Wants("overfit") && !predictions.test_labels.empty())
      REEVE_RETURN_IF_ERROR(CheckOverfit(result, out_of_fold, predictions));
    if (Wants("unstable_folds")) CheckFolds(result.out_of_fold);
    if (Wants("label_noise")) CheckLabels(result, out_of_fold);
    return Status::Ok();
  }

 private:
  bool by_time() const { return !table_.times.empty(); }
  bool by_group() const { return !table_.groups.empty(); }
  bool Wants(std::string_view code) const { return !request_.ignored_warnings.Covers(code); }
  bool Said(std::string_view code) const {
    return std::any_of(report_.warnings.begin(), report_.warnings.end(),
                       [&](const contract::Warning& warning) { return warning.code == code; });
  }
  void Add(std::vector<contract::Warning> warnings) {
    std::move(warnings.begin(), warnings.end(), std::back_inserter(report_.warnings));
  }
  honesty::CheckOptions Options() const {
    return {.seed = request_.seed,
            .threads = request_.table.threads,
            .cancellation = request_.table.cancellation};
  }

  Status CheckLeaks() {
    honesty::LeakProblem problem{.data = {.table = &table_.table,
                                          .rows = split_.train,
                                          .labels = table_.labels,
                                          .class_names = table_.classes},
                                 .columns = {}};
    for (const Column& column : table_.table.columns()) problem.columns.push_back(&column);
    for (const Column& column : table_.set_aside.columns()) problem.columns.push_back(&column);
    REEVE_ASSIGN_OR_RETURN(auto warnings, honesty::FindLeaks(problem, Options()));
    Add(std::move(warnings));
    return Status::Ok();
  }

  Status CheckShift() {
    REEVE_ASSIGN_OR_RETURN(
        auto warnings,
        honesty::FindShift({.table = &table_.table,
                            .features = table_.features,
                            .train = split_.train,
                            .test = split_.test,
                            .groups = SplitsGroups() ? table_.groups : std::span<const int>()},
                           Options()));
    Add(std::move(warnings));
    return Status::Ok();
  }

  // Groups stay whole unless the test part came from elsewhere or from time.
  bool SplitsGroups() const {
    return by_group() && !by_time() && request_.table.test.empty() && request_.test_rows.empty();
  }

  static std::optional<honesty::MeasuredAuc> AucOf(
      const std::optional<evaluation::Scores>& scores) {
    if (!scores) return std::nullopt;
    const auto auc = scores->Find("auc");
    const auto interval = scores->FindInterval("auc");
    if (!auc || !interval) return std::nullopt;
    return honesty::MeasuredAuc{*auc, *interval};
  }

  Result<honesty::ScoredRows> Predict(const tuning::SearchResult& result,
                                      const std::vector<std::int64_t>& rows) const {
    REEVE_ASSIGN_OR_RETURN(const Matrix matrix, result.pipeline.Transform(table_.table, rows));
    honesty::ScoredRows scored{{},
                               inference::PredictCorrected(*result.model.model, result.decision,
                                                           matrix, request_.table.threads)};
    for (const std::int64_t row : rows)
      scored.labels.push_back(table_.labels[static_cast<std::size_t>(row)]);
    return scored;
  }

  Status CheckOverfit(const tuning::SearchResult& result, const honesty::ScoredRows& out_of_fold,
                      const TrainingPredictions& predictions) {
    const auto gap = honesty::MeasureGap(
        {.out_of_fold = out_of_fold, .test = {predictions.test_labels, predictions.test}});
    if (!gap) return Status::Ok();
    REEVE_ASSIGN_OR_RETURN(
        const honesty::ScoredRows train,
        Predict(result, honesty::SampleRows(split_.train, kTrainSample, request_.seed)));
    const auto train_score = honesty::MeasureScore(train);
    Add({honesty::OverfitWarning(*gap,
                                 train_score ? std::optional(train_score->value) : std::nullopt,
                                 Said("train_test_shift"))});
    return Status::Ok();
  }

  void CheckFolds(const tuning::OutOfFold& out_of_fold) {
    const int classes = out_of_fold.probabilities.classes;
    honesty::FoldProblem problem{.folds = {}, .in_time_order = by_time()};
    for (std::size_t i = 0; i < out_of_fold.rows.size(); ++i) {
      const auto fold = static_cast<std::size_t>(out_of_fold.folds[i]);
      while (problem.folds.size() <= fold) problem.folds.push_back({{}, Probabilities(0, classes)});
      honesty::ScoredRows& scored = problem.folds[fold];
      scored.labels.push_back(table_.labels[static_cast<std::size_t>(out_of_fold.rows[i])]);
      const auto predicted = out_of_fold.probabilities.row(static_cast<std::int64_t>(i));
      scored.probabilities.values.insert(scored.probabilities.values.end(), predicted.begin(),
                                         predicted.end());
      ++scored.probabilities.rows;
    }
    Add(honesty::FindUnstableFolds(problem));
  }

  void CheckLabels(const tuning::SearchResult& result, const honesty::ScoredRows& out_of_fold) {
    honesty::LabelNoise noise = honesty::FindLabelNoise(out_of_fold);
    Add(std::move(noise.warnings));
    if (noise.suspects.size() > kMostSuspects) noise.suspects.resize(kMostSuspects);
    for (const honesty::SuspectLabel& suspect : noise.suspects) {
      const auto row = static_cast<std::size_t>(result.out_of_fold.rows[suspect.position]);
      report_.suspect_labels.push_back(
          {.row = table_.source_rows[row],
           .label = table_.classes[static_cast<std::size_t>(table_.labels[row])],
           .suggested = table_.classes[static_cast<std::size_t>(suspect.suggested)],
           .label_probability = suspect.own,
           .suggested_probability = suspect.other});
    }
  }

  const TrainRequest& request_;
  const TrainingTable& table_;
  const tuning::Fold& split_;
  TrainReport& report_;
};

}  // namespace

Status CheckTraining(const TrainRequest& request, const TrainingTable& table,
                     const tuning::Fold& split, const tuning::SearchResult& result,
                     const TrainingPredictions& predictions, TrainReport& report) {
  Checker checker(request, table, split, report);
  REEVE_RETURN_IF_ERROR(checker.CheckData());
  return checker.CheckScores(result, predictions);
}

}  // namespace reeve::workflow
