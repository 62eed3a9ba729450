#include <algorithm>

#include "reeve/report/comparison.h"
#include "reeve/report/pictures.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

std::string Shown(const std::optional<double>& value) { return value ? Decimals(*value) : "–"; }

std::string Shown(const std::optional<evaluation::Interval>& interval) {
  return interval ? Range(interval->low, interval->high) : "";
}

PageTable RunTable(const RunComparison& comparison) {
  const ComparedRun &a = comparison.a, &b = comparison.b;
  return {.caption = "",
          .headings = {{""}, {a.Label('A')}, {b.Label('B')}},
          .rows = {{{{"Run"}, {a.id}, {b.id}}},
                   {{{"Status"}, {a.status}, {b.status}}},
                   {{{"Started"}, {a.started}, {b.started}}},
                   {{{"Version of the table"}, {a.data_digest}, {b.data_digest}}}}};
}

PageTable MetricTable(const RunComparison& comparison) {
  PageTable table{.caption = "",
                  .headings = {{"metric"},
                               {"A", true},
                               {"95 % interval", true},
                               {"B", true},
                               {"95 % interval", true},
                               {"B - A", true},
                               {"B is"}},
                  .rows = {}};
  for (const MetricDifference& metric : comparison.metrics) {
    const auto difference = metric.Difference();
    const auto overlap = metric.IntervalsOverlap();
    table.rows.push_back(
        {{{metric.name},
          {Shown(metric.a)},
          {Shown(metric.a_interval)},
          {Shown(metric.b)},
          {Shown(metric.b_interval)},
          {difference && *difference > 0 ? "+" + Shown(difference) : Shown(difference)},
          {metric.Verdict()}},
         overlap && !*overlap});
  }
  return table;
}

Section Params(const RunComparison& comparison) {
  Section section{"parameters", "Parameters that differ", {}};
  const std::string same = std::to_string(comparison.same_params) + " parameters are the same.";
  if (!comparison.params.empty()) {
    PageTable table{.caption = "", .headings = {{"parameter"}, {"A"}, {"B"}}, .rows = {}};
    for (const ParamDifference& param : comparison.params)
      table.rows.push_back({{{param.name}, {param.a.value_or("–")}, {param.b.value_or("–")}}});
    section.blocks.emplace_back(std::move(table));
  }
  section.blocks.emplace_back(Paragraph{comparison.params.empty() ? "None. " + same : same, true});
  return section;
}

Section Warnings(const RunComparison& comparison) {
  Section section{"warnings", "Warnings", {}};
  if (!comparison.new_warnings.empty()) {
    section.blocks.emplace_back(Paragraph{"New in B:", false});
    section.blocks.emplace_back(comparison.new_warnings);
  }
  if (!comparison.gone_warnings.empty()) {
    section.blocks.emplace_back(Paragraph{"Gone, in A only:", false});
    section.blocks.emplace_back(comparison.gone_warnings);
  }
  section.blocks.emplace_back(
      Paragraph{std::to_string(comparison.same_warnings) + " warnings are in both.", true});
  return section;
}

// Curves of both runs, A's before B's for each class that both have; three classes fit a picture.
std::vector<NamedCurve> Overlay(const RunComparison& comparison,
                                std::vector<NamedCurve> PictureData::*member) {
  constexpr std::size_t kMostCurves = 6;
  std::vector<NamedCurve> curves;
  if (!comparison.a.pictures || !comparison.b.pictures) return curves;
  for (const NamedCurve& of_a : (*comparison.a.pictures).*member) {
    const auto& others = (*comparison.b.pictures).*member;
    const auto of_b = std::find_if(others.begin(), others.end(), [&](const NamedCurve& curve) {
      return curve.name == of_a.name;
    });
    if (of_b == others.end() || curves.size() + 2 > kMostCurves) continue;
    const std::string behind = of_a.name.empty() ? "" : " " + of_a.name;
    curves.push_back({comparison.a.Label('A') + behind, of_a.points, of_a.area});
    curves.push_back({comparison.b.Label('B') + behind, of_b->points, of_b->area});
  }
  return curves;
}

Section Curves(const RunComparison& comparison) {
  Section section{"curves", "Curves", {}};
  if (!comparison.a.pictures || !comparison.b.pictures) return section;
  const PictureData &a = *comparison.a.pictures, &b = *comparison.b.pictures;
  std::vector<Figure> figures;
  const auto roc = Overlay(comparison, &PictureData::roc);
  if (!roc.empty()) figures.push_back({DrawRoc(roc), ""});
  const auto precision_recall = Overlay(comparison, &PictureData::precision_recall);
  if (!precision_recall.empty())
    figures.push_back({DrawPrecisionRecall(precision_recall, a.base_rate), ""});
  if (!a.calibration.empty() && !b.calibration.empty()) {
    figures.push_back({DrawCalibration({{comparison.a.Label('A'), a.calibration},
                                        {comparison.b.Label('B'), b.calibration}}),
                       "Rows of the bins below are those of A."});
  }
  if (!figures.empty()) section.blocks.emplace_back(std::move(figures));
  return section;
}

// The same picture of both runs, side by side.
template <typename Content, typename Draw>
Section SideBySide(Section section, const RunComparison& comparison, const Content& content,
                   const Draw& draw) {
  std::vector<Figure> figures;
  for (const char letter : {'A', 'B'}) {
    const ComparedRun& run = letter == 'A' ? comparison.a : comparison.b;
    if (!run.pictures || !content(*run.pictures)) continue;
    Picture picture = draw(*content(*run.pictures));
    picture.name += letter == 'A' ? "_a" : "_b";
    picture.title = run.Label(letter);
    figures.push_back({std::move(picture), ""});
  }
  if (!figures.empty()) section.blocks.emplace_back(std::move(figures));
  return section;
}

}  // namespace

std::string ComparisonHtml(const RunComparison& comparison) {
  Page page{.title = comparison.a.name + " and " + comparison.b.name,
            .lead = "Two runs beside each other."};
  page.head.emplace_back(RunTable(comparison));
  page.head.emplace_back(Paragraph{comparison.DataSentence(), false});
  for (const std::string& note : comparison.notes) page.head.emplace_back(Paragraph{note, true});
  Section scores{"scores", "Scores", {}};
  if (!comparison.metrics.empty()) {
    scores.blocks.emplace_back(MetricTable(comparison));
    scores.blocks.emplace_back(
        Paragraph{"Intervals that lie apart show a difference beyond luck. Intervals that overlap "
                  "do not show "
                  "that there is none: on the same rows the models err together, and a paired test "
                  "sees more.",
                  true});
  }
  page.sections = {std::move(scores), Params(comparison), Warnings(comparison), Curves(comparison)};
  page.sections.push_back(SideBySide(
      {"distribution", "Score distribution", {}}, comparison,
      [](const PictureData& data) -> const auto& { return data.distribution; },
      DrawScoreDistribution));
  page.sections.push_back(SideBySide(
      {"importance", "Importance of the columns", {}}, comparison,
      [](const PictureData& data) -> const auto& { return data.importance; }, DrawImportance));
  return Html(page);
}

}  // namespace reeve::report
