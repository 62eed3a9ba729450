#include "reeve/tuning/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

#include "reeve/base/random.h"
#include "reeve/evaluation/probability_scores.h"
#include "reeve/tuning/assessment.h"
#include "reeve/tuning/blend.h"
#include "reeve/tuning/contender.h"
#include "reeve/tuning/cross_validation.h"
#include "reeve/tuning/final_model.h"
#include "reeve/tuning/fold_scores.h"
#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {
namespace {

using evaluation::Metric;

std::int64_t SmallestClass(std::span<const std::int32_t> labels, int classes) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(classes));
  for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
  return *std::min_element(counts.begin(), counts.end());
}

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Members that are worth less than this only cost time.
constexpr double kSmallestShare = 0.04;
constexpr int kRacePicks = 20;
constexpr std::int64_t kRowsOfProxies = 8000;
// Of fewer rows the first fold says too little to end a learner by a mixture's shares alone.
constexpr std::size_t kRowsOfDoubt = 6'000;
// Times the smallest loss.
constexpr double kMuchLoss = 1.25;
constexpr int kFinalPicks = 40;
// Of a fold whose rows the metric cannot judge.
constexpr double kNoScore = std::numeric_limits<double>::infinity();

// What a mixture is made of: small weights are gone, the rest sum to 1.
std::vector<ChosenMember> Prune(const std::vector<const Assessment*>& assessments,
                                const std::vector<double>& weights) {
  std::vector<ChosenMember> members;
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] < kSmallestShare) continue;
    members.push_back({.assessment = assessments[i], .weight = weights[i]});
    total += weights[i];
  }
  for (ChosenMember& member : members) member.weight /= total;
  return members;
}

// The heaviest member that learns in rounds; null where none does.
const Assessment* LearningInRounds(const std::vector<ChosenMember>& members) {
  const ChosenMember* heaviest = nullptr;
  for (const ChosenMember& member : members) {
    if (member.assessment->fold_curves.empty()) continue;
    if (heaviest == nullptr || member.weight > heaviest->weight) heaviest = &member;
  }
  return heaviest == nullptr ? nullptr : heaviest->assessment;
}

class Searcher {
 public:
  Searcher(const Problem& problem, const std::vector<std::int64_t>& rows,
           const SearchOptions& options)
      : problem_(problem), rows_(rows), options_(options), labels_(problem.LabelsOf(rows)) {}

  Result<SearchResult> Run() {
    REEVE_RETURN_IF_ERROR(Split());
    preparation_ = std::make_unique<Preparation>(problem_, rows_, folds_, options_.threads);
    validation_ = std::make_unique<CrossValidation>(
        *preparation_, labels_, problem_.classes, folds_,
        CrossValidationOptions{.imbalance = options_.imbalance,
                               .threads = options_.threads,
                               .cancellation = options_.cancellation,
                               .on_fit = [this] {
                                 if (options_.on_progress)
                                   options_.on_progress(++done_fits_, total_fits_);
                               }});
    REEVE_RETURN_IF_ERROR(AddPortfolios());
    REEVE_RETURN_IF_ERROR(Race());
    REEVE_ASSIGN_OR_RETURN(Choice choice, ChooseSingle());
    if (options_.ensemble) REEVE_RETURN_IF_ERROR(TryMixture(choice));
    return Finish(std::move(choice));
  }

 private:
  PortfolioOptions KnownSoFar() const {
    return {.effort = options_.effort,
            .rows = static_cast<std::int64_t>(rows_.size()),
            .columns = static_cast<std::int64_t>(problem_.features.size()),
            .classes = problem_.classes,
            .smallest_class = SmallestClass(labels_, problem_.classes),
            .asked_for = options_.asked_for};
  }

  // Groups and times leave little or no choice of another split.
  Status Split() {
    const bool chooses = problem_.groups.empty() && problem_.times.empty();
    const int splits = chooses ? SplitCount(KnownSoFar()) : 1;
    std::uint64_t seed = options_.seed;
    for (int split = 0; split < splits; ++split) {
      REEVE_ASSIGN_OR_RETURN(const auto folds,
                             MakeFolds(rows_, options_.folds, problem_.Splitting(seed)));
      for (Fold& fold : ToPositions(folds, rows_)) folds_.push_back(std::move(fold));
      if (split == 0) folds_of_split_ = folds_.size();
      seed = Random(options_.seed).Fork("split", static_cast<std::uint64_t>(split) + 1).Next();
    }
    return Status::Ok();
  }

