#include <algorithm>
#include <cmath>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/sections.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostPairs = 12;

PageTable ClassTable(const TrainingReport& report) {
  PageTable table{.caption = "By class",
                  .headings = {{"class"},
                               {"rows", true},
                               {"predicted", true},
                               {"precision", true},
                               {"recall", true},
                               {"F1", true}},
                  .rows = {}};
  const bool with_auc = report.class_auc.size() == report.classes.size();
  if (with_auc) table.headings.push_back({"AUC, one against the rest", true});
  for (int i = 0; i < report.confusion->classes; ++i) {
    const evaluation::ConfusionMatrix& confusion = *report.confusion;
    PageTable::Row row{{{report.classes[static_cast<std::size_t>(i)]},
                        {GroupDigits(std::llround(confusion.actual(i)))},
                        {GroupDigits(std::llround(confusion.predicted(i)))},
                        {Decimals(evaluation::Precision(confusion, i), 3)},
                        {Decimals(evaluation::Recall(confusion, i), 3)},
                        {Decimals(evaluation::FBeta(confusion, i, 1), 3)}}};
    if (with_auc) row.cells.push_back({Decimals(report.class_auc[static_cast<std::size_t>(i)], 3)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Pairs of classes that are mistaken for each other most often.
PageTable PairTable(const evaluation::ConfusionMatrix& confusion,
                    const std::vector<std::string>& classes) {
  struct Pair {
    int truth, predicted;
    double count;
  };
  std::vector<Pair> pairs;
  for (int t = 0; t < confusion.classes; ++t) {
    for (int p = 0; p < confusion.classes; ++p) {
      if (t != p && confusion.at(t, p) > 0) pairs.push_back({t, p, confusion.at(t, p)});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.count > b.count; });
  if (pairs.size() > kMostPairs) pairs.resize(kMostPairs);
  PageTable table{.caption = "Most frequent mistakes",
                  .headings = {{"true class"},
                               {"predicted"},
                               {"rows", true},
                               {"share of the true class", true}},
                  .rows = {}};
  for (const Pair& pair : pairs) {
    table.rows.push_back({{{classes[static_cast<std::size_t>(pair.truth)]},
                           {classes[static_cast<std::size_t>(pair.predicted)]},
                           {GroupDigits(std::llround(pair.count))},
                           {Percent(pair.count / std::max(confusion.actual(pair.truth), 1.0))}}});
  }
  return table;
}

// Costs of each rule, on the rows they were counted on.
PageTable CostTable(const std::vector<CostLine>& lines) {
  PageTable table{.caption = "Cost of decisions", .headings = {{"rule"}}, .rows = {}};
  const auto add = [&](std::optional<CostLine::Cost> CostLine::*part, const std::string& rows) {
    if (!(lines.front().*part)) return;
    table.headings.push_back({"per row" + rows, true});
    table.headings.push_back({"total" + rows, true});
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const CostLine::Cost cost = (lines[i].*part).value_or(CostLine::Cost{});
      table.rows[i].cells.push_back({Decimals(cost.per_row)});
      table.rows[i].cells.push_back({ShortNumber(cost.total)});
    }
  };
  for (const CostLine& line : lines) table.rows.push_back({{{line.rule}}, line.is_chosen});
  const bool has_both = lines.front().test && lines.front().out_of_fold;
  add(&CostLine::test, has_both ? ", test" : "");
  add(&CostLine::out_of_fold, has_both ? ", out of fold" : "");
  return table;
}

// What a decision (across) costs a row of a class (down).
void AddCostMatrix(const CostMatrix& costs, const std::vector<std::string>& classes,
                   Section& section) {
  constexpr std::size_t kMostClasses = 12;
  if (classes.size() > kMostClasses) {
    section.blocks.emplace_back(
        Paragraph{"decision.json in the bundle holds the costs of all pairs of classes.", true});
    return;
  }
  PageTable table{.caption = "What a decision (across) costs a row of a class (down)",
                  .headings = {{"true class"}},
                  .rows = {}};
  for (const std::string& name : classes) table.headings.push_back({name, true});
  for (int truth = 0; truth < costs.classes; ++truth) {
    PageTable::Row row{{{classes[static_cast<std::size_t>(truth)]}}};
    for (int decided = 0; decided < costs.classes; ++decided)
      row.cells.push_back({ShortNumber(costs.at(truth, decided))});
    table.rows.push_back(std::move(row));
  }
  section.blocks.emplace_back(std::move(table));
}

}  // namespace

Section ThresholdSection(const TrainingReport& report) {
  const bool is_binary = report.classes.size() == 2;
  Section section{"threshold", is_binary ? "Threshold and costs" : "Decisions", {}};
  if (report.threshold && is_binary) {
    section.blocks.emplace_back(
        Paragraph{"A row is " + report.classes[1] + " when its probability is at least " +
                      Decimals(*report.threshold) + ". " + report.threshold_reason,
                  false});
  }
  if (!is_binary && report.cost_matrix) {
    section.blocks.emplace_back(Paragraph{
        "A row gets the class whose expected cost is least: what deciding for it costs, over all "
        "true classes, weighed by their probabilities. It need not be the most probable one.",
        false});
    AddCostMatrix(*report.cost_matrix, report.classes, section);
  }
  if (!report.costs.empty()) section.blocks.emplace_back(CostTable(report.costs));
  if (report.pictures.distribution) {
    section.blocks.emplace_back(std::vector<Figure>{
        {DrawScoreDistribution(*report.pictures.distribution),
         is_binary
             ? "Each group adds up to 100 %. The further the two stand apart, the better the model "
               "tells them apart; what lies on the wrong side of the threshold is decided wrongly."
             : "Each group adds up to 100 %. A model that knows when it is wrong gives wrong "
               "decisions low probabilities."}});
  }
  return section;
}

Section CalibrationSection(const TrainingReport& report) {
  Section section{"calibration", "Calibration", {}};
  if (!report.brier && !report.ece && report.pictures.calibration.empty()) return section;
  Facts facts;
  if (report.brier) facts.emplace_back("Brier score", Decimals(*report.brier) + " (0 is perfect)");
  if (report.ece)
    facts.emplace_back("Calibration error", Decimals(*report.ece) +
                                                " (ECE: mean distance of a probability from what "
                                                "came true)");
  if (!report.calibration_method.empty())
    facts.emplace_back("Calibrated by", report.calibration_method);
  if (!facts.empty()) section.blocks.emplace_back(std::move(facts));
  if (!report.pictures.calibration.empty()) {
    section.blocks.emplace_back(std::vector<Figure>{
        {DrawCalibration({{"", report.pictures.calibration}}),
         "Of the rows given 30 %, do 30 % come true? Points are bins of equally many rows with the "
         "95 % interval of what was observed (Wilson); points whose interval misses the diagonal "
         "are off by more than luck."}});
  }
  return section;
}

Section ConfusionSection(const TrainingReport& report) {
  Section section{"confusion", "Confusion matrix", {}};
  if (!report.confusion || report.classes.empty()) return section;
  section.blocks.emplace_back(std::vector<Figure>{
      {DrawConfusion(*report.confusion, report.classes),
       "Rows by true class (down) and predicted class (across); framed: right. Percents and shades "
       "are shares of the true class."}});
  section.blocks.emplace_back(ClassTable(report));
  if (report.classes.size() > 2)
    section.blocks.emplace_back(PairTable(*report.confusion, report.classes));
  return section;
}

Section CurvesSection(const TrainingReport& report) {
  Section section{"curves", "Curves", {}};
  std::vector<Figure> figures;
  const PictureData& data = report.pictures;
  const std::string note = data.roc.size() > 1 && report.classes.size() > data.roc.size()
                               ? " Each class against the rest; of " +
                                     std::to_string(report.classes.size()) + " classes the " +
                                     std::to_string(data.roc.size()) + " hardest."
                           : data.roc.size() > 1 ? " Each class against the rest."
                                                 : "";
  if (!data.roc.empty())
    figures.push_back(
        {DrawRoc(data.roc), "One point per threshold; the diagonal is chance." + note});
  if (!data.precision_recall.empty()) {
    figures.push_back({DrawPrecisionRecall(data.precision_recall, data.base_rate),
                       "Tells more than the ROC curve where the positive class is rare." + note});
  }
  if (!data.learning.empty()) {
    const bool has_folds = std::ranges::any_of(
        data.learning, [](const LearningCurve& curve) { return curve.fold.has_value(); });
    figures.push_back({DrawLearningCurves(data.learning),
                       std::string("Rows learnt from improve for ever; training ends where watched "
                                   "rows no longer do.") +
                           (has_folds ? " Thin: the watched rows of each fold." : "")});
  }
  if (!figures.empty()) section.blocks.emplace_back(std::move(figures));
  return section;
}

}  // namespace reeve::report
