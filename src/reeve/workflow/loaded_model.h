#pragma once

#include <string>

#include "reeve/base/result.h"
#include "reeve/bundle/bundle.h"
#include "reeve/tracking/model_uri.h"
#include "reeve/tracking/store.h"
#include "reeve/tracking/store_uris.h"

namespace reeve::workflow {

/// A model that a command was asked to use: where it was found and its verified bundle.
struct LoadedModel {
  tracking::ResolvedModel resolved;
  bundle::Bundle bundle;

  /// "loan_approval_model version 3", or the folder.
  std::string Describe() const;
  /// The version as answers name it: "3", or "0" for a folder that was never registered.
  std::string version() const { return resolved.version.empty() ? "0" : resolved.version; }
};

/// Where `model` is. The store is opened, as `options` say, only when the model is named by it, and
/// never made.
Result<tracking::ResolvedModel> FindModel(const std::string& model,
                                          const tracking::StoreUris& stores,
                                          tracking::StoreOptions options = {});
/// Finds `model` likewise and reads it.
Result<LoadedModel> LoadModel(const std::string& model, const tracking::StoreUris& stores,
                              const tracking::StoreOptions& options = {});

}  // namespace reeve::workflow