  Status AddPortfolios() {
    PortfolioOptions options = KnownSoFar();
    REEVE_ASSIGN_OR_RETURN(options.has_statistics, HasStatistics());
    if (std::ranges::find(options_.learners, "mlp") != options_.learners.end()) {
      REEVE_ASSIGN_OR_RETURN(const auto* const linear,
                             preparation_->Get({.input = learners::InputKind::kLinear}));
      options.linear_columns = linear->matrix.cols();
    }
    most_survivors_ = MostSurvivors(options);
    for (const std::string& learner : options_.learners) {
      for (Candidate& candidate : Portfolio(learner, options)) {
        trial_count_ += static_cast<std::int64_t>(candidate.path.size());
        auto contender = std::make_unique<Contender>();
        contender->seed = Random(options_.seed).Fork(learner, contenders_.size()).Next();
        contender->candidate = std::move(candidate);
        AddProxy(*contender);
        contenders_.push_back(std::move(contender));
      }
    }
    total_fits_ = static_cast<std::int64_t>(contenders_.size() * folds_.size());
    return Status::Ok();
  }

  // Linear models, perceptrons and forests are the dearest of large tables and seldom any use
  // there: they race with fewer rows or trees, and are trained in full when they are worth it even
  // so.
  void AddProxy(Contender& contender) const {
    const auto rows = static_cast<std::int64_t>(rows_.size());
    const std::string& learner = contender.candidate.learner;
    if ((learner == "logistic" || learner == "mlp") && rows > kRowsOfProxies) {
      contender.proxy = contender.candidate;
      contender.proxy_rows = kRowsOfProxies;
    } else if (learner == "forest" && rows_.size() > kRowsOfDoubt) {
      contender.proxy = contender.candidate;
      for (learners::Params& params : contender.proxy->path) params["n_estimators"] = "40";
    }
  }

  // Whether the first fold finds columns whose target statistics are worth anything.
  Result<bool> HasStatistics() {
    const bool boosts = std::any_of(
        options_.learners.begin(), options_.learners.end(),
        [](const std::string& learner) { return learner == "boosted" || learner == "symmetric"; });
    if (!boosts) return false;
    REEVE_ASSIGN_OR_RETURN(const auto* const plain,
                           preparation_->GetForFold(learners::InputKind::kTrees, 0));
    REEVE_ASSIGN_OR_RETURN(const auto* const with_statistics,
                           preparation_->GetForFold(learners::InputKind::kTreesWithStatistics, 0));
    return with_statistics->matrix.cols() > plain->matrix.cols();
  }

