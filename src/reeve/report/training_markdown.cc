#include <algorithm>

#include "reeve/base/text.h"
#include "reeve/report/markdown.h"
#include "reeve/report/texts.h"
#include "reeve/report/training_report.h"

namespace reeve::report {
namespace {

constexpr std::size_t kMostTrials = 10, kMostSlices = 5;

std::string Optional(const std::optional<double>& value) { return value ? Decimals(*value) : "–"; }

std::string Optional(const std::optional<evaluation::Interval>& interval) {
  return interval ? Range(interval->low, interval->high) : "";
}

std::string Scores(const TrainingReport& report) {
  if (report.scores.empty()) return "";
  std::string text =
      MarkdownRow({"score", "test", "95 % interval", "cross-validated"}) + MarkdownRule("tnnn");
  for (const ScoreLine& line : report.scores) {
    text += MarkdownRow(
        {line.name, Optional(line.test), Optional(line.test_interval), Optional(line.out_of_fold)});
  }
  return text + "\n";
}

std::string Warnings(const TrainingReport& report) {
  std::string text;
  for (const std::string& unmet : report.unmet)
    text += "- **requirement unmet**: " + EscapeMarkdown(unmet) + "; nothing was registered\n";
  for (const Warning& warning : report.warnings) {
    text += "- **" + EscapeMarkdown(warning.code) + "** ";
    if (!warning.column.empty()) text += "(" + EscapeMarkdown(warning.column) + ") ";
    text += EscapeMarkdown(warning.message);
    if (!warning.fix.empty()) text += " → " + EscapeMarkdown(warning.fix);
    text += "\n";
  }
  return text.empty() ? "No warnings.\n\n" : "### Warnings\n\n" + text + "\n";
}

std::string Champion(const TrainingReport& report) {
  if (!report.champion) return "";
  const ChampionComparison& champion = *report.champion;
  std::string text = "### Beside the model in use\n\n" + EscapeMarkdown(champion.model) + ", run " +
                     EscapeMarkdown(champion.run_id) + ". ";
  text += !champion.is_same_data   ? "Whether both were made from the same table is not known."
          : *champion.is_same_data ? "Both were made from the same table."
                                   : "**The tables differ**: a difference may be that of the data.";
  text += "\n\n" + MarkdownRow({"test score", "in use", "this model", "difference", ""}) +
          MarkdownRule("tnnnt");
  for (const ChampionLine& line : champion.lines) {
    std::string difference = "–", verdict;
    if (line.champion && line.challenger) {
      const double change = *line.challenger - *line.champion;
      difference = (change > 0 ? "+" : "") + Decimals(change);
      verdict = change == 0                                         ? "same"
                : (line.higher_is_better ? change > 0 : change < 0) ? "better"
                                                                    : "worse";
    }
    text += MarkdownRow(
        {line.metric, Optional(line.champion), Optional(line.challenger), difference, verdict});
  }
  return text + "\n";
}

std::string Leaderboard(const TrainingReport& report) {
  if (report.leaderboard.empty()) return "";
  std::string text =
      "### Leaderboard\n\n" +
      MarkdownRow({"learner", report.metric + " (mean)", "± folds", "parameters", ""}) +
      MarkdownRule("tnntt");
  for (std::size_t i = 0; i < std::min(report.leaderboard.size(), kMostTrials); ++i) {
    const LeaderboardLine& line = report.leaderboard[i];
    text += MarkdownRow({line.learner, Optional(line.mean), Optional(line.deviation), line.params,
                         line.is_chosen ? "chosen" : line.note});
  }
  return text + "\n";
}

// Only what needs looking at: hard slices that the model knows of are in the page.
std::string Slices(const TrainingReport& report) {
  if (!report.pictures.slices) return "";
  const SliceChart& chart = *report.pictures.slices;
  std::string rows;
  std::size_t shown = 0;
  for (const SliceRow& slice : chart.slices) {
    if (!slice.IsSurprise(chart.higher_is_better) || shown == kMostSlices) continue;
    ++shown;
    rows += MarkdownRow({slice.name, GroupDigits(slice.rows), Decimals(slice.score),
                         Range(slice.interval.low, slice.interval.high), Decimals(slice.expected)});
  }
  if (rows.empty()) return "";
  return "### Where the model is worse than it knows\n\nSlices of " + EscapeMarkdown(chart.rows) +
         " whose score is worse than the model's own probabilities say, by more than luck, after "
         "correction for the " +
         GroupDigits(chart.looked_at) + " slices looked at.\n\n" +
         MarkdownRow({"slice", "rows", chart.metric, "95 % interval", "expected"}) +
         MarkdownRule("tnnnn") + rows + "\n";
}

}  // namespace

std::string TrainingMarkdown(const TrainingReport& report) {
  std::string text =
      "## " + EscapeMarkdown(report.title) + "\n\n" + EscapeMarkdown(report.lead) + "\n\n";
  text +=
      Scores(report) + Warnings(report) + Champion(report) + Leaderboard(report) + Slices(report);
  text += "<details><summary>Model and data</summary>\n\n" + MarkdownRow({"what", ""}) +
          MarkdownRule("tt");
  for (const auto& [name, value] : report.header) text += MarkdownRow({name, value});
  return text + "\n</details>\n";
}

}  // namespace reeve::report
