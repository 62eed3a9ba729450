#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/interval.h"
#include "reeve/report/page.h"
#include "reeve/report/picture_data.h"
#include "reeve/table/decision_rule.h"

namespace reeve::report {

/// What a training has to say, as plain numbers and names. Anything may be absent: its section is
/// then left out. The same content becomes a page (report.html), Markdown (report.md) and pictures.

/// One metric on the rows it was measured on.
struct ScoreLine {
  std::string name;
  /// "share of decisions that are right".
  std::string description;
  std::optional<double> test;
  std::optional<evaluation::Interval> test_interval;
  /// Of the pooled out-of-fold predictions.
  std::optional<double> out_of_fold;
  std::optional<evaluation::Interval> out_of_fold_interval;
  /// The metric that was optimised, or one that people look for first: shown as a tile.
  bool is_headline = false;
};

struct LeaderboardLine {
  std::string learner;
  /// "eta=0.1 max_depth=6".
  std::string params;
  /// Deviation: over folds, where there were more than one.
  std::optional<double> mean, deviation;
  double seconds = 0;
  bool is_chosen = false;
  /// "best single model", "ended with the first fold".
  std::string note;
};

/// What decisions cost under one rule.
struct CostLine {
  /// "threshold 0.31", "most probable class", "always yes".
  std::string rule;
  struct Cost {
    double per_row = 0, total = 0;
  };
  std::optional<Cost> test = {}, out_of_fold = {};
  bool is_chosen = false;
};

struct DataColumnLine {
  std::string name, type;
  /// Share of missing values, number of distinct ones.
  double missing = 0;
  std::int64_t distinct = 0;
  /// "0.5 … 12 … 4000" or "car 34 %, radio 28 %".
  std::string summary;
  /// Of a small histogram; may be empty.
  std::vector<std::int64_t> counts;
};

/// A metric of the new model and of the one that is in use.
struct ChampionLine {
  std::string metric;
  std::optional<double> champion, challenger;
  bool higher_is_better = true;
};

struct ChampionComparison {
  /// "loans version 3".
  std::string model;
  std::string run_id;
  /// Whether both were trained and tested on the same table; nothing when it is not known.
  std::optional<bool> is_same_data;
  std::vector<ChampionLine> lines;
};

struct TrainingReport {
  /// "approved: boosted".
  std::string title;
  std::string lead;
  /// What stands on top: model, data, decision, run.
  Facts header;
  std::vector<Warning> warnings;
  /// Requirements that were not met, as sentences.
  std::vector<std::string> unmet;

  /// "854 test rows", "3,415 training rows".
  std::string test_rows, out_of_fold_rows;
  /// The metric that was optimised, and its mean and deviation over folds.
  std::string metric;
  std::optional<double> fold_mean, fold_deviation;
  std::vector<double> fold_scores;
  std::vector<ScoreLine> scores;
  std::optional<ChampionComparison> champion;
  std::vector<LeaderboardLine> leaderboard;

  /// Two classes: [negative, positive].
  std::vector<std::string> classes;
  std::optional<double> threshold;
  /// How the threshold was chosen, as a sentence.
  std::string threshold_reason;
  std::vector<CostLine> costs;
  /// Of more than two classes: what decides.
  std::optional<CostMatrix> cost_matrix;
  /// "one-vs-rest AUC" of each class, or empty.
  std::vector<double> class_auc;
  std::optional<evaluation::ConfusionMatrix> confusion;
  std::optional<double> brier, ece;
  /// "isotonic", empty when probabilities are those of the model.
  std::string calibration_method;

  PictureData pictures;
  std::int64_t data_rows = 0;
  std::vector<DataColumnLine> columns;
  Facts params, lineage;
  std::string footer;
};

/// The pictures that there is content for, in the order of the page.
std::vector<Picture> DrawAll(const TrainingReport& report);

/// report.html: one page without scripts or anything from elsewhere. Warnings come first.
std::string TrainingHtml(const TrainingReport& report);

/// report.md: a summary for a pull request: scores, warnings, leaderboard, the model in use.
std::string TrainingMarkdown(const TrainingReport& report);

}  // namespace reeve::report
