#include "reeve/tuning/search.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "reeve/base/number.h"
#include "reeve/base/random.h"
#include "reeve/evaluation/threshold.h"
#include "reeve/learners/registry.h"
#include "reeve/tuning/cross_validation.h"

namespace reeve::tuning {
namespace {

using evaluation::Metric;

// All outcomes of one element of one group, fold by fold.
struct Candidate {
  std::size_t group_idx = 0;
  std::size_t path_idx = 0;
  std::vector<FoldOutcome> outcomes;
};

std::vector<std::int32_t> LabelsOf(const Problem& problem, std::span<const std::int64_t> rows) {
  std::vector<std::int32_t> labels;
  labels.reserve(rows.size());
  for (const std::int64_t row : rows)
    labels.push_back(problem.labels[static_cast<std::size_t>(row)]);
  return labels;
}

std::int64_t SmallestClass(const Problem& problem, const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(problem.classes));
  for (const std::int64_t row : rows)
    ++counts[static_cast<std::size_t>(problem.labels[static_cast<std::size_t>(row)])];
  return *std::min_element(counts.begin(), counts.end());
}

// Predictions of several folds one after the other.
OutOfFold Concatenate(const std::vector<Fold>& folds, const std::vector<FoldOutcome>& outcomes,
                      std::optional<std::size_t> left_out = std::nullopt) {
  OutOfFold joined;
  for (std::size_t f = 0; f < outcomes.size(); ++f) {
    if (f == left_out) continue;
    const Probabilities& part = outcomes[f].probabilities;
    joined.rows.insert(joined.rows.end(), folds[f].test.begin(), folds[f].test.end());
    joined.probabilities.classes = part.classes;
    joined.probabilities.rows += part.rows;
    joined.probabilities.values.insert(joined.probabilities.values.end(), part.values.begin(),
                                       part.values.end());
  }
  return joined;
}

std::vector<double> PositiveColumn(const Probabilities& probabilities) {
  std::vector<double> positive;
  positive.reserve(static_cast<std::size_t>(probabilities.rows));
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    positive.push_back(probabilities.at(row, 1));
  return positive;
}

// The best threshold on some out-of-fold predictions, 0.5 where none can be told (one class only).
double ChooseThreshold(const Problem& problem, const OutOfFold& out_of_fold, Metric metric) {
  const std::vector<std::int32_t> labels = LabelsOf(problem, out_of_fold.rows);
  const std::vector<double> positive = PositiveColumn(out_of_fold.probabilities);
  const auto choice = evaluation::BestThreshold(ThresholdMetric(metric), labels, positive, {});
  return choice.ok() ? std::clamp(choice->threshold, 0.0, 1.0) : 0.5;
}

// The score of one fold. For metrics of hard decisions the threshold comes from the other folds, so
// that the fold that is scored has no say in it; nothing when the fold has no score (one class
// only).
std::optional<double> FoldScore(const Problem& problem, const SearchOptions& options,
                                const std::vector<Fold>& folds,
                                const std::vector<FoldOutcome>& outcomes, std::size_t fold_idx) {
  double threshold = 0.5;
  const bool chooses = problem.classes == 2 && options.imbalance != Imbalance::kNone &&
                       evaluation::InfoOf(options.metric).depends_on_threshold &&
                       outcomes.size() > 1;
  if (chooses)
    threshold = ChooseThreshold(problem, Concatenate(folds, outcomes, fold_idx), options.metric);
  const std::vector<std::int32_t> labels = LabelsOf(problem, folds[fold_idx].test);
  const auto score =
      evaluation::Score(options.metric, labels, outcomes[fold_idx].probabilities, threshold, {});
  if (!score.ok()) return std::nullopt;
  return *score;
}

// Parameters as a person would type them again: with early stopping's rounds, averaged over folds.
learners::Params AverageRounds(const learners::Params& asked,
                               const std::vector<FoldOutcome>& outcomes) {
  learners::Params params = asked;
  double sum = 0;
  for (const FoldOutcome& outcome : outcomes) {
    const auto it = outcome.params.find("n_estimators");
    if (it == outcome.params.end()) return params;
    sum += ParseNumber(it->second).value_or(0);
  }
  const auto rounds =
      std::max<std::int64_t>(1, std::llround(sum / static_cast<double>(outcomes.size())));
  params["n_estimators"] = std::to_string(rounds);
  return params;
}

class Searcher {
 public:
  Searcher(const Problem& problem, const std::vector<std::int64_t>& rows,
           const SearchOptions& options)
      : problem_(problem), rows_(rows), options_(options) {}

