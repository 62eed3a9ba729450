#include "reeve/tuning/assessment.h"

#include <algorithm>
#include <limits>
#include <string>

#include "reeve/inference/forest_model.h"
#include "reeve/inference/forest_parts.h"

namespace reeve::tuning {
namespace {

using learners::TrainedModel;

std::vector<double> CurveOf(const TrainedModel& model, const std::string& metric) {
  std::vector<double> curve;
  for (const learners::HistoryPoint& point : model.history) {
    if (point.metric == metric) curve.push_back(point.value);
  }
  return curve;
}

// Means over folds of one curve, as far as every fold has it and not beyond `rounds`.
void AppendMeanCurve(const std::vector<const TrainedModel*>& models, const std::string& metric,
                     std::int64_t rounds, std::vector<learners::HistoryPoint>& history) {
  std::vector<double> sum;
  for (const TrainedModel* const model : models) {
    const std::vector<double> curve = CurveOf(*model, metric);
    if (model == models.front()) {
      sum = curve;
      continue;
    }
    sum.resize(std::min(sum.size(), curve.size()));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += curve[i];
  }
  sum.resize(std::min(sum.size(), static_cast<std::size_t>(rounds)));
  for (std::size_t i = 0; i < sum.size(); ++i)
    history.push_back(
        {metric, static_cast<std::int64_t>(i), sum[i] / static_cast<double>(models.size())});
}

// The model after the chosen rounds; a model without rounds is shared as it is, by its bytes.
Result<std::unique_ptr<inference::Model>> Cut(const inference::Model& model, std::int64_t rounds) {
  const auto* const forest = dynamic_cast<const inference::ForestModel*>(&model);
  if (forest == nullptr || rounds == 0) return inference::LoadModel(model.Serialize());
  REEVE_ASSIGN_OR_RETURN(
      auto cut, inference::ForestModel::Make(inference::FirstRounds(forest->forest(), rounds)));
  return std::unique_ptr<inference::Model>(std::move(cut));
}

// The out-of-bag predictions of a fold's test part.
Probabilities TakeRows(const Probabilities& all, std::span<const std::int64_t> rows) {
  Probabilities taken(static_cast<std::int64_t>(rows.size()), all.classes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto from = all.row(rows[i]);
    std::copy(from.begin(), from.end(), taken.mutable_row(static_cast<std::int64_t>(i)).begin());
  }
  return taken;
}

// Predictions for the folds of the first split, the mean over all splits: each of them tests every
// row once.
std::vector<Probabilities> MeanOverSplits(const std::vector<Fold>& folds,
                                          std::size_t folds_of_split,
                                          const std::vector<Probabilities>& predictions) {
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < folds_of_split; ++i) rows += predictions[i].rows;
  Probabilities mean(rows, predictions.front().classes);
  const double share =
      static_cast<double>(folds_of_split) / static_cast<double>(predictions.size());
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    for (std::int64_t row = 0; row < predictions[i].rows; ++row) {
      const auto from = predictions[i].row(row);
      const auto to = mean.mutable_row(folds[i].test[static_cast<std::size_t>(row)]);
      for (std::size_t c = 0; c < from.size(); ++c) to[c] += share * from[c];
    }
  }
  std::vector<Probabilities> taken;
  for (std::size_t i = 0; i < folds_of_split; ++i) taken.push_back(TakeRows(mean, folds[i].test));
  return taken;
}

Result<Assessment> AssessOutOfBag(const std::vector<Fold>& folds, std::size_t folds_of_split,
                                  const Candidate& candidate, std::size_t path_idx,
                                  const FoldFit& fit) {
  const TrainedModel& trained = fit.models[path_idx];
  Assessment made{.candidate = &candidate, .path_idx = path_idx, .params = trained.params};
  made.out_of_bag = true;
  made.seconds = fit.seconds / static_cast<double>(fit.models.size());
  made.importance.push_back(trained.importance);
  for (std::size_t fold_idx = 0; fold_idx < folds_of_split; ++fold_idx) {
    made.folds.push_back(fold_idx);
    made.predictions.push_back(TakeRows(*trained.out_of_bag, folds[fold_idx].test));
  }
  REEVE_ASSIGN_OR_RETURN(auto model, Cut(*trained.model, 0));
  made.models.push_back(std::move(model));
  return made;
}

