#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::cli {

/// One option of the command line: everything there is to know about it, at one place. Parsing,
/// help, names of environment variables, keys of reeve.toml, completion and the reference page are
/// made from this table.
struct Option {
  /// Without dashes: "tracking-uri".
  std::string_view name;
  /// "o" for -o, or empty.
  std::string_view short_name;
  /// What stands for the value in help; empty for a flag without one.
  std::string_view value;
  std::string_view default_value;
  /// Key in reeve.toml, e.g. "train.metric"; empty for options that belong to one call only.
  std::string_view key;
  /// Commands that know it, separated by blanks; "*" for all.
  std::string_view commands;
  bool repeatable;
  std::string_view help;
};

std::span<const Option> AllOptions();

/// "REEVE_TRACKING_URI"; empty for what only a flag can say.
std::string EnvironmentName(const Option& option);

/// Whether `command` ("train", "models list") knows the option.
bool Knows(std::string_view command, const Option& option);

}  // namespace reeve::cli
