#include "reeve/cli/unknown_variables.h"

#include <algorithm>
#include <string_view>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/cli/option.h"

namespace reeve::cli {
namespace {

constexpr std::string_view kPrefix = "REEVE_";

}  // namespace

std::vector<std::string> WarnOfUnknownVariables(const char* const* environment) {
  // Without the prefix, which would make all of them look alike.
  std::vector<std::string> known;
  for (const Option& option : AllOptions()) {
    const std::string name = EnvironmentName(option);
    if (!name.empty()) known.push_back(name.substr(kPrefix.size()));
  }
  std::vector<std::string> warnings;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (!entry.starts_with(kPrefix)) continue;
    const std::string name(entry.substr(kPrefix.size(), entry.find('=') - kPrefix.size()));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (const auto near = Nearest(name, known)) {
      warnings.push_back("the variable REEVE_" + name + " sets nothing. Did you mean " +
                         Quote("REEVE_" + *near) + "?");
    }
  }
  return warnings;
}

}  // namespace reeve::cli
