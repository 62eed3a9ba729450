#include <algorithm>
#include <cmath>

#include "reeve/base/text.h"
#include "reeve/report/pictures.h"
#include "reeve/report/sections.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostTrials = 30;

std::string Optional(const std::optional<double>& value) { return value ? Decimals(*value) : "–"; }

std::string Optional(const std::optional<evaluation::Interval>& interval) {
  return interval ? Range(interval->low, interval->high) : "";
}

// Columns without a value in any line are left out.
PageTable ScoreTable(const TrainingReport& report) {
  const auto any = [&](auto member) {
    return std::any_of(report.scores.begin(), report.scores.end(),
                       [&](const ScoreLine& line) { return (line.*member).has_value(); });
  };
  const bool has_test = any(&ScoreLine::test), has_folds = any(&ScoreLine::out_of_fold);
  PageTable table{.caption = "", .headings = {{"score"}}, .rows = {}};
  if (has_test) table.headings.push_back({has_folds ? "test" : "value", true});
  if (has_test) table.headings.push_back({"95 % interval", true});
  if (has_folds) table.headings.push_back({"cross-validated", true});
  if (has_folds) table.headings.push_back({"95 % interval", true});
  table.headings.push_back({"meaning"});
  for (const ScoreLine& line : report.scores) {
    PageTable::Row row{{{line.name}}, line.is_headline};
    if (has_test) row.cells.push_back({Optional(line.test)});
    if (has_test) row.cells.push_back({Optional(line.test_interval)});
    if (has_folds) row.cells.push_back({Optional(line.out_of_fold)});
    if (has_folds) row.cells.push_back({Optional(line.out_of_fold_interval)});
    row.cells.push_back({line.description});
    table.rows.push_back(std::move(row));
  }
  return table;
}

PageTable ChampionTable(const ChampionComparison& champion) {
  PageTable table{.caption = "",
                  .headings = {{"test score"},
                               {"in use", true},
                               {"this model", true},
                               {"difference", true},
                               {""}},
                  .rows = {}};
  for (const ChampionLine& line : champion.lines) {
    std::string difference = "–", verdict;
    if (line.champion && line.challenger) {
      const double change = *line.challenger - *line.champion;
      difference = (change > 0 ? "+" : "") + Decimals(change);
      const bool is_better = line.higher_is_better ? change > 0 : change < 0;
      verdict = change == 0 ? "same" : is_better ? "better" : "worse";
    }
    table.rows.push_back({{{line.metric},
                           {Optional(line.champion)},
                           {Optional(line.challenger)},
                           {difference},
                           {verdict}}});
  }
  return table;
}

}  // namespace

std::vector<Tile> ScoreTiles(const TrainingReport& report) {
  std::vector<Tile> tiles;
  for (const ScoreLine& line : report.scores) {
    if (!line.is_headline) continue;
    const bool has_test = line.test.has_value();
    const auto& interval = has_test ? line.test_interval : line.out_of_fold_interval;
    Tile tile{line.name + (has_test ? " (test)" : " (cross-validated)"),
              Decimals(has_test ? *line.test : line.out_of_fold.value_or(NAN)), ""};
    if (interval) tile.detail = "95 %: " + Range(interval->low, interval->high, 3);
    if (has_test && line.out_of_fold)
      tile.detail += (tile.detail.empty() ? "" : " · ") +
                     ("cross-validated " + Decimals(*line.out_of_fold, 3));
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

Section WarningsSection(const TrainingReport& report) {
  Section section{"warnings", "Warnings", {}};
  std::vector<Warning> warnings = report.warnings;
  for (const std::string& unmet : report.unmet)
    warnings.insert(warnings.begin(), {"requirement_unmet", "", unmet + "; nothing was registered",
                                       "reach the required quality, or require less"});
  if (warnings.empty()) {
    section.blocks.emplace_back(Paragraph{
        "None: the checks of the table, the split and the scores found nothing to mind.", false});
  } else {
    section.heading += " (" + std::to_string(warnings.size()) + ")";
    section.blocks.emplace_back(std::move(warnings));
  }
  return section;
}

Section ScoresSection(const TrainingReport& report) {
  Section section{"scores", "Scores", {}};
  if (report.scores.empty()) return section;
  std::string rows;
  if (!report.test_rows.empty())
    rows = "The test part (" + report.test_rows +
           ") was set apart and scored once, after the choice. ";
  if (!report.out_of_fold_rows.empty())
    rows += "Cross-validated scores are of " + report.out_of_fold_rows +
            ", each predicted by a model that had not seen it.";
  if (!rows.empty()) section.blocks.emplace_back(Paragraph{rows, false});
  section.blocks.emplace_back(ScoreTable(report));
  if (report.fold_mean && report.fold_deviation) {
    std::vector<std::string> folds;
    for (const double score : report.fold_scores) folds.push_back(Decimals(score));
    section.blocks.emplace_back(
        Paragraph{report.metric + " over folds: " + Decimals(*report.fold_mean) + " ± " +
                      Decimals(*report.fold_deviation) + " (" + Join(folds, ", ") + ").",
                  true});
  }
  return section;
}

Section ChampionSection(const TrainingReport& report) {
  Section section{"champion", "Beside the model in use", {}};
  if (!report.champion) return section;
  std::string text =
      "In use is " + report.champion->model + " (run " + report.champion->run_id + "). ";
  if (report.champion->is_same_data) {
    text += *report.champion->is_same_data
                ? "Both were made from the same table."
                : "The tables differ: the scores are not of the same rows, and a difference may be "
                  "that of the data.";
  } else {
    text += "Whether both were made from the same table is not known.";
  }
  section.blocks.emplace_back(Paragraph{text, false});
  section.blocks.emplace_back(ChampionTable(*report.champion));
  return section;
}

Section LeaderboardSection(const TrainingReport& report) {
  Section section{"leaderboard", "Leaderboard", {}};
  if (report.leaderboard.empty()) return section;
  PageTable table{.caption = "Configurations that were cross-validated, best first",
                  .headings = {{"learner"},
                               {report.metric + " (mean)", true},
                               {"± folds", true},
                               {"seconds", true},
                               {"parameters"},
                               {""}},
                  .rows = {}};
  for (const LeaderboardLine& line : report.leaderboard) {
    if (table.rows.size() == kMostTrials) break;
    table.rows.push_back(
        {{{line.learner},
          {Optional(line.mean)},
          {Optional(line.deviation)},
          {Decimals(line.seconds, 1)},
          {line.params},
          {line.is_chosen ? "chosen" + (line.note.empty() ? "" : ", " + line.note) : line.note}},
         line.is_chosen});
  }
  section.blocks.emplace_back(std::move(table));
  if (report.leaderboard.size() > kMostTrials)
    section.blocks.emplace_back(Paragraph{"The best " + std::to_string(kMostTrials) + " of " +
                                              std::to_string(report.leaderboard.size()) +
                                              " are shown.",
                                          true});
  return section;
}

}  // namespace reeve::report
