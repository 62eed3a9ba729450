#include <algorithm>
#include <cmath>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/sections.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostColumns = 100;

std::string PText(double p) { return p < 0.001 ? "p < 0.001" : "p = " + Decimals(p, 3); }

std::string SliceVerdict(const SliceRow& slice, bool higher_is_better) {
  if (slice.IsSurprise(higher_is_better))
    return "worse than the model knows (" + PText(slice.adjusted_surprise_p) + ")";
  if (slice.IsWorse()) return "harder, and the model says so (" + PText(slice.adjusted_p) + ")";
  return "may be luck";
}

PageTable SliceTable(const SliceChart& chart) {
  PageTable table{.caption = "",
                  .headings = {{"slice"},
                               {"rows", true},
                               {chart.metric, true},
                               {"95 % interval", true},
                               {"to all rows", true},
                               {"expected", true},
                               {"verdict"}},
                  .rows = {}};
  for (const SliceRow& slice : chart.slices) {
    table.rows.push_back({{{slice.name},
                           {GroupDigits(slice.rows)},
                           {Decimals(slice.score)},
                           {Range(slice.interval.low, slice.interval.high)},
                           {(slice.difference > 0 ? "+" : "") + Decimals(slice.difference)},
                           {Decimals(slice.expected)},
                           {SliceVerdict(slice, chart.higher_is_better)}},
                          slice.IsSurprise(chart.higher_is_better)});
  }
  return table;
}

// The class, or how many of them, that the partial dependence is drawn of.
std::string WhoseDependence(const TrainingReport& report) {
  if (report.classes.size() == 2) return report.classes[1];
  const std::vector<PartialDependence>& drawn = report.pictures.partial_dependence;
  const auto lines = static_cast<std::size_t>(
      std::ranges::count(drawn, drawn.front().column, &PartialDependence::column));
  if (lines >= report.classes.size()) return "each class";
  return "the " + std::to_string(lines) + " most frequent of " +
         std::to_string(report.classes.size()) + " classes (importance.json holds all)";
}

}  // namespace

Section ImportanceSection(const TrainingReport& report) {
  Section section{"importance", "What the model looks at", {}};
  std::vector<Figure> figures;
  if (report.pictures.importance && !report.pictures.importance->bars.empty()) {
    figures.push_back({DrawImportance(*report.pictures.importance),
                       "Columns that say the same share their importance. It is no cause: a column "
                       "may stand for what is not in the table."});
  }
  if (!report.pictures.partial_dependence.empty()) {
    figures.push_back({DrawPartialDependence(report.pictures.partial_dependence),
                       "Mean probability of " + WhoseDependence(report) +
                           " when the column is set to a value in every row. Marks on the axis: "
                           "values that were tried" +
                           (report.classes.size() == 2 ? "; shaded: 80 % of the rows" : "") +
                           ". Where columns hang together, some of these rows could not exist."});
  }
  if (!figures.empty()) section.blocks.emplace_back(std::move(figures));
  return section;
}

Section SlicesSection(const TrainingReport& report) {
  Section section{"slices", "Where the model is weaker", {}};
  if (!report.pictures.slices || report.pictures.slices->slices.empty()) return section;
  const SliceChart& chart = *report.pictures.slices;
  section.blocks.emplace_back(
      Paragraph{GroupDigits(chart.looked_at) + " slices of the table were scored by " +
                    chart.metric + " on " + chart.rows +
                    ": values of categories and quarters of numbers, where there are rows enough. "
                    "These are the worst; all rows have " +
                    Decimals(chart.overall) + ".",
                false});
  section.blocks.emplace_back(std::vector<Figure>{
      {DrawSlices(chart),
       "Triangles: worse than the model's own probabilities say; circles: worse than all rows, and "
       "the probabilities say so; hollow squares: perhaps luck."}});
  section.blocks.emplace_back(SliceTable(chart));
  section.blocks.emplace_back(Paragraph{
      "\"Expected\" is the score that the slice would have if the model's probabilities were "
      "right. A "
      "slice is hard where odds are even, or where the very column that it is made from no longer "
      "helps to tell rows apart; every model is worse there. Where the score is below what is "
      "expected the model does not know how wrong it is: look at these rows first.",
      true});
  section.blocks.emplace_back(Paragraph{
      "Who looks at " + GroupDigits(chart.looked_at) +
          " slices finds bad ones by luck alone. Each p is corrected for all that were looked at "
          "(Holm 1979): the chance that luck alone marks even one is at most 5 % for either kind "
          "of "
          "mark. Intervals are not corrected.",
      true});
  return section;
}

Section DataSection(const TrainingReport& report) {
  Section section{"data", "Data", {}};
  if (report.columns.empty()) return section;
  PageTable table{.caption = GroupDigits(report.data_rows) + " rows, " +
                             std::to_string(report.columns.size()) + " columns",
                  .headings = {{"column"},
                               {"type"},
                               {"missing", true},
                               {"distinct", true},
                               {"distribution"},
                               {"smallest … median … largest, or most frequent"}},
                  .rows = {}};
  for (const DataColumnLine& column : report.columns) {
    if (table.rows.size() == kMostColumns) break;
    Cell histogram;
    if (!column.counts.empty())
      histogram.svg = SmallHistogram(column.counts, "distribution of " + column.name);
    table.rows.push_back({{{column.name},
                           {column.type},
                           {column.missing > 0 ? Percent(column.missing) : "0"},
                           {GroupDigits(column.distinct)},
                           histogram,
                           {column.summary}}});
  }
  section.blocks.emplace_back(std::move(table));
  if (report.columns.size() > kMostColumns)
    section.blocks.emplace_back(Paragraph{"The first " + std::to_string(kMostColumns) + " of " +
                                              std::to_string(report.columns.size()) +
                                              " columns are shown; profile.json holds all.",
                                          true});
  return section;
}

}  // namespace reeve::report
