#pragma once

#include <string>

#include "reeve/report/training_report.h"

namespace reeve::report {

/// Something for every picture.
inline PictureData FullPictures(const std::string& name) {
  PictureData pictures;
  pictures.rows = "100 test rows";
  pictures.base_rate = 0.3;
  pictures.roc = {{"", {{0.1, 0.6}, {1, 1}}, 0.8}};
  pictures.precision_recall = {{"", {{0.1, 1}, {1, 0.3}}, 0.6}};
  pictures.calibration = {{0.1, 0.12, {0.05, 0.2}, 50}, {0.8, 0.5, {0.4, 0.6}, 50}};
  pictures.distribution = ScoreDistribution{.groups = {{name, {1, 2, 27}}, {"no", {60, 9, 1}}},
                                            .label = "probability of " + name,
                                            .threshold = 0.4};
  pictures.importance = ImportanceChart{
      .measure = "loss of auc when shuffled",
      .is_share = false,
      .bars = {{name, 0.2, evaluation::Interval{0.15, 0.25}}, {"noise", -0.001, std::nullopt}}};
  pictures.learning = {{"train_log_loss", 0, {{0, 0.6}, {1, 0.5}}},
                       {"watched_log_loss", 0, {{0, 0.62}, {1, 0.58}}},
                       {"train_log_loss", std::nullopt, {{0, 0.6}, {1, 0.5}}}};
  pictures.partial_dependence = {
      {name, name, {{0, "", 0.2, evaluation::Interval{0.1, 0.3}}, {5, "", 0.6, std::nullopt}}},
      {"kind",
       name,
       {{0, name, 0.3, evaluation::Interval{0.2, 0.4}}, {0, "b", 0.5, std::nullopt}}}};
  pictures.slices =
      SliceChart{.metric = "auc",
                 .rows = "400 out-of-fold predictions",
                 .overall = 0.81,
                 .looked_at = 12,
                 .slices = {{name + " = a", 80, 0.6, {0.5, 0.7}, -0.21, 0.001, 0.8, 0.01},
                            {"hard", 80, 0.7, {0.6, 0.8}, -0.11, 0.01, 0.7, 1},
                            {"luck", 80, 0.8, {0.7, 0.9}, -0.01, 1, 0.8, 1}}};
  return pictures;
}

/// A report with content in every section; `name` is that of every column, class and text that data
/// may bring.
inline TrainingReport FullReport(const std::string& name) {
  TrainingReport report{.title = "Model of " + name, .lead = "A model that tells " + name};
  report.header = {{"Data", name}, {"Rows", "100"}};
  report.warnings = {{"leak_suspected", name, "column " + name + " alone decides", "--drop it"}};
  report.unmet = {"auc is 0.8, required at least 0.9"};
  report.test_rows = "100 test rows";
  report.out_of_fold_rows = "400 training rows";
  report.metric = "auc";
  report.fold_mean = 0.81;
  report.fold_deviation = 0.01;
  report.fold_scores = {0.8, 0.82};
  report.scores = {{.name = "auc",
                    .description = "rank",
                    .test = 0.8,
                    .test_interval = evaluation::Interval{0.75, 0.85},
                    .out_of_fold = 0.81,
                    .out_of_fold_interval = evaluation::Interval{0.78, 0.83},
                    .is_headline = true},
                   {.name = "log_loss", .test = 0.4, .out_of_fold = 0.41}};
  report.champion =
      ChampionComparison{.model = name + " version 3",
                         .run_id = "r1",
                         .is_same_data = false,
                         .lines = {{"auc", 0.79, 0.8, true}, {"log_loss", 0.39, 0.4, false}}};
  report.leaderboard = {{"ensemble", "0.5 boosted", 0.81, 0.01, 1, true, ""},
                        {"boosted", "eta=0.1", 0.8, 0.02, 1, false, "best single model"}};
  report.classes = {"no", name};
  report.threshold = 0.4;
  report.costs = {{.rule = "threshold 0.4", .test = {{0.2, 170.8}}, .is_chosen = true},
                  {.rule = "always " + name, .test = {{0.9, 768.6}}}};
  report.confusion = evaluation::ConfusionMatrix{.classes = 2, .counts = {60, 10, 5, 25}};
  report.brier = 0.12;
  report.ece = 0.02;
  report.calibration_method = "isotonic";
  report.pictures = FullPictures(name);
  report.data_rows = 500;
  report.columns = {{name, "category", 0.1, 3, name + " 50 %", {3, 2, 1}}};
  report.params = {{"eta", "0.1"}};
  report.lineage = {{"Command", "reeve train " + name}};
  report.footer = "One seed, one result.";
  return report;
}

}  // namespace reeve::report
