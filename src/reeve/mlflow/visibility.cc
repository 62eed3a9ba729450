#include "reeve/mlflow/visibility.h"

#include <algorithm>

namespace reeve::mlflow {

bool NameSet::Has(std::string_view name) const {
  return std::ranges::binary_search(names, name) != all_but;
}

void KeepVisible(const NameSet* visible, std::vector<std::int64_t>& ids) {
  if (visible == nullptr) return;
  std::erase_if(ids, [&](std::int64_t id) { return !visible->Has(std::to_string(id)); });
}

}  // namespace reeve::mlflow
