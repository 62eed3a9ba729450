#include "reeve/workflow/similar_classes.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "reeve/base/text.h"

namespace reeve::workflow {
namespace {

// What a class says, whatever its spelling.
std::string Meaning(const std::string& name) {
  constexpr std::array<std::string_view, 5> kYes = {"1", "yes", "true", "y", "t"};
  constexpr std::array<std::string_view, 5> kNo = {"0", "no", "false", "n", "f"};
  std::string lower = ToLower(Trim(name));
  if (std::find(kYes.begin(), kYes.end(), lower) != kYes.end()) return "yes";
  if (std::find(kNo.begin(), kNo.end(), lower) != kNo.end()) return "no";
  return lower;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> SimilarClasses(
    const std::vector<std::string>& classes) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::map<std::string, std::string> first;
  for (const std::string& name : classes) {
    const auto [known, is_new] = first.emplace(Meaning(name), name);
    if (!is_new) pairs.emplace_back(known->second, name);
  }
  return pairs;
}

}  // namespace reeve::workflow