Result<Assessment> AssessFolds(const CrossValidation& validation, const std::vector<Fold>& folds,
                               std::size_t folds_of_split, const Candidate& candidate,
                               std::size_t path_idx, const std::map<std::size_t, FoldFit>& fits) {
  Assessment made{.candidate = &candidate, .path_idx = path_idx};
  std::vector<std::vector<double>> curves;
  std::vector<const TrainedModel*> models;
  for (const auto& [fold_idx, fit] : fits) {
    const TrainedModel& trained = fit.models[path_idx];
    models.push_back(&trained);
    std::vector<double> curve = CurveOf(trained, "watched_log_loss");
    if (!curve.empty()) curves.push_back(std::move(curve));
  }
  made.rounds = CommonRounds(curves);
  made.params = models.front()->params;
  if (made.rounds > 0) made.params["n_estimators"] = std::to_string(made.rounds);
  for (const auto& [fold_idx, fit] : fits) {
    const TrainedModel& trained = fit.models[path_idx];
    // A model that has predicted is several times as large as one that never did.
    REEVE_ASSIGN_OR_RETURN(const auto asked, Cut(*trained.model, made.rounds));
    REEVE_ASSIGN_OR_RETURN(auto kept, Cut(*trained.model, made.rounds));
    REEVE_ASSIGN_OR_RETURN(Probabilities predicted,
                           validation.PredictTest(candidate.input, fold_idx, *asked, fit.odds));
    made.folds.push_back(fold_idx);
    made.predictions.push_back(std::move(predicted));
    made.models.push_back(std::move(kept));
    made.importance.push_back(trained.importance);
    made.seconds += fit.seconds / static_cast<double>(fit.models.size());
  }
  for (std::vector<double>& curve : curves) {
    curve.resize(std::min(curve.size(), static_cast<std::size_t>(made.rounds)));
    made.fold_curves.push_back(std::move(curve));
  }
  if (made.folds.size() > folds_of_split)
    made.predictions = MeanOverSplits(folds, folds_of_split, made.predictions);
  AppendMeanCurve(models, "train_log_loss", made.rounds, made.history);
  AppendMeanCurve(models, "watched_log_loss", made.rounds, made.history);
  return made;
}

}  // namespace

std::int64_t CommonRounds(std::span<const std::vector<double>> curves) {
  if (curves.empty()) return 0;
  std::size_t length = curves.front().size();
  for (const std::vector<double>& curve : curves) length = std::min(length, curve.size());
  double best = std::numeric_limits<double>::infinity();
  std::size_t rounds = 1;
  for (std::size_t i = 0; i < length; ++i) {
    double sum = 0;
    for (const std::vector<double>& curve : curves) sum += curve[i];
    if (sum < best) {
      best = sum;
      rounds = i + 1;
    }
  }
  return static_cast<std::int64_t>(rounds);
}

Result<std::vector<Assessment>> Assess(const CrossValidation& validation,
                                       const std::vector<Fold>& folds, std::size_t folds_of_split,
                                       const Candidate& candidate,
                                       const std::map<std::size_t, FoldFit>& fits) {
  std::vector<Assessment> assessments;
  for (std::size_t path_idx = 0; path_idx < candidate.path.size(); ++path_idx) {
    const auto whole = fits.find(FitTask::kOutOfBag);
    REEVE_ASSIGN_OR_RETURN(
        Assessment made,
        whole != fits.end()
            ? AssessOutOfBag(folds, folds_of_split, candidate, path_idx, whole->second)
            : AssessFolds(validation, folds, folds_of_split, candidate, path_idx, fits));
    assessments.push_back(std::move(made));
  }
  return assessments;
}

}  // namespace reeve::tuning
