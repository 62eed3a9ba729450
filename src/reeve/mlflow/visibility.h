#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::mlflow {

/// Which of many named things someone may see: all but some, or only some.
struct NameSet {
  bool all_but = true;
  /// Sorted.
  std::vector<std::string> names = {};

  bool Has(std::string_view name) const;
};

/// What answers to one caller may show. Searches leave out the rest before they count pages.
struct Visibility {
  /// By id; what is searched for in them: their runs, logged models and data sets.
  NameSet experiments = {}, runs = {}, logged_models = {};
  /// By name, with their versions.
  NameSet models = {}, prompts = {};
};

/// Keeps those that may be seen; `visible` is null when all may.
void KeepVisible(const NameSet* visible, std::vector<std::int64_t>& ids);

}  // namespace reeve::mlflow
