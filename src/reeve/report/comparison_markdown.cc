#include "reeve/report/comparison.h"
#include "reeve/report/markdown.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

std::string Shown(const std::optional<double>& value) { return value ? Decimals(*value) : "–"; }

std::string Scores(const RunComparison& comparison) {
  if (comparison.metrics.empty()) return "";
  std::string text = MarkdownRow({"metric", "A", "B", "B - A", "B is"}) + MarkdownRule("tnnnt");
  for (const MetricDifference& metric : comparison.metrics) {
    const auto difference = metric.Difference();
    text += MarkdownRow({metric.name, Shown(metric.a), Shown(metric.b),
                         (difference && *difference > 0 ? "+" : "") + Shown(difference),
                         metric.Verdict()});
  }
  return text + "\n";
}

std::string Params(const RunComparison& comparison) {
  if (comparison.params.empty())
    return "All " + std::to_string(comparison.same_params) + " parameters are the same.\n\n";
  std::string text =
      "### Parameters that differ\n\n" + MarkdownRow({"parameter", "A", "B"}) + MarkdownRule("ttt");
  for (const ParamDifference& param : comparison.params)
    text += MarkdownRow({param.name, param.a.value_or("–"), param.b.value_or("–")});
  return text + "\n";
}

std::string Warnings(const std::string& heading, const std::vector<Warning>& warnings) {
  if (warnings.empty()) return "";
  std::string text = "### " + heading + "\n\n";
  for (const Warning& warning : warnings) {
    text += "- **" + EscapeMarkdown(warning.code) + "** ";
    if (!warning.column.empty()) text += "(" + EscapeMarkdown(warning.column) + ") ";
    text += EscapeMarkdown(warning.message) + "\n";
  }
  return text + "\n";
}

}  // namespace

std::string ComparisonMarkdown(const RunComparison& comparison) {
  std::string text = "## " + EscapeMarkdown(comparison.a.name) + " (A) and " +
                     EscapeMarkdown(comparison.b.name) + " (B)\n\n" +
                     EscapeMarkdown(comparison.DataSentence()) + "\n\n" + Scores(comparison) +
                     Params(comparison) + Warnings("New warnings", comparison.new_warnings) +
                     Warnings("Warnings that are gone", comparison.gone_warnings);
  for (const std::string& note : comparison.notes) text += "- " + EscapeMarkdown(note) + "\n";
  return text + "A is run " + EscapeMarkdown(comparison.a.id) + ", B is run " +
         EscapeMarkdown(comparison.b.id) + ".\n";
}

}  // namespace reeve::report
