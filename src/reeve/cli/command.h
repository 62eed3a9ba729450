#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/cli/arguments.h"

namespace reeve::cli {

/// How a command talks: results to standard output, everything else to standard error.
class Console {
 public:
  Console(bool json, bool quiet) : json_(json), quiet_(quiet) {}
  bool json() const { return json_; }
  /// The result, as JSON or as text, whichever was asked for.
  void Result(const Json& json, const std::string& text) const;
  void Print(const std::string& text) const;
  /// Talk: silenced by --quiet.
  void Say(const std::string& text) const;
  void Warn(const std::string& message, const std::string& fix = {}) const;

 private:
  bool json_, quiet_;
};

/// What a command is given to run.
struct Call {
  const Arguments& arguments;
  const Console& console;
  int threads = 1;
  std::uint64_t seed = 42;
  const Cancellation& cancellation;
  /// How it was called, for lineage.
  std::string command_line;
};

/// A command of the program. `run` returns the exit code for outcomes that are no errors (3 for a
/// broken contract, 4 for an unmet requirement), or a failure.
struct Command {
  /// "train", "models list".
  std::string_view name;
  /// "DATA --target COLUMN"
  std::string_view usage;
  std::string_view summary;
  /// Lines that can be typed after `reeve demo`, tested as they stand.
  std::string_view examples;
  std::size_t fewest_positionals, most_positionals;
  Result<int> (*run)(const Call& call);
  /// Words that --output takes besides text and json, separated by blanks.
  std::string_view more_outputs = "";
};

/// Every command, in the order of help.
std::span<const Command> AllCommands();

}  // namespace reeve::cli
