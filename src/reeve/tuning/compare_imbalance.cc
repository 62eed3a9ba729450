#include "reeve/tuning/compare_imbalance.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reeve/base/random.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/metric.h"
#include "reeve/evaluation/probability_scores.h"
#include "reeve/evaluation/threshold.h"
#include "reeve/tuning/candidate.h"
#include "reeve/tuning/cross_validation.h"
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
    const auto best =
        evaluation::BestThreshold(Metric::kF1, labels, evaluation::PositiveColumn(others), {});
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
  Comparison(const Problem& problem, const std::vector<std::int64_t>& rows, std::vector<Fold> folds,
             const CompareImbalanceOptions& options)
      : rows_(rows),
        labels_(problem.LabelsOf(rows)),
        folds_(std::move(folds)),
        options_(options),
        preparation_(problem, rows_, folds_, options.threads),
        classes_(problem.classes) {}

  Result<std::vector<TreatmentScores>> Run(
      const std::vector<ComparedConfiguration>& configurations) {
    std::vector<TreatmentScores> scores;
    for (const ComparedConfiguration& configuration : configurations) {
      REEVE_ASSIGN_OR_RETURN(const Candidate candidate,
                             MakeCandidate(configuration.learner, configuration.params));
      for (const Imbalance treatment : kTreatments) {
        REEVE_ASSIGN_OR_RETURN(TreatmentScores line, Score(candidate, treatment));
        scores.push_back(std::move(line));
      }
    }
    return scores;
  }

 private:
  Result<TreatmentScores> Score(const Candidate& candidate, Imbalance treatment) {
    const CrossValidation validation(preparation_, labels_, classes_, folds_,
                                     {.imbalance = treatment,
                                      .threads = options_.threads,
                                      .watches = false,
                                      .cancellation = options_.cancellation});
    std::vector<FitTask> tasks;
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      tasks.push_back({.candidate = &candidate,
                       .fold_idx = f,
                       .seed = Random(options_.seed).Fork("compare", f).Next()});
    }
    REEVE_ASSIGN_OR_RETURN(const std::vector<FoldFit> fits, validation.Run(tasks));
    Predictions predictions;
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      REEVE_ASSIGN_OR_RETURN(
          Probabilities predicted,
          validation.PredictTest(candidate.input, f, *fits[f].models.front().model, fits[f].odds));
      predictions.folds.push_back(std::move(predicted));
      predictions.labels.emplace_back();
      for (const std::int64_t position : folds_[f].test)
        predictions.labels.back().push_back(labels_[static_cast<std::size_t>(position)]);
    }
    TreatmentScores scores = ScoreAll(predictions);
    scores.learner = candidate.learner;
    scores.imbalance = NameOf(treatment);
    return scores;
  }

  const std::vector<std::int64_t>& rows_;
  const std::vector<std::int32_t> labels_;
  const std::vector<Fold> folds_;
  const CompareImbalanceOptions& options_;
  Preparation preparation_;
  int classes_;
};

}  // namespace

Result<std::vector<TreatmentScores>> CompareImbalance(
    const Problem& problem, const std::vector<std::int64_t>& rows,
    const std::vector<ComparedConfiguration>& configurations,
    const CompareImbalanceOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<Fold> folds,
                         MakeFolds(rows, options.folds, problem.Splitting(options.seed)));
  return Comparison(problem, rows, ToPositions(folds, rows), options).Run(configurations);
}

}  // namespace reeve::tuning
