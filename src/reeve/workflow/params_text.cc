#include "reeve/workflow/params_text.h"

#include <cstdio>
#include <map>

#include "reeve/base/number.h"

namespace reeve::workflow {
namespace {

std::string Line(const learners::Params& params) {
  std::string text;
  for (const auto& [name, value] : params) text += (text.empty() ? "" : " ") + (name + "=" + value);
  return text;
}

}  // namespace

std::string ParamsText(const std::string& learner, const learners::Params& params) {
  if (learner != "ensemble") return Line(params);
  std::map<std::int64_t, learners::Params> members;
  learners::Params others;
  for (const auto& [name, value] : params) {
    const std::size_t point = name.find('.');
    const auto number =
        point == std::string::npos ? std::nullopt : ParseInteger(name.substr(0, point));
    (number ? members[*number][name.substr(point + 1)] : others[name]) = value;
  }
  std::string text = Line(others);
  for (auto& [number, member] : members) {
    std::string one;
    for (const char* const first : {"weight", "learner"}) {
      const auto it = member.find(first);
      if (it == member.end()) continue;
      const auto weight = ParseNumber(it->second);
      char rounded[32];
      std::snprintf(rounded, sizeof rounded, "%.3g", weight.value_or(0));
      one += (one.empty() ? "" : " ") + (weight ? std::string(rounded) : it->second);
      member.erase(it);
    }
    const std::string rest = Line(member);
    text += (text.empty() ? "" : ", ") + one + (rest.empty() ? "" : " (" + rest + ")");
  }
  return text;
}

}  // namespace reeve::workflow
