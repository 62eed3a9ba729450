#include "reeve/server/description/answer_panel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "reeve/base/number.h"
#include "reeve/server/description/typical_row.h"

namespace reeve::server {
namespace {

using contract::Cell;

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

std::string Shown(const Cell& cell) {
  constexpr std::size_t kLongest = 60;
  std::string text = CellText(cell);
  const auto number = ParseNumber(text);
  if (number) return ReadableNumber(*number);
  if (text.size() <= kLongest) return text.empty() ? "nothing" : text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string Points(double contribution) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f", 100 * contribution);
  std::string points = text;
  if (points[0] == '-') points.replace(0, 1, "−");
  return points;
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

// The strongest ones, without those that would be shown as 0.0.
std::vector<Reason> ShownReasons(const AnswerView& answer) {
  std::vector<Reason> shown;
  if (answer.reasons == nullptr) return shown;
  for (const Reason& reason : *answer.reasons) {
    if (shown.size() == kShownReasons || std::abs(reason.contribution) < 0.0005) break;
    shown.push_back(reason);
  }
  return shown;
}

void AppendReasonList(const ServedModel& model, const AnswerView& answer, Html& html) {
  const std::string subject = Named(model, model.is_binary() ? 1 : answer.predicted);
  html.Raw("<h3>Main reasons</h3>\n");
  const std::vector<Reason> reasons = ShownReasons(answer);
  if (reasons.empty()) {
    html.Raw(
        "<p class=\"fine\">No single field stands out: with a typical value in any one of them "
        "the answer would be the same.</p>\n");
    return;
  }
  html.Raw("<p class=\"sides\" aria-hidden=\"true\"><span>").Text("against " + subject);
  html.Raw("</span><span>").Text("for " + subject).Raw("</span></p>\n<ol class=\"reasons\">\n");
  // Small changes are to look small.
  const double scale = std::max(std::abs(reasons.front().contribution), 0.1);
  for (const Reason& reason : reasons) {
    html.Raw("<li><span class=\"name\">").Element("b", "", reason.field);
    html.Raw(" ").Text(Shown(reason.value)).Raw("</span>");
    html.Element("span", "figure", Points(reason.contribution));
    AppendReasonBar(reason.contribution / scale, html);
    html.Element("span", "typical", "typical: " + Shown(reason.reference)).Raw("</li>\n");
  }
  html.Raw("</ol>\n<p class=\"fine\">Percentage points by which the probability of ");
  html.Element("b", "", subject);
  html.Raw(
      " differs from what it were with a typical value in that one field. Each field is looked "
      "at by itself, so the figures do not add up.</p>\n");
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
