#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/workflow/source_table.h"

namespace reeve::cli {

/// The settings of a reeve.toml, flattened: "train.metric" -> {"auc"}; arrays have several values.
struct ConfigFile {
  std::string path;
  std::map<std::string, std::vector<std::string>> values;
  /// [data.columns]: types fixed by the user.
  std::map<std::string, ColumnType> column_types;
};

/// reeve.toml in the working folder or the nearest one above it.
std::optional<std::string> FindConfigFile();

/// Fails with kInvalidArgument: file, line, what is wrong; unknown keys name the nearest.
Result<ConfigFile> ReadConfigFile(const std::string& path);

}  // namespace reeve::cli
