#pragma once

#include <string>

#include "reeve/base/result.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// A model that a user named, found.
struct ResolvedModel {
  /// Its bundle on this disk.
  std::string folder;
  /// Registered name and version, empty when it was named otherwise.
  std::string name, version;
  std::string run_id;
  /// The folder is a copy of what lies elsewhere: once removed, it is fetched again.
  bool is_copy = false;
};

/// True when `model` can only be a folder: it begins with / or ., or a bundle stands there.
bool IsModelFolder(const std::string& model);

/// Finds models:/NAME@ALIAS, models:/NAME/VERSION, models:/NAME/STAGE, models:/m-ID,
/// runs:/RUN_ID/model, a bundle's folder, or a bare NAME (its champion). Where no version is in
/// stage Production the alias champion is meant, for Staging challenger. Fails with kNotFound
/// naming the nearest.
Result<ResolvedModel> ResolveModel(const std::string& model, Store& store);
/// A folder needs no store.
ResolvedModel ResolveFolder(const std::string& folder);

}  // namespace reeve::tracking
