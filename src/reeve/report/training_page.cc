#include "reeve/report/sections.h"
#include "reeve/report/training_report.h"

namespace reeve::report {
namespace {

Section FactsSection(const std::string& id, const std::string& heading, const Facts& facts) {
  Section section{id, heading, {}};
  if (!facts.empty()) section.blocks.emplace_back(facts);
  return section;
}

}  // namespace

std::vector<Picture> DrawAll(const TrainingReport& report) {
  std::vector<Picture> pictures;
  for (const Section& section :
       {ThresholdSection(report), CalibrationSection(report), ConfusionSection(report),
        CurvesSection(report), ImportanceSection(report), SlicesSection(report)}) {
    for (const Block& block : section.blocks) {
      const auto* const figures = std::get_if<std::vector<Figure>>(&block);
      if (figures == nullptr) continue;
      for (const Figure& figure : *figures) pictures.push_back(figure.picture);
    }
  }
  return pictures;
}

std::string TrainingHtml(const TrainingReport& report) {
  Page page{.title = report.title, .lead = report.lead, .footer = report.footer};
  page.head.emplace_back(report.header);
  const std::vector<Tile> tiles = ScoreTiles(report);
  if (!tiles.empty()) page.head.emplace_back(tiles);
  page.sections = {WarningsSection(report),
                   ScoresSection(report),
                   ChampionSection(report),
                   LeaderboardSection(report),
                   ThresholdSection(report),
                   CalibrationSection(report),
                   ConfusionSection(report),
                   CurvesSection(report),
                   ImportanceSection(report),
                   SlicesSection(report),
                   DataSection(report),
                   FactsSection("parameters", "Parameters", report.params),
                   FactsSection("lineage", "Where it comes from", report.lineage)};
  return Html(page);
}

}  // namespace reeve::report
