#include <algorithm>
#include <cmath>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/sections.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostColumns = 100;
constexpr double kSignificant = 0.05;

std::string SliceVerdict(const SliceRow& slice) {
  if (slice.adjusted_p < 0.001) return "worse (p < 0.001)";
  if (slice.adjusted_p < kSignificant) return "worse (p = " + Decimals(slice.adjusted_p, 3) + ")";
  return "may be luck";
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
    const std::string name = report.classes.size() == 2 ? report.classes[1] : "the class";
    figures.push_back(
        {DrawPartialDependence(report.pictures.partial_dependence, name),
         "Mean probability of " + name +
             " when the column is set to a value in every row. Marks on the axis: "
             "values that were tried. Where columns hang together, some of these rows "
             "could not exist."});
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
       "Filled circles: worse by more than luck; hollow squares: perhaps luck."}});
  PageTable table{.caption = "",
                  .headings = {{"slice"},
                               {"rows", true},
                               {chart.metric, true},
                               {"95 % interval", true},
                               {"difference", true},
                               {"after correction"}},
                  .rows = {}};
  for (const SliceRow& slice : chart.slices) {
    table.rows.push_back({{{slice.name},
                           {GroupDigits(slice.rows)},
                           {Decimals(slice.score)},
                           {Range(slice.interval.low, slice.interval.high)},
                           {(slice.difference > 0 ? "+" : "") + Decimals(slice.difference)},
                           {SliceVerdict(slice)}},
                          slice.adjusted_p < kSignificant});
  }
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(Paragraph{
      "Who looks at " + GroupDigits(chart.looked_at) +
          " slices finds bad ones by luck alone. p is corrected for all that were looked at (Holm "
          "1979): among slices marked as worse, the chance that even one is there by luck is at "
          "most "
          "5 %. Intervals are not corrected. A slice may also be worse because it is harder, not "
          "because the model neglects it.",
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