  std::vector<Contender*> All() const {
    std::vector<Contender*> all;
    for (const auto& contender : contenders_) all.push_back(contender.get());
    return all;
  }
  // The folds that everybody is judged on.
  std::vector<std::size_t> FirstSplit() const {
    std::vector<std::size_t> first(folds_of_split_);
    std::iota(first.begin(), first.end(), std::size_t{0});
    return first;
  }
  std::vector<std::size_t> AllFolds() const {
    std::vector<std::size_t> all(folds_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }

  // A forest's out-of-bag rows are drawn one by one: where rows belong together (groups) or follow
  // each other (time), or features were learnt from labels, they would have seen their neighbours.
  Result<bool> JudgesItself(const Candidate& candidate) const {
    const bool treats =
        options_.imbalance != Imbalance::kNone && options_.imbalance != Imbalance::kThreshold;
    if (candidate.learner != "forest" || treats || !problem_.groups.empty() ||
        !problem_.times.empty())
      return false;
    REEVE_ASSIGN_OR_RETURN(const bool looks_at_labels,
                           preparation_->LooksAtLabels(candidate.input));
    return !looks_at_labels;
  }

  // What becomes the mean of its folds' models, on one matrix, gains from the folds of further
  // splits.
  Result<bool> GainsFromSplits(const Candidate& candidate) const {
    if (candidate.learner != "boosted" && candidate.learner != "symmetric" &&
        candidate.learner != "mlp")
      return false;
    REEVE_ASSIGN_OR_RETURN(const bool looks_at_labels,
                           preparation_->LooksAtLabels(candidate.input));
    return !looks_at_labels;
  }

  // The first fold, for everybody: what is left out there costs a fifth of what it would.
  Status Race() {
    REEVE_RETURN_IF_ERROR(Train(All(), {0}, true));
    const FirstFold first = JudgeFirstFold();
    const std::set<std::size_t> survivors = Survivors(first);
    EndOthers(first, survivors);
    std::vector<std::unique_ptr<Contender>> left;
    for (const std::size_t i : survivors) {
      Narrow(*contenders_[i], *first.best[i]);
      if (contenders_[i]->proxy) contenders_[i]->fits.clear();
      left.push_back(std::move(contenders_[i]));
    }
    contenders_ = std::move(left);
    return Train(All(), AllFolds(), false);
  }

  // Trains what has not been trained yet, in tasks of a contender and a fold, and judges it. Of the
  // race the fits are kept: they go on.
  Status Train(const std::vector<Contender*>& contenders,
               const std::vector<std::size_t>& fold_indices, bool is_race) {
    std::vector<FitTask> tasks;
    std::vector<Contender*> owners;
    // Dear learners stand last in the list; starting with them keeps all threads busy to the end.
    for (auto it = contenders.rbegin(); it != contenders.rend(); ++it) {
      Contender* const contender = *it;
      REEVE_ASSIGN_OR_RETURN(const bool itself, JudgesItself(contender->candidate));
      REEVE_ASSIGN_OR_RETURN(const bool repeats, GainsFromSplits(contender->candidate));
      const bool proxy = is_race && contender->proxy;
      for (const std::size_t fold_idx : fold_indices) {
        if (fold_idx >= folds_of_split_ && !repeats) continue;
        const std::size_t fold = itself ? FitTask::kOutOfBag : fold_idx;
        if (contender->fits.contains(fold) || (itself && fold_idx != 0)) continue;
        tasks.push_back({.candidate = proxy ? &*contender->proxy : &contender->candidate,
                         .fold_idx = fold,
                         .seed = Random(contender->seed).Fork("fold", fold_idx).Next(),
                         .most_rows = proxy ? contender->proxy_rows : 0});
        owners.push_back(contender);
      }
    }
    REEVE_ASSIGN_OR_RETURN(std::vector<FoldFit> fits, validation_->Run(tasks));
    for (std::size_t i = 0; i < tasks.size(); ++i)
      owners[i]->fits[tasks[i].fold_idx] = std::move(fits[i]);
    for (Contender* const contender : contenders) {
      REEVE_ASSIGN_OR_RETURN(contender->assessments, Assess(*validation_, folds_, folds_of_split_,
                                                            contender->candidate, contender->fits));
      if (!is_race) contender->fits.clear();
    }
    return Status::Ok();
  }

  HeldOut HeldOutOf(const Assessment& assessment, std::size_t most_folds) const {
    const std::size_t count = std::min(most_folds, assessment.predictions.size());
    return {.all_folds = &folds_,
            .folds = std::span(assessment.folds).first(count),
            .predictions = std::span(assessment.predictions).first(count)};
  }
  std::vector<double> Losses(const Assessment& assessment, std::size_t most_folds) const {
    const Pooled pooled = Pool(HeldOutOf(assessment, most_folds), labels_);
    return evaluation::LogLosses(pooled.labels, pooled.probabilities);
  }
  FoldScoreOptions Scoring() const {
    return {.labels = labels_,
            .classes = problem_.classes,
            .metric = options_.metric,
            .chooses_threshold = options_.imbalance != Imbalance::kNone,
            .costs = options_.costs ? &*options_.costs : nullptr};
  }

  // The element of a contender's path with the smallest log loss.
  const Assessment* BestOf(const Contender& contender, std::size_t most_folds) const {
    const Assessment* best = nullptr;
    double best_loss = std::numeric_limits<double>::infinity();
    for (const Assessment& assessment : contender.assessments) {
      const double loss = Mean(Losses(assessment, most_folds));
      if (best != nullptr && loss >= best_loss) continue;
      best = &assessment;
      best_loss = loss;
    }
    return best;
  }

  // What the first fold says of the contenders, in their order.
  struct FirstFold {
    /// Of its path.
    std::vector<const Assessment*> best;
    /// The metric; infinite of all where the fold has none.
    std::vector<double> scores;
    /// Smaller is better.
    std::vector<double> by_metric, by_loss;
    /// Shares in a mixture.
    std::vector<double> weights;

    std::size_t BestByMetric() const { return Smallest(by_metric); }
    std::size_t BestByLoss() const { return Smallest(by_loss); }
    static std::size_t Smallest(const std::vector<double>& losses) {
      return static_cast<std::size_t>(std::min_element(losses.begin(), losses.end()) -
                                      losses.begin());
    }
  };

  FirstFold JudgeFirstFold() const {
    FirstFold first;
    std::vector<const Probabilities*> predictions;
    for (const auto& contender : contenders_) {
      const Assessment* const best = BestOf(*contender, 1);
      first.best.push_back(best);
      predictions.push_back(&best->predictions.front());
      first.by_loss.push_back(Mean(Losses(*best, 1)));
      const std::vector<double> scores = FoldScores(HeldOutOf(*best, 1), Scoring());
      first.scores.push_back(scores.empty() ? kNoScore : scores.front());
      first.by_metric.push_back(scores.empty() ? kNoScore
                                               : AsLoss(options_.metric, scores.front()));
    }
    first.weights = RaceWeights(predictions);
    return first;
  }

  // Those that a mixture would take, the best by the metric and by the loss, and who has already
  // been judged on all rows, which costs no more.
  std::set<std::size_t> Survivors(const FirstFold& first) const {
    std::set<std::size_t> kept = {first.BestByMetric()};
    if (kept.size() < most_survivors_) kept.insert(first.BestByLoss());
    // Heaviest first, as long as there is room.
    std::vector<std::size_t> order(contenders_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return first.weights[a] > first.weights[b];
    });
    for (const std::size_t i : order) {
      if (options_.effort == Effort::kQuick && HasBetterTwin(i, first.by_loss)) continue;
      if (options_.ensemble && first.weights[i] >= kSmallestShare && kept.size() < most_survivors_)
        kept.insert(i);
    }
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      if (first.best[i]->out_of_bag && !contenders_[i]->proxy) kept.insert(i);
    }
    if (rows_.size() > kRowsOfDoubt) return kept;
    for (const std::string& learner : options_.learners) {
      const std::optional<std::size_t> best = BestOfLearner(learner, first);
      if (best && !IsClearlyBeaten(*first.best[*best], *first.best[first.BestByLoss()]))
        kept.insert(*best);
    }
    return kept;
  }

  // The contender of a learner with the smallest loss; none where it has no contender.
  std::optional<std::size_t> BestOfLearner(const std::string& learner,
                                           const FirstFold& first) const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      if (contenders_[i]->candidate.learner != learner) continue;
      if (!best || first.by_loss[i] < first.by_loss[*best]) best = i;
    }
    return best;
  }

  // Whether the first fold shows, by more than chance would, a loss so much larger than the
  // smallest that a share in a mixture is not to be expected.
  bool IsClearlyBeaten(const Assessment& one, const Assessment& leader) const {
    const std::vector<double> losses = Losses(one, 1), least = Losses(leader, 1);
    const PairedGain gain = CompareLosses(least, losses);
    return gain.mean > 2 * gain.standard_error && Mean(losses) > kMuchLoss * Mean(least);
  }

  // Who does not go on, with how much larger the metric is on the first fold than the yardstick's,
  // the best there. On all folds it would be about as much: how hard a fold is it is for both.
  struct Ended {
    Trial trial;
    double lead = 0;
  };

  // REQUIRES: `survivors` holds the best by the metric.
  void EndOthers(const FirstFold& first, const std::set<std::size_t>& survivors) {
    yardstick_ = &contenders_[first.BestByMetric()]->candidate;
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      if (survivors.contains(i) || first.scores[i] == kNoScore) continue;
      const double score = first.scores[i];
      ended_.push_back({.trial = {.learner = contenders_[i]->candidate.learner,
                                  .params = first.best[i]->params,
                                  .fold_scores = {score},
                                  .seconds = first.best[i]->seconds,
                                  .most_rows = contenders_[i]->proxy_rows},
                        .lead = score - first.scores[first.BestByMetric()]});
    }
  }
  // Whether the same configuration did better on other input, without or with target statistics: a
  // mixture gains little from both, and each costs as much as another learner.
  bool HasBetterTwin(std::size_t i, std::span<const double> losses) const {
    const Candidate& one = contenders_[i]->candidate;
    for (std::size_t j = 0; j < contenders_.size(); ++j) {
      const Candidate& other = contenders_[j]->candidate;
      if (other.learner == one.learner && other.input != one.input && other.path == one.path &&
          losses[j] < losses[i])
        return true;
    }
    return false;
  }
  // One fold tells little: with more than quick effort everybody goes on whom some sample of it
  // would choose.
  std::vector<double> RaceWeights(std::span<const Probabilities* const> predictions) const {
    const std::vector<std::int32_t> labels = LabelsAtFirstFold();
    return options_.effort == Effort::kQuick ? SelectMembers(predictions, labels, kRacePicks)
                                             : MixtureWeights(predictions, labels, kRacePicks);
  }
  // Of a path only the best element goes on.
  static void Narrow(Contender& contender, const Assessment& best) {
    const std::size_t path_idx = best.path_idx;
    contender.candidate.path = {contender.candidate.path[path_idx]};
    for (auto& [fold_idx, fit] : contender.fits) {
      learners::TrainedModel kept = std::move(fit.models[path_idx]);
      fit.models.clear();
      fit.models.push_back(std::move(kept));
    }
  }
  std::vector<std::int32_t> LabelsAtFirstFold() const {
    std::vector<std::int32_t> labels;
    for (const std::int64_t position : folds_.front().test)
      labels.push_back(labels_[static_cast<std::size_t>(position)]);
    return labels;
  }

  Result<Trial> MakeTrial(std::string learner, learners::Params params, const HeldOut& held_out,
                          double seconds) const {
    Trial trial{.learner = std::move(learner), .params = std::move(params)};
    trial.seconds = seconds;
    trial.fold_scores = FoldScores(held_out, Scoring());
    if (trial.fold_scores.empty()) {
      return Status::InvalidData("no fold has both classes, so " +
                                 std::string(evaluation::InfoOf(options_.metric).name) +
                                 " cannot be computed; the table has too few rows of a class");
    }
    trial.mean = Mean(trial.fold_scores);
    double squares = 0;
    for (const double score : trial.fold_scores)
      squares += (score - trial.mean) * (score - trial.mean);
    trial.standard_deviation = std::sqrt(squares / static_cast<double>(trial.fold_scores.size()));
    return trial;
  }

  // Assessments on every fold.
  std::vector<const Assessment*> Complete() const {
    std::vector<const Assessment*> complete;
    for (const auto& contender : contenders_) {
      for (const Assessment& assessment : contender->assessments) {
        if (assessment.predictions.size() == folds_of_split_) complete.push_back(&assessment);
      }
    }
    return complete;
  }

  // What a mixture predicts on the test part of each fold.
  std::vector<Probabilities> MixedPredictions(const std::vector<ChosenMember>& members) const {
    std::vector<double> weights;
    for (const ChosenMember& member : members) weights.push_back(member.weight);
    std::vector<Probabilities> mixed;
    for (std::size_t f = 0; f < folds_of_split_; ++f) {
      std::vector<const Probabilities*> parts;
      for (const ChosenMember& member : members)
        parts.push_back(&member.assessment->predictions[f]);
      mixed.push_back(Blend(parts, weights));
    }
    return mixed;
  }

  // The members of a mixture of the complete contenders; fewer than two when none is worth it.
  std::vector<ChosenMember> FindMixture() const {
    std::vector<const Assessment*> candidates;
    for (const auto& contender : contenders_) {
      const Assessment* const best = BestOf(*contender, folds_of_split_);
      if (best->predictions.size() == folds_of_split_) candidates.push_back(best);
    }
    std::vector<Probabilities> pooled;
    for (const Assessment* const candidate : candidates)
      pooled.push_back(Pool(HeldOutOf(*candidate, folds_of_split_), labels_).probabilities);
    std::vector<const Probabilities*> predictions;
    for (const Probabilities& one : pooled) predictions.push_back(&one);
    const std::vector<std::int32_t> labels =
        Pool(HeldOutOf(*candidates.front(), folds_of_split_), labels_).labels;
    return Prune(candidates, MixtureWeights(predictions, labels, kFinalPicks));
  }

  // A mixture has to be better than the best configuration and no worse in the metric that was
  // asked for; with quick effort, where a single model is worth something, by more than chance
  // would make it.
  bool IsWorthIt(const Trial& mixture, const HeldOut& held_out, const Trial& best,
                 const Assessment& single) const {
    const Pooled pooled = Pool(held_out, labels_);
    const std::vector<double> losses = evaluation::LogLosses(pooled.labels, pooled.probabilities);
    const PairedGain gain = CompareLosses(losses, Losses(single, folds_of_split_));
    const double least = options_.effort == Effort::kQuick ? gain.standard_error : 0;
    return gain.mean > least &&
           AsLoss(options_.metric, mixture.mean) <= AsLoss(options_.metric, best.mean);
  }

  // What the final model is made of, with its held-out predictions and the lines to show.
  struct Choice {
    std::vector<ChosenMember> members;
    std::vector<Probabilities> predictions;
    std::vector<Trial> leaderboard;
  };

  Result<Choice> ChooseSingle() const {
    const std::vector<const Assessment*> complete = Complete();
    Choice choice;
    std::vector<double> losses;
    double reached = 0;  // by the yardstick
    for (const Assessment* const one : complete) {
      REEVE_ASSIGN_OR_RETURN(Trial trial,
                             MakeTrial(one->candidate->learner, one->params,
                                       HeldOutOf(*one, folds_of_split_), one->seconds));
      losses.push_back(AsLoss(options_.metric, trial.mean));
      if (one->candidate == yardstick_) reached = trial.mean;
      choice.leaderboard.push_back(std::move(trial));
    }
    for (const Ended& ended : ended_) {
      choice.leaderboard.push_back(ended.trial);
      choice.leaderboard.back().mean = reached + ended.lead;
    }
    const Assessment& best = *complete[FirstFold::Smallest(losses)];
    choice.members = {{.assessment = &best, .weight = 1}};
    choice.predictions = best.predictions;
    std::ranges::stable_sort(choice.leaderboard, [&](const Trial& a, const Trial& b) {
      return AsLoss(options_.metric, a.mean) < AsLoss(options_.metric, b.mean);
    });
    return choice;
  }

  // Puts a mixture in the place of the best configuration where it is worth it.
  Status TryMixture(Choice& choice) const {
    std::vector<ChosenMember> mixture = FindMixture();
    if (mixture.size() < 2) return Status::Ok();
    const Assessment& single = *choice.members.front().assessment;
    std::vector<Probabilities> mixed = MixedPredictions(mixture);
    double seconds = 0;
    for (const ChosenMember& member : mixture) seconds += member.assessment->seconds;
    const std::vector<std::size_t> folds = FirstSplit();
    const HeldOut held_out{.all_folds = &folds_, .folds = folds, .predictions = mixed};
    REEVE_ASSIGN_OR_RETURN(Trial trial,
                           MakeTrial("ensemble", MixtureParams(mixture), held_out, seconds));
    if (!IsWorthIt(trial, held_out, choice.leaderboard.front(), single)) return Status::Ok();
    choice.members = std::move(mixture);
    choice.predictions = std::move(mixed);
    choice.leaderboard.insert(choice.leaderboard.begin(), std::move(trial));
    return Status::Ok();
  }

  // Calibration and threshold; calibrates the predictions on the way.
  Result<ChosenDecision> Decide(Pooled& pooled) const {
    DecisionOptions options{.calibration = options_.calibration,
                            .costs = options_.costs,
                            .threshold_metric = ThresholdMetric(options_.metric)};
    if (options_.imbalance == Imbalance::kNone) options.threshold_metric = std::nullopt;
    return ChooseDecision(pooled.labels, pooled.folds, options, pooled.probabilities);
  }

  // The models of who was not chosen: the final one is large enough.
  void DropOthers(const std::vector<ChosenMember>& members) {
    std::erase_if(contenders_, [&](const std::unique_ptr<Contender>& contender) {
      return std::ranges::none_of(members, [&](const ChosenMember& member) {
        return member.assessment->candidate == &contender->candidate;
      });
    });
  }

  Result<SearchResult> Finish(Choice choice) {
    DropOthers(choice.members);
    const std::vector<std::size_t> folds = FirstSplit();
    Pooled pooled =
        Pool({.all_folds = &folds_, .folds = folds, .predictions = choice.predictions}, labels_);
    REEVE_ASSIGN_OR_RETURN(FinalModel made,
                           MakeFinalModel(*validation_, *preparation_, choice.members,
                                          {.average_folds = problem_.times.empty(),
                                           .seed = Random(options_.seed).Fork("refit").Next()}));
    SearchResult result{.leaderboard = std::move(choice.leaderboard),
                        .trials = trial_count_,
                        .model = std::move(made.trained),
                        .pipeline = std::move(made.pipeline)};
    if (const Assessment* const shown = LearningInRounds(choice.members)) {
      result.model.history = shown->history;
      result.fold_curves = shown->fold_curves;
    }
    REEVE_ASSIGN_OR_RETURN(result.chosen, Decide(pooled));
    result.decision.calibration = result.chosen.calibration;
    result.decision.threshold = result.chosen.threshold;
    result.decision.costs = options_.costs;
    result.decision.odds =
        Balance(options_.imbalance, AllRows(static_cast<std::int64_t>(rows_.size())), labels_,
                problem_.classes, options_.seed)
            .odds;
    for (const std::int64_t position : pooled.positions)
      result.out_of_fold.rows.push_back(rows_[static_cast<std::size_t>(position)]);
    result.out_of_fold.folds = std::move(pooled.folds);
    result.out_of_fold.probabilities = std::move(pooled.probabilities);
    return result;
  }

  const Problem& problem_;
  const std::vector<std::int64_t>& rows_;
  const SearchOptions& options_;
  const std::vector<std::int32_t> labels_;  // by position
  std::vector<Fold> folds_;                 // of positions, split after split
  std::size_t folds_of_split_ = 0;
  std::unique_ptr<Preparation> preparation_;
  std::unique_ptr<CrossValidation> validation_;
  std::vector<std::unique_ptr<Contender>> contenders_;
  std::size_t most_survivors_ = 1;
  std::vector<Ended> ended_;
  const Candidate* yardstick_ = nullptr;
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
  const std::vector<std::int32_t> labels = problem.LabelsOf(rows);
  const std::vector<Fold> no_folds;
  REEVE_ASSIGN_OR_RETURN(const Candidate candidate, MakeCandidate(learner, params));
  Preparation preparation(problem, rows, no_folds, options.threads);
  const CrossValidation validation(preparation, labels, problem.classes, no_folds,
                                   {.imbalance = options.imbalance,
                                    .threads = options.threads,
                                    .cancellation = options.cancellation});
  REEVE_ASSIGN_OR_RETURN(
      FoldFit fit, validation.TrainOnAll(candidate, Random(options.seed).Fork("refit").Next()));
  REEVE_ASSIGN_OR_RETURN(features::FittedPipeline pipeline,
                         preparation.TakePipeline({.input = candidate.input}));
  SearchResult result{
      .model = std::move(fit.models.front()),
      .pipeline = std::move(pipeline),
      .decision = {.threshold = std::nullopt, .odds = std::move(fit.odds), .costs = options.costs}};
  if (problem.classes == 2)
    result.decision.threshold = options.costs ? evaluation::BayesThreshold(*options.costs) : 0.5;
  result.leaderboard.push_back({.learner = learner, .params = params, .fold_scores = {}});
  result.trials = 1;
  return result;
}

}  // namespace reeve::tuning