  Result<SearchResult> Run() {
    REEVE_ASSIGN_OR_RETURN(const CrossValidation validation, MakeValidation());
    REEVE_ASSIGN_OR_RETURN(std::vector<Candidate> candidates, CrossValidateAll(validation));
    std::vector<Trial> trials;
    for (const Candidate& candidate : candidates) {
      REEVE_ASSIGN_OR_RETURN(Trial trial, MakeTrial(validation, candidate));
      trials.push_back(std::move(trial));
    }
    const std::vector<std::size_t> order = BestFirst(trials);
    const Candidate& winner = candidates[order.front()];
    OutOfFold out_of_fold = Concatenate(validation.folds(), winner.outcomes);
    REEVE_ASSIGN_OR_RETURN(SearchResult result, Refit(trials[order.front()]));
    REEVE_ASSIGN_OR_RETURN(result.chosen, Choose(validation.folds(), out_of_fold));
    result.decision.calibration = result.chosen.calibration;
    result.decision.threshold = result.chosen.threshold;
    result.out_of_fold = std::move(out_of_fold);
    for (const std::size_t i : order) result.leaderboard.push_back(std::move(trials[i]));
    result.trials = trial_count_;
    return result;
  }

  // Trains `params` on all rows; with the rounds it is told, so nothing has to be watched.
  Result<SearchResult> Refit(const Trial& trial) {
    REEVE_ASSIGN_OR_RETURN(const auto learner, learners::MakeLearner(trial.learner));
    REEVE_ASSIGN_OR_RETURN(PreparedRows prepared,
                           Prepare(problem_, rows_, learner->input(), std::nullopt));
    const FitOptions fit{.imbalance = options_.imbalance,
                         .seed = Random(options_.seed).Fork("refit").Next(),
                         .threads = options_.threads,
                         .early_stopping = false,
                         .cancellation = options_.cancellation};
    REEVE_ASSIGN_OR_RETURN(FittedModels fitted,
                           FitModels(problem_, prepared, *learner, {trial.params}, fit));
    return SearchResult{.model = std::move(fitted.models.front()),
                        .pipeline = std::move(prepared.pipeline),
                        .decision = {.threshold = std::nullopt, .odds = std::move(fitted.odds)}};
  }

 private:
  // Calibration and threshold; calibrates the predictions on the way.
  Result<ChosenDecision> Choose(const std::vector<Fold>& folds, OutOfFold& out_of_fold) const {
    std::vector<std::int32_t> fold_of;
    for (std::size_t f = 0; f < folds.size(); ++f)
      fold_of.insert(fold_of.end(), folds[f].test.size(), static_cast<std::int32_t>(f));
    DecisionOptions options{.calibration = options_.calibration,
                            .costs = options_.costs,
                            .threshold_metric = ThresholdMetric(options_.metric)};
    if (options_.imbalance == Imbalance::kNone) options.threshold_metric = std::nullopt;
    return ChooseDecision(LabelsOf(problem_, out_of_fold.rows), fold_of, options,
                          out_of_fold.probabilities);
  }

  Result<CrossValidation> MakeValidation() {
    REEVE_ASSIGN_OR_RETURN(auto folds,
                           MakeFolds(rows_, options_.folds, problem_.Splitting(options_.seed)));
    std::vector<CandidateGroup> groups;
    for (const std::string& learner : options_.learners) {
      for (CandidateGroup& group :
           Portfolio(learner, options_.effort, static_cast<std::int64_t>(rows_.size()),
                     SmallestClass(problem_, rows_))) {
        trial_count_ += static_cast<std::int64_t>(group.path.size());
        groups.push_back(std::move(group));
      }
    }
    total_fits_ = static_cast<std::int64_t>(groups.size() * folds.size()) + 1;
    return CrossValidation::Make(problem_, std::move(folds), std::move(groups),
                                 {.imbalance = options_.imbalance,
                                  .seed = options_.seed,
                                  .threads = options_.threads,
                                  .cancellation = options_.cancellation,
                                  .on_fit = [this] {
                                    if (options_.on_progress)
                                      options_.on_progress(++done_fits_, total_fits_);
                                  }});
  }

