#include "reeve/tuning/calibrate.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/probability_scores.h"
#include "reeve/tuning/calibration_fit.h"

namespace reeve::tuning {
namespace {

using inference::Calibration;
using inference::CalibrationKind;
using Labels = std::span<const std::int32_t>;

Result<Calibration> Fit(CalibrationKind kind, Labels labels, const Probabilities& probabilities) {
  switch (kind) {
    case CalibrationKind::kNone:
      return Calibration{};
    case CalibrationKind::kPlatt:
      return FitPlatt(labels, evaluation::PositiveColumn(probabilities));
    case CalibrationKind::kIsotonic:
      return FitIsotonic(labels, evaluation::PositiveColumn(probabilities));
    case CalibrationKind::kTemperature:
      return FitTemperature(labels, probabilities);
  }
  return Status::Internal("no such kind of calibration");
}

// Each row mapped by what was fitted on the other folds.
Result<Probabilities> Nested(CalibrationKind kind, Labels labels,
                             const Probabilities& probabilities, Labels folds) {
  Probabilities mapped = probabilities;
  for (const std::int32_t fold : std::set<std::int32_t>(folds.begin(), folds.end())) {
    std::vector<std::int32_t> other_labels;
    Probabilities others(0, probabilities.classes);
    for (std::size_t row = 0; row < labels.size(); ++row) {
      if (folds[row] == fold) continue;
      other_labels.push_back(labels[row]);
      const auto p = probabilities.row(static_cast<std::int64_t>(row));
      others.values.insert(others.values.end(), p.begin(), p.end());
      ++others.rows;
    }
    REEVE_ASSIGN_OR_RETURN(const Calibration calibration, Fit(kind, other_labels, others));
    for (std::size_t row = 0; row < labels.size(); ++row) {
      if (folds[row] == fold) calibration.Apply(mapped.mutable_row(static_cast<std::int64_t>(row)));
    }
  }
  return mapped;
}

// Whether `candidate` has a lower mean loss than `rival` beyond the standard error.
bool IsBetter(const std::vector<double>& candidate, const std::vector<double>& rival) {
  const auto rows = static_cast<double>(candidate.size());
  double sum = 0, squares = 0;
  for (std::size_t row = 0; row < candidate.size(); ++row) {
    const double gain = rival[row] - candidate[row];
    sum += gain;
    squares += gain * gain;
  }
  const double mean = sum / rows;
  const double variance = std::max(0.0, squares / rows - mean * mean);
  return mean > std::sqrt(variance / rows);
}

bool IsForTwoClasses(CalibrationKind kind) {
  return kind == CalibrationKind::kPlatt || kind == CalibrationKind::kIsotonic;
}

// Why nothing can be fitted; empty when it can.
std::string Obstacle(Labels labels, int classes, Labels folds, const CalibrationOptions& options) {
  const auto rows = static_cast<std::int64_t>(labels.size());
  const bool wants_isotonic = options.kind == CalibrationKind::kIsotonic;
  const std::int64_t needed = wants_isotonic ? options.min_isotonic_rows : options.min_rows;
  if (rows < needed) {
    return GroupDigits(rows) + " out-of-fold predictions are too few to calibrate on, " +
           (wants_isotonic ? "isotonic regression" : "it") + " takes " + GroupDigits(needed);
  }
  if (std::set<std::int32_t>(folds.begin(), folds.end()).size() < 2)
    return "a calibration is judged on other folds than it is fitted on, there is only one";
  if (classes != 2) return "";
  const auto positives = static_cast<std::int64_t>(std::count(labels.begin(), labels.end(), 1));
  const std::int64_t rarer = std::min(positives, rows - positives);
  if (rarer >= options.min_class_rows) return "";
  return GroupDigits(rarer) + " rows of the rarer class are too few to calibrate on, it takes " +
         GroupDigits(options.min_class_rows);
}

std::vector<CalibrationKind> Candidates(std::int64_t rows, int classes,
                                        const CalibrationOptions& options) {
  if (options.kind) return {*options.kind};
  std::vector<CalibrationKind> kinds = {CalibrationKind::kTemperature};
  if (classes == 2) kinds.push_back(CalibrationKind::kPlatt);
  if (classes == 2 && rows >= options.min_isotonic_rows)
    kinds.push_back(CalibrationKind::kIsotonic);
  return kinds;
}

}  // namespace

Result<CalibrationOptions> ParseCalibration(std::string_view name) {
  if (name == "auto") return CalibrationOptions{};
  const Result<CalibrationKind> kind = inference::ParseCalibrationKind(name);
  if (kind.ok()) return CalibrationOptions{.kind = *kind};
  return Status::InvalidArgument(
      "unknown calibration " + Quote(name, 40) + "." +
      Suggest(name, {"auto", "none", "platt", "isotonic", "temperature"}));
}

Result<FittedCalibration> FitCalibration(Labels labels, const Probabilities& out_of_fold,
                                         Labels folds, const CalibrationOptions& options) {
  if (options.kind && IsForTwoClasses(*options.kind) && out_of_fold.classes != 2) {
    return Status::InvalidArgument(
        "calibration " + Quote(inference::CalibrationName(*options.kind)) +
        " is for two classes, there are " + std::to_string(out_of_fold.classes) +
        ", expected temperature, auto or none");
  }
  FittedCalibration fitted{.out_of_fold = out_of_fold};
  if (options.kind == CalibrationKind::kNone) return fitted;
  fitted.reason = Obstacle(labels, out_of_fold.classes, folds, options);
  if (!fitted.reason.empty()) return fitted;

  std::vector<double> best = evaluation::LogLosses(labels, out_of_fold);
  fitted.trials.push_back({CalibrationKind::kNone, evaluation::WeightedMean(best, {})});
  CalibrationKind taken = CalibrationKind::kNone;
  for (const CalibrationKind kind : Candidates(out_of_fold.rows, out_of_fold.classes, options)) {
    Result<Probabilities> mapped = Nested(kind, labels, out_of_fold, folds);
    if (!mapped.ok()) {
      // Some folds allow no fit; of a kind that was asked for, that is to be said.
      if (options.kind) fitted.reason = mapped.status().message();
      continue;
    }
    std::vector<double> losses = evaluation::LogLosses(labels, *mapped);
    fitted.trials.push_back({kind, evaluation::WeightedMean(losses, {})});
    if (!options.kind && !IsBetter(losses, best)) continue;
    taken = kind;
    best = std::move(losses);
    fitted.out_of_fold = std::move(mapped).value();
  }
  REEVE_ASSIGN_OR_RETURN(fitted.calibration, Fit(taken, labels, out_of_fold));
  return fitted;
}

}  // namespace reeve::tuning
