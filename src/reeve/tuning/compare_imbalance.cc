#include "reeve/tuning/compare_imbalance.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/metric.h"
#include "reeve/evaluation/threshold.h"
#include "reeve/inference/scorer.h"
#include "reeve/learners/registry.h"
#include "reeve/tuning/fitting.h"
#include "reeve/tuning/folds.h"
#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {
namespace {

using evaluation::Metric;

constexpr std::array kTreatments = {Imbalance::kNone, Imbalance::kWeights, Imbalance::kUndersample,
                                    Imbalance::kOversample, Imbalance::kSmote};

std::string NameOf(Imbalance imbalance) {
  for (const auto& [known, name] : AllImbalances()) {
    if (known == imbalance) return std::string(name);
  }
  return "";
}

std::vector<std::int32_t> LabelsOf(const Problem& problem, const std::vector<std::int64_t>& rows) {
  std::vector<std::int32_t> labels;
  for (const std::int64_t row : rows)
    labels.push_back(problem.labels[static_cast<std::size_t>(row)]);
  return labels;
}

std::vector<double> PositiveColumn(const Probabilities& probabilities) {
  std::vector<double> positive;
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    positive.push_back(probabilities.at(row, 1));
  return positive;
}

// Classes and predictions of one treatment, fold by fold.
struct Predictions {
  std::vector<std::vector<std::int32_t>> labels;
  std::vector<Probabilities> folds;
};

void Append(const std::vector<std::int32_t>& labels, const Probabilities& from,
            std::vector<std::int32_t>& all_labels, Probabilities& all) {
  all_labels.insert(all_labels.end(), labels.begin(), labels.end());
  all.classes = from.classes;
  all.rows += from.rows;
  all.values.insert(all.values.end(), from.values.begin(), from.values.end());
}

std::optional<double> ScoreOf(Metric metric, const std::vector<std::int32_t>& labels,
                              const Probabilities& probabilities) {
  const Result<double> score = evaluation::Score(metric, labels, probabilities, 0.5, {});
  if (!score.ok()) return std::nullopt;
  return *score;
}

// F1 of all folds' decisions together, each fold's threshold chosen on the others.
void ScoreTuned(const Predictions& predictions, TreatmentScores& scores) {
  evaluation::ConfusionMatrix counts{.classes = 2, .counts = std::vector<double>(4)};
  double sum = 0;
  for (std::size_t f = 0; f < predictions.folds.size(); ++f) {
    std::vector<std::int32_t> labels;
    Probabilities others;
    for (std::size_t g = 0; g < predictions.folds.size(); ++g) {
      if (g != f) Append(predictions.labels[g], predictions.folds[g], labels, others);
    }
    const auto best = evaluation::BestThreshold(Metric::kF1, labels, PositiveColumn(others), {});
    const double threshold = best.ok() ? best->threshold : 0.5;
    const auto fold =
        evaluation::CountConfusion(predictions.labels[f], predictions.folds[f], threshold, {});
    for (std::size_t i = 0; i < counts.counts.size(); ++i) counts.counts[i] += fold.counts[i];
    sum += threshold;
  }
  scores.f1_tuned = evaluation::FBeta(counts, 1, 1);
  scores.threshold = sum / static_cast<double>(predictions.folds.size());
}

TreatmentScores ScoreAll(const Predictions& predictions) {
  std::vector<std::int32_t> labels;
  Probabilities all;
  for (std::size_t f = 0; f < predictions.folds.size(); ++f)
    Append(predictions.labels[f], predictions.folds[f], labels, all);
  TreatmentScores scores;
  scores.auc = ScoreOf(Metric::kAuc, labels, all);
  scores.average_precision = ScoreOf(Metric::kAveragePrecision, labels, all);
  scores.brier = ScoreOf(Metric::kBrier, labels, all);
  scores.log_loss = ScoreOf(Metric::kLogLoss, labels, all);
  scores.f1_at_half = ScoreOf(Metric::kF1, labels, all);
  if (all.classes == 2 && predictions.folds.size() > 1) ScoreTuned(predictions, scores);
  return scores;
}

class Comparison {
 public:
  Comparison(const Problem& problem, const std::vector<ComparedConfiguration>& configurations,
             const CompareImbalanceOptions& options)
      : problem_(problem), configurations_(configurations), options_(options) {}

