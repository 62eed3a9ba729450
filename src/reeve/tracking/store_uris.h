#pragma once

#include <string>

namespace reeve::tracking {

/// Where runs are kept, and where registered models.
struct StoreUris {
  /// Of runs, their models and files; see Store::Open.
  std::string tracking = "sqlite:///mlflow.db";
  /// Of registered models, versions and aliases; empty: with the runs.
  std::string registry = "";

  const std::string& registry_or_tracking() const { return registry.empty() ? tracking : registry; }
  bool operator==(const StoreUris&) const = default;
};

}  // namespace reeve::tracking