  // Every group on the first fold; the better half of each learner's groups on the others.
  Result<std::vector<Candidate>> CrossValidateAll(const CrossValidation& validation) {
    std::vector<std::size_t> all(validation.groups().size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    REEVE_ASSIGN_OR_RETURN(auto first, validation.Run(all, 0, 1));
    const std::vector<std::size_t> kept = Survivors(validation, first);
    std::vector<Candidate> candidates;
    for (const std::size_t group_idx : kept) {
      for (std::size_t path_idx = 0; path_idx < first[group_idx][0].size(); ++path_idx) {
        candidates.push_back({group_idx, path_idx, {}});
        candidates.back().outcomes.push_back(std::move(first[group_idx][0][path_idx]));
      }
    }
    // All remaining folds at once keep every thread busy; large tables go fold by fold to bound
    // memory.
    const std::size_t step =
        rows_.size() * problem_.features.size() > kFoldByFoldCells ? 1 : validation.folds().size();
    for (std::size_t begin = 1; begin < validation.folds().size(); begin += step) {
      const std::size_t end = std::min(begin + step, validation.folds().size());
      REEVE_ASSIGN_OR_RETURN(auto more, validation.Run(kept, begin, end));
      for (Candidate& candidate : candidates) {
        for (auto& fold : more[candidate.group_idx]) {
          candidate.outcomes.push_back(std::move(fold[candidate.path_idx]));
        }
      }
    }
    return candidates;
  }

  std::vector<std::size_t> Survivors(
      const CrossValidation& validation,
      const std::vector<std::vector<std::vector<FoldOutcome>>>& first) const {
    std::vector<std::size_t> survivors;
    for (const std::string& learner : options_.learners) {
      std::vector<std::pair<double, std::size_t>> ranked;  // losses, so that smaller is better
      for (std::size_t group_idx = 0; group_idx < first.size(); ++group_idx) {
        if (validation.groups()[group_idx].learner != learner) continue;
        double best = std::numeric_limits<double>::infinity();
        for (const FoldOutcome& outcome : first[group_idx][0]) {
          const auto score = FoldScore(problem_, options_, validation.folds(), {outcome}, 0);
          if (score) best = std::min(best, Loss(*score));
        }
        ranked.emplace_back(best, group_idx);
      }
      std::stable_sort(ranked.begin(), ranked.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      const std::size_t keep = (ranked.size() + 1) / 2;
      for (std::size_t i = 0; i < keep; ++i) survivors.push_back(ranked[i].second);
    }
    std::sort(survivors.begin(), survivors.end());
    return survivors;
  }

  Result<Trial> MakeTrial(const CrossValidation& validation, const Candidate& candidate) const {
    const CandidateGroup& group = validation.groups()[candidate.group_idx];
    Trial trial{.learner = group.learner,
                .params = AverageRounds(group.path[candidate.path_idx], candidate.outcomes)};
    for (std::size_t f = 0; f < candidate.outcomes.size(); ++f) {
      const auto score = FoldScore(problem_, options_, validation.folds(), candidate.outcomes, f);
      if (score) trial.fold_scores.push_back(*score);
      trial.seconds += candidate.outcomes[f].seconds;
    }
    if (trial.fold_scores.empty()) {
      return Status::InvalidData("no fold has both classes, so " +
                                 std::string(evaluation::InfoOf(options_.metric).name) +
                                 " cannot be computed; the table has too few rows of a class");
    }
    const auto count = static_cast<double>(trial.fold_scores.size());
    trial.mean = std::accumulate(trial.fold_scores.begin(), trial.fold_scores.end(), 0.0) / count;
    double squares = 0;
    for (const double score : trial.fold_scores)
      squares += (score - trial.mean) * (score - trial.mean);
    trial.standard_deviation = std::sqrt(squares / count);
    return trial;
  }

  std::vector<std::size_t> BestFirst(const std::vector<Trial>& trials) const {
    std::vector<std::size_t> order(trials.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return Loss(trials[a].mean) < Loss(trials[b].mean);
    });
    return order;
  }

  double Loss(double score) const {
    return evaluation::InfoOf(options_.metric).higher_is_better ? -score : score;
  }

  static constexpr std::size_t kFoldByFoldCells = 20'000'000;

  const Problem& problem_;
  const std::vector<std::int64_t>& rows_;
  const SearchOptions& options_;
  std::int64_t trial_count_ = 0;
  std::int64_t total_fits_ = 0;
  std::int64_t done_fits_ = 0;
};

}  // namespace

Metric ThresholdMetric(Metric metric) {
  return evaluation::InfoOf(metric).depends_on_threshold ? metric : Metric::kMcc;
}

Result<SearchResult> Search(const Problem& problem, const std::vector<std::int64_t>& rows,
                            const SearchOptions& options) {
  return Searcher(problem, rows, options).Run();
}

Result<SearchResult> FitOne(const Problem& problem, const std::vector<std::int64_t>& rows,
                            const std::string& learner, const learners::Params& params,
                            const SearchOptions& options) {
  Trial trial{.learner = learner, .params = params};
  REEVE_ASSIGN_OR_RETURN(SearchResult result, Searcher(problem, rows, options).Refit(trial));
  if (problem.classes == 2)
    result.decision.threshold = options.costs ? options.costs->BayesThreshold() : 0.5;
  result.leaderboard.push_back(std::move(trial));
  result.trials = 1;
  return result;
}

}  // namespace reeve::tuning
