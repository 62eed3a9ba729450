#include "reeve/server/description/answer_panel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "reeve/base/number.h"
#include "reeve/workflow/importance_table.h"

namespace reeve::server {
namespace {

// A number of a drawing; two decimals are finer than a pixel.
std::string Coordinate(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

// A bar from 0 to `share` of its width, with a line at the threshold if there is one. Drawn as SVG,
// whose geometry a page may hold although it forbids styles of elements.
void AppendMeter(double share, std::optional<double> threshold, Html& html) {
  html.Raw(
      "<svg class=\"meter\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><rect class=\"fill\" height=\"10\"");
  html.Attribute("width", Coordinate(100 * share)).Raw("></rect>");
  if (threshold) {
    html.Raw("<line class=\"mark\" y1=\"0\" y2=\"10\"")
        .Attribute("x1", Coordinate(100 * *threshold));
    html.Attribute("x2", Coordinate(100 * *threshold)).Raw("></line>");
  }
  html.Raw("</svg>\n");
}

// A class in a sentence: its name, with the target's where it is but a number.
std::string Named(const ServedModel& model, std::size_t k) {
  const contract::Contract& contract = model.contract();
  const std::string& name = contract.classes[k];
  return ParseNumber(name) ? contract.target + " = " + name : name;
}

void AppendTwoClasses(const ServedModel& model, const AnswerView& answer, Html& html) {
  const double probability = answer.probabilities[1];
  const double threshold = model.scorer->decision().threshold.value_or(0.5);
  html.Raw("<p class=\"probability\"><strong>").Text(Percent(probability)).Raw("</strong> ");
  html.Text("probability of " + Named(model, 1)).Raw("</p>\n");
  AppendMeter(probability, threshold, html);
  html.Raw("<p class=\"scale\">").Text(Named(model, 1) + " from " + Percent(threshold) + " on");
  html.Raw("</p>\n");
}

void AppendManyClasses(const ServedModel& model, const AnswerView& answer, Html& html) {
  const auto& classes = model.contract().classes;
  html.Raw("<p class=\"probability\"><strong>");
  html.Text(Percent(answer.probabilities[answer.predicted])).Raw("</strong> probability</p>\n");
  std::vector<std::size_t> order(classes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return answer.probabilities[a] > answer.probabilities[b];
  });
  html.Raw("<ul class=\"classes\">\n");
  for (std::size_t i = 0; i < std::min(order.size(), kShownClasses); ++i) {
    html.Raw("<li>").Element("span", "name", classes[order[i]]);
    html.Element("span", "figure", Percent(answer.probabilities[order[i]]));
    AppendMeter(answer.probabilities[order[i]], std::nullopt, html);
    html.Raw("</li>\n");
  }
  html.Raw("</ul>\n");
  if (model.scorer->decision().costs)
    html.Element("p", "scale", "decided for the least expected cost, not the largest probability");
  if (order.size() > kShownClasses) {
    html.Element("p", "scale",
                 "and " + std::to_string(order.size() - kShownClasses) + " less likely classes");
  }
}

// With the minus of prose.
std::string Signed(double contribution) {
  std::string text = workflow::ContributionText(contribution);
  if (text[0] == '-') text.replace(0, 1, "−");
  return text;
}

// A bar from the middle, as long as its share of the strongest one.
void AppendReasonBar(double share, Html& html) {
  const double width = 50 * std::abs(share);
  html.Raw(
      "<svg class=\"reason\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><rect height=\"10\"");
  html.Attribute("class", share > 0 ? "for" : "against");
  html.Attribute("x", Coordinate(share > 0 ? 50 : 50 - width));
  html.Attribute("width", Coordinate(width));
  html.Raw("></rect><line class=\"middle\" x1=\"50\" x2=\"50\" y1=\"0\" y2=\"10\"></line></svg>\n");
}

// Contributions so small that they would be shown as nothing.
constexpr double kNothing = 0.00005;

void AppendReason(const workflow::RowReason& reason, double scale, Html& html) {
  const std::string text = ReasonText(reason);
  html.Raw("<li><span class=\"name\">").Element("b", "", reason.field);
  html.Text(text.substr(reason.field.size())).Raw("</span>");
  html.Element("span", "figure", Signed(reason.contribution));
  AppendReasonBar(reason.contribution / scale, html);
  html.Raw("</li>\n");
}

// What the figures are: the words of `reeve explain`, and what they mean.
void AppendReasonUnit(const workflow::RowExplainer& explainer, std::size_t explained,
                      const std::string& subject, Html& html) {
  const bool is_log_odds = explainer.unit() == "log_odds";
  const auto expected = explainer.expected();
  html.Raw("<p class=\"fine\">Contributions in ").Text(workflow::UnitText(explainer.unit()));
  html.Raw(" of ").Element("b", "", subject).Raw(", beginning at ");
  html.Text(Signed(expected[expected.size() == 1 ? 0 : explained].second));
  html.Raw(", which is what the model says of a row of which it knows nothing. ");
  html.Raw(is_log_odds ? "+0.69 doubles the odds, −0.69 halves them."
                       : "+0.01 is one percentage point more.");
  html.Raw("</p>\n");
}

void AppendReasonList(const ServedModel& model, const AnswerView& answer, Html& html) {
  html.Raw("<h3>Main reasons</h3>\n");
  if (!answer.reasons.ok()) {
    html.Element("p", "fine", NoReasonsText(answer.reasons.status())).Raw("\n");
    return;
  }
  const workflow::RowExplainer& explainer = *model.explainer();
  const auto explained =
      static_cast<std::size_t>(explainer.ExplainedClass(static_cast<int>(answer.predicted)));
  const std::string subject = Named(model, explained);
  std::vector<workflow::RowReason> reasons = answer.reasons->at(0);
  std::erase_if(reasons,
                [](const auto& reason) { return std::abs(reason.contribution) < kNothing; });
  if (reasons.empty()) {
    html.Raw("<p class=\"fine\">No field moves the answer.</p>\n");
    return;
  }
  html.Raw("<p class=\"sides\" aria-hidden=\"true\"><span>").Text("against " + subject);
  html.Raw("</span><span>").Text("for " + subject).Raw("</span></p>\n<ol class=\"reasons\">\n");
  // Small contributions are to look small.
  const double least = explainer.unit() == "log_odds" ? 0.5 : 0.1;
  const double scale = std::max(std::abs(reasons.front().contribution), least);
  for (const workflow::RowReason& reason : reasons) AppendReason(reason, scale, html);
  html.Raw("</ol>\n");
  AppendReasonUnit(explainer, explained, subject, html);
}

}  // namespace

void AppendAnswer(const ServedModel& model, const AnswerView& answer, Html& html) {
  const auto& contract = model.contract();
  html.Raw("<p class=\"target\">").Text(contract.target).Raw("</p>\n");
  html.Element("p", "decision", contract.classes[answer.predicted]).Raw("\n");
  if (model.is_binary()) {
    AppendTwoClasses(model, answer, html);
  } else {
    AppendManyClasses(model, answer, html);
  }
  AppendReasonList(model, answer, html);
  html.Raw("<details><summary>The same from a shell</summary>\n<pre><code>");
  html.Text(answer.command).Raw("</code></pre>\n<p class=\"fine\">Request ");
  html.Element("code", "", answer.request_id).Raw("</p></details>\n");
}

}  // namespace reeve::server