  Result<std::vector<TreatmentScores>> Run(const std::vector<std::int64_t>& rows) {
    for (const ComparedConfiguration& configuration : configurations_) {
      REEVE_ASSIGN_OR_RETURN(auto learner, learners::MakeLearner(configuration.learner));
      learners_.push_back(std::move(learner));
    }
    predictions_.resize(configurations_.size() * kTreatments.size());
    REEVE_ASSIGN_OR_RETURN(const std::vector<Fold> table_folds,
                           MakeFolds(rows, options_.folds, problem_.Splitting(options_.seed)));
    const std::vector<Fold> folds = ToPositions(table_folds, rows);
    labels_ = LabelsOf(problem_, rows);
    Preparation preparation(problem_, rows, folds, options_.threads);
    for (std::size_t f = 0; f < folds.size(); ++f)
      REEVE_RETURN_IF_ERROR(RunFold(preparation, folds[f], f));
    std::vector<TreatmentScores> scores;
    for (std::size_t i = 0; i < predictions_.size(); ++i) {
      scores.push_back(ScoreAll(predictions_[i]));
      scores.back().learner = configurations_[i / kTreatments.size()].learner;
      scores.back().imbalance = NameOf(kTreatments[i % kTreatments.size()]);
    }
    return scores;
  }

 private:
  Status RunFold(Preparation& preparation, const Fold& fold, std::size_t fold_idx) {
    std::vector<std::int32_t> test_labels;
    for (const std::int64_t position : fold.test)
      test_labels.push_back(labels_[static_cast<std::size_t>(position)]);
    for (Predictions& predictions : predictions_) {
      predictions.labels.push_back(test_labels);
      predictions.folds.emplace_back();
    }
    const int workers =
        std::clamp(options_.threads, 1, std::max(1, static_cast<int>(predictions_.size())));
    const int threads = std::max(1, options_.threads / workers);
    return ParallelFor(workers, static_cast<std::int64_t>(predictions_.size()),
                       [&](std::int64_t i) -> Status {
                         const auto task = static_cast<std::size_t>(i);
                         const auto& learner = learners_[task / kTreatments.size()];
                         REEVE_ASSIGN_OR_RETURN(
                             const PreparedRows* const prepared,
                             preparation.Get(Preparation::KeyOfFold(learner->input(), fold_idx)));
                         return Fit(task, fold_idx, fold, *prepared, threads);
                       });
  }

  Status Fit(std::size_t task, std::size_t fold_idx, const Fold& fold, const PreparedRows& prepared,
             int threads) {
    const std::size_t configuration = task / kTreatments.size();
    const FitOptions fit{.imbalance = kTreatments[task % kTreatments.size()],
                         .seed = Random(options_.seed).Fork("compare", fold_idx).Next(),
                         .threads = threads,
                         .cancellation = options_.cancellation};
    REEVE_ASSIGN_OR_RETURN(
        const FittedModels fitted,
        FitModels({.prepared = &prepared,
                   .labels = labels_,
                   .classes = problem_.classes,
                   .learn = fold.train},
                  *learners_[configuration], {configurations_[configuration].params}, fit));
    const inference::Decision decision{.threshold = std::nullopt, .odds = fitted.odds};
    predictions_[task].folds[fold_idx] = inference::PredictCorrected(
        *fitted.models.front().model, decision, prepared.matrix.Take(fold.test), threads);
    return Status::Ok();
  }

  const Problem& problem_;
  const std::vector<ComparedConfiguration>& configurations_;
  const CompareImbalanceOptions& options_;
  std::vector<std::unique_ptr<learners::Learner>> learners_;
  std::vector<std::int32_t> labels_;  // by position
  // Treatments of one configuration after the other.
  std::vector<Predictions> predictions_;
};

}  // namespace

Result<std::vector<TreatmentScores>> CompareImbalance(
    const Problem& problem, const std::vector<std::int64_t>& rows,
    const std::vector<ComparedConfiguration>& configurations,
    const CompareImbalanceOptions& options) {
  return Comparison(problem, configurations, options).Run(rows);
}

}  // namespace reeve::tuning
