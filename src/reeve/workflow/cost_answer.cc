#include "reeve/workflow/cost_answer.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/report/texts.h"

namespace reeve::workflow {
namespace {

using evaluation::CostSummary;

std::string Fixed(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

// Without the last digits, which the mean it is made of has lost.
double Total(const CostSummary& costs, double per_row) {
  char text[64];
  std::snprintf(text, sizeof text, "%.12g", per_row * static_cast<double>(costs.rows));
  return std::strtod(text, nullptr);
}

}  // namespace

Json CostsToJson(const CostSummary& costs, const std::vector<std::string>& classes) {
  Json json{{"rows", costs.rows}, {"per_row", costs.chosen}, {"total", Total(costs, costs.chosen)}};
  if (classes.size() == 2) {
    json["at_half"] = costs.plain;
    json["always_yes"] = costs.always[1];
    json["always_no"] = costs.always[0];
    return json;
  }
  json["most_probable"] = costs.plain;
  json["always"] = Json::object();
  for (std::size_t c = 0; c < classes.size(); ++c) json["always"][classes[c]] = costs.always[c];
  return json;
}

std::string CostText(const CostSummary& costs, const std::vector<std::string>& classes,
                     const std::string& rows) {
  const std::string text = "Cost per row " + Fixed(costs.chosen) + rows + "; ";
  if (classes.size() == 2) {
    return text + "at 0.5: " + Fixed(costs.plain) + ", always yes: " + Fixed(costs.always[1]) +
           ", always no: " + Fixed(costs.always[0]) + "\n";
  }
  const std::size_t cheapest = costs.CheapestConstant();
  return text + "most probable class: " + Fixed(costs.plain) + ", always " + classes[cheapest] +
         ": " + Fixed(costs.always[cheapest]) + "\n";
}

std::vector<report::CostLine> CostLines(const CostsByPart& costs, const DecisionRule& rule,
                                        const std::vector<std::string>& classes) {
  const auto line = [&](const std::string& name,
                        const std::function<double(const CostSummary&)>& per_row) {
    const auto of = [&](const CostSummary* part) {
      return part == nullptr ? std::nullopt
                             : std::optional(report::CostLine::Cost{per_row(*part),
                                                                    Total(*part, per_row(*part))});
    };
    return report::CostLine{
        .rule = name, .test = of(costs.test), .out_of_fold = of(costs.out_of_fold)};
  };
  const bool is_binary = classes.size() == 2;
  const auto always = [&](std::size_t c) {
    return line((is_binary && c == 0 ? "never " + classes[1] : "always " + classes[c]),
                [c](const CostSummary& one) { return one.always[c]; });
  };
  std::vector<report::CostLine> lines;
  lines.push_back(line(is_binary    ? "threshold " + report::Decimals(rule.threshold)
                       : rule.costs ? "least expected cost"
                                    : "most probable class",
                       [](const CostSummary& one) { return one.chosen; }));
  lines.back().is_chosen = true;
  if (is_binary || rule.costs) {
    lines.push_back(line(is_binary ? "threshold 0.5" : "most probable class",
                         [](const CostSummary& one) { return one.plain; }));
  }
  if (is_binary) {
    lines.push_back(always(1));
    lines.push_back(always(0));
  } else {
    lines.push_back(
        always((costs.test != nullptr ? costs.test : costs.out_of_fold)->CheapestConstant()));
    lines.back().rule += ", the cheapest of its kind";
  }
  return lines;
}

}  // namespace reeve::workflow
