#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/tracking/records.h"
#include "reeve/tracking/registry_event.h"
#include "reeve/tracking/store.h"

namespace reeve::workflow {

/// The store of a command that only looks: kNotFound when there is none.
Result<std::unique_ptr<tracking::Store>> OpenExistingStore(const tracking::StoreUris& uris);

/// Runs of an experiment, or of all for an empty name, newest first. Those whose process ended
/// without saying so are marked FAILED before.
Result<std::vector<tracking::Run>> ListRuns(tracking::Store& store, const std::string& experiment,
                                            std::int64_t most);

struct RolledBack {
  tracking::ModelVersion version;
  /// The history says that the alias pointed there before; otherwise the version is the highest
  /// below the one it pointed to.
  bool is_by_history = false;
};

/// Moves an alias back to the version that it pointed to before (AliasTrail) and that is still
/// there; without one to the highest version below. kNotFound when there is neither.
Result<RolledBack> RollBack(tracking::Store& store, const std::string& name,
                            const std::string& alias);

/// The history of a registered model, oldest first. kUnavailable, with what keeps one, when the
/// store keeps none.
Result<std::vector<tracking::RegistryEvent>> ReadHistory(tracking::Store& store,
                                                         const std::string& name);

Json ToJson(const tracking::Run& run);
Json ToJson(const tracking::RegisteredModel& model);
Json ToJson(const tracking::ModelVersion& version);
Json ToJson(const tracking::RegistryEvent& event);
std::string ToText(const std::vector<tracking::Run>& runs);
std::string ToText(const tracking::Run& run);
std::string ToText(const std::vector<tracking::RegisteredModel>& models);
std::string ToText(const std::vector<tracking::ModelVersion>& versions);
std::string ToText(const std::vector<tracking::RegistryEvent>& events);

}  // namespace reeve::workflow
