#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/cli/config_file.h"
#include "reeve/workflow/registry.h"
#include "reeve/workflow/source_table.h"

namespace reeve::cli {

/// Where a value comes from, strongest first.
enum class Origin { kFlag, kEnvironment, kFile, kDefault };
std::string_view OriginName(Origin origin);

/// What a variable or a file says of a flag: true, 1, yes, on; or false, 0, no, off and nothing at
/// all, in any case. Nothing for other words.
std::optional<bool> ParseSwitch(std::string_view text);

/// The values of one call after the one precedence: flag, REEVE_… variable, reeve.toml, default.
class Arguments {
 public:
  /// `words` is what follows the command's name. Fails with kInvalidArgument for unknown flags
  /// (naming the nearest), missing or superfluous values.
  static Result<Arguments> Parse(std::string_view command, const std::vector<std::string>& words);

  const std::vector<std::string>& positionals() const { return positionals_; }
  bool Has(std::string_view option) const;
  /// True when it was given as a flag, in the environment or in the file.
  bool IsGiven(std::string_view option) const;
  std::string Text(std::string_view option) const;
  std::vector<std::string> Texts(std::string_view option) const;
  Result<std::int64_t> Integer(std::string_view option, std::int64_t low, std::int64_t high) const;
  Result<double> Number(std::string_view option) const;
  bool Flag(std::string_view option) const;
  /// "5" rows or "1%" of them.
  Result<ingest::BadRowLimit> Allowance(std::string_view option) const;
  Result<std::map<std::string, std::string>> Pairs(std::string_view option) const;
  /// --tracking-uri and --registry-uri.
  tracking::StoreUris Stores() const;

  Origin OriginOf(std::string_view option) const;
  /// An error of the call, with where the options whose names or values its message holds were set,
  /// when that was not on the command line.
  Status WithPlaces(Status status) const;
  const std::map<std::string, ColumnType>& column_types() const { return column_types_; }
  const std::string& config_path() const { return config_path_; }

 private:
  struct Value {
    std::vector<std::string> texts;
    Origin origin = Origin::kDefault;
    /// Of a variable or a file: "REEVE_SPLIT", "train.split in reeve.toml".
    std::string place = {};
  };
  Status ReadFlags(std::string_view command, const std::vector<std::string>& words);
  Status ReadEnvironmentAndFile(std::string_view command);

  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::string> positionals_;
  std::map<std::string, ColumnType> column_types_;
  std::string config_path_;
};

}  // namespace reeve::cli
