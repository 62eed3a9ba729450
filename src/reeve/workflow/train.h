#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/contract/warning.h"
#include "reeve/evaluation/cost.h"
#include "reeve/evaluation/scores.h"
#include "reeve/features/expression.h"
#include "reeve/learners/learner.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/tuning/choose_decision.h"
#include "reeve/tuning/compare_imbalance.h"
#include "reeve/tuning/search.h"
#include "reeve/workflow/explanations.h"
#include "reeve/workflow/training_table.h"

namespace reeve::workflow {

/// A score that the test part must reach: at least, for losses at most.
struct Requirement {
  std::string metric;
  double value = 0;
};

/// Everything `reeve train` can be asked for. Names and defaults are those of the command line.
struct TrainRequest {
  TrainingTableRequest table;
  /// Share of rows set apart as test part. Not looked at with `table.test` or `test_rows`.
  double split = 0.2;
  /// File with 0-based row numbers that form the test part, or empty.
  std::string test_rows;
  /// Empty: auc.
  std::string metric;
  /// Empty: all that fit.
  std::vector<std::string> learners;
  std::string effort = "standard";
  /// "auto" or "off".
  std::string ensemble = "auto";
  std::string imbalance = "threshold";
  /// "auto", or a kind of calibration.
  std::string calibration = "auto";
  /// What wrong decisions cost: "fp=1,fn=5" or a table; see ReadCosts. Empty: not known.
  std::string costs;
  /// Also train the winner and a logistic model with every treatment of imbalance, to be compared.
  bool compare_imbalance = false;
  int folds = 5;
  /// Columns to compute from others; see DeriveColumns. Empty: those that are found.
  std::vector<std::string> derive;
  /// One given configuration instead of a search.
  std::optional<learners::Params> fit;
  /// Train the final model on the test rows too.
  bool refit_all = false;
  std::vector<Requirement> requirements;
  /// Warnings that are not wanted.
  contract::IgnoredWarnings ignored_warnings;
  std::uint64_t seed = 42;

  /// False: no store is touched.
  bool track = true;
  tracking::StoreUris stores = {};
  /// Folder in which is kept what a tracking server does not take; empty: nothing is kept.
  std::string spool;
  std::string experiment = "Default";
  std::string run_name;
  std::map<std::string, std::string> tags;
  std::string description;
  /// Registered model to make a version of, and the alias that moves to it; or empty.
  std::string register_name, alias;
  /// Folder for the bundle, or empty.
  std::string out;
  /// For lineage: how it was called.
  std::string command_line;

  std::function<void(std::int64_t done, std::int64_t total)> on_progress = {};
};

/// What training comes to: the content of the command's answer.
struct TrainReport {
  std::string run_id, run_name, experiment;
  std::string bundle;
  /// Registered name, version and alias; empty when nothing was registered.
  std::string model_name, model_version, model_alias;
  /// Where the run waits for a tracking server that went away, and what it said; else empty. Model
  /// and version are those of the spool then.
  std::string spool, spool_reason;
  std::string target;
  std::vector<std::string> classes;
  std::string positive;
  std::int64_t rows_read = 0, rows_dropped = 0, rows_train = 0, rows_test = 0;
  struct Feature {
    std::string name;
    ColumnType type = ColumnType::kReal;
    std::int64_t missing = 0;
  };
  std::vector<Feature> features;
  /// Columns computed from them, given and found.
  std::vector<features::Derived> derived;
  std::string learner;
  learners::Params params;
  std::string metric;
  std::int64_t trials = 0;
  std::uint64_t seed = 42;
  /// Best first. Without a search it holds one trial without scores.
  std::vector<tuning::Trial> leaderboard;
  /// Nothing when no row is left for it.
  std::optional<evaluation::Scores> test;
  /// Of the winner's out-of-fold predictions; nothing without a search.
  std::optional<evaluation::Scores> out_of_fold;
  std::optional<double> threshold;
  /// How calibration and threshold came about.
  tuning::ChosenDecision decision;
  std::optional<CostMatrix> costs;
  /// With costs: what a row costs, out of fold and on the test part.
  std::optional<evaluation::CostSummary> out_of_fold_costs, test_costs;
  /// How rows are decided.
  DecisionRule rule() const { return {threshold.value_or(0.5), costs}; }
  /// With compare_imbalance.
  std::vector<tuning::TreatmentScores> imbalance_comparison;
  std::vector<contract::Warning> warnings;
  /// A row of the source whose label is probably wrong; see honesty/label_noise.h.
  struct SuspectLabel {
    std::int64_t row = 0;
    std::string label, suggested;
    double label_probability = 0, suggested_probability = 0;
  };
  /// The least likely labels first; empty without the warning label_noise.
  std::vector<SuspectLabel> suspect_labels;
  /// Importance by table column, largest first.
  std::vector<std::pair<std::string, double>> importance;
  /// The same by what it does to rows, with partial dependence.
  TrainingExplanations explanations;
  /// Requirements that were not met, as sentences; nothing is registered then.
  std::vector<std::string> unmet;
  std::string data_digest;
  double seconds = 0;
};

/// Table in; tuned, tested, tracked (and registered) classifier out.
Result<TrainReport> Train(const TrainRequest& request);

}  // namespace reeve::workflow
