#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/evaluation/interval.h"

namespace reeve::report {

/// What pictures are drawn from: plain numbers and names. A run keeps them as pictures/data.json,
/// so that two runs can be drawn into one picture later.

/// A curve of one class or one model, e.g. of true against false positive rates.
struct NamedCurve {
  std::string name;
  std::vector<std::pair<double, double>> points;
  /// The area below it, or the average precision.
  double area = 0;
};

/// Rows with similar predicted probabilities.
struct CalibrationBin {
  /// Mean probability; share of rows where it came true.
  double predicted = 0, observed = 0;
  /// 95 % interval of `observed`.
  evaluation::Interval interval;
  std::int64_t rows = 0;
};

/// Rows of each class by predicted probability, in bins of equal width from 0 to 1.
struct ScoreDistribution {
  struct Group {
    std::string name;
    std::vector<std::int64_t> counts;
  };
  /// Two: the positive class and the others; or right and wrong decisions.
  std::vector<Group> groups;
  /// What is on the axis: "probability of yes".
  std::string label;
  std::optional<double> threshold;
};

/// How much a model loses without a column, or how much it leans on it.
struct ImportanceBar {
  std::string column;
  double mean = 0;
  std::optional<evaluation::Interval> interval;
};

struct ImportanceChart {
  /// What a bar measures: "share of gain", "loss of auc when shuffled".
  std::string measure;
  /// Bars are shares of one whole, written as percents.
  bool is_share = false;
  /// Largest first.
  std::vector<ImportanceBar> bars;
};

/// A loss or score by round of boosting.
struct LearningCurve {
  /// "train_log_loss", "watched_log_loss".
  std::string name;
  /// Which fold it was measured in; nothing for the model: of a search the mean over folds.
  std::optional<int> fold;
  std::vector<std::pair<double, double>> points;
};

/// How the mean probability moves with one column while the others stay as they are.
struct PartialDependence {
  std::string column;
  /// Whose probability it is. Of more than two classes several stand one behind the other.
  std::string class_name;
  struct Point {
    /// Where on the axis; not looked at when `label` is given.
    double x = 0;
    /// Of a category; empty for numbers.
    std::string label = {};
    double mean = 0;
    /// Between these lie most of the rows' own probabilities.
    std::optional<evaluation::Interval> interval = {};
  };
  std::vector<Point> points;
};

/// Rows that have something in common, and how good the model is on them.
struct SliceRow {
  /// "purpose = car", "income from 2000 to 3500".
  std::string name;
  std::int64_t rows = 0;
  double score = 0;
  evaluation::Interval interval;
  /// This slice's score less that of all rows.
  double difference = 0;
  /// Chance of such a difference between equal ones, after correction for the number of slices.
  double adjusted_p = 1;
  /// What the score would be if the probabilities were right, and the chance of being so far off
  /// it.
  double expected = 0;
  double adjusted_surprise_p = 1;

  static constexpr double kSignificant = 0.05;
  /// Worse than all rows by more than luck.
  bool IsWorse() const { return adjusted_p < kSignificant; }
  /// Worse than the model's own probabilities say, by more than luck.
  bool IsSurprise(bool higher_is_better) const {
    return adjusted_surprise_p < kSignificant &&
           (higher_is_better ? score < expected : score > expected);
  }
};

struct SliceChart {
  /// "auc", "accuracy", "log_loss".
  std::string metric;
  bool higher_is_better = true;
  /// Which rows: "out-of-fold predictions of 3,415 training rows".
  std::string rows;
  /// Score of all rows.
  double overall = 0;
  /// How many slices were looked at, of which `slices` are the worst.
  std::int64_t looked_at = 0;
  /// Worst first.
  std::vector<SliceRow> slices;
};

/// All of it; what is empty is not drawn.
struct PictureData {
  /// Which rows curves and counts are of: "854 test rows".
  std::string rows;
  /// Share of the positive class: the height of a precision-recall curve of chance. Nothing for
  /// more than two classes.
  std::optional<double> base_rate;
  std::vector<NamedCurve> roc, precision_recall;
  std::vector<CalibrationBin> calibration;
  std::optional<ScoreDistribution> distribution;
  std::optional<ImportanceChart> importance;
  std::vector<LearningCurve> learning;
  std::vector<PartialDependence> partial_dependence;
  std::optional<SliceChart> slices;
};

/// pictures/data.json (docs/guide/report.md).
Json ToJson(const PictureData& data);
/// Reads curves, calibration, distribution and importance: what two runs are compared by. Safe on
/// bytes from outside: kCorrupt for what has another form, numbers that are none, or more than a
/// picture can hold.
Result<PictureData> PictureDataFromJson(const Json& json);

}  // namespace reeve::report
