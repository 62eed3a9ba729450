#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/tracking/records.h"
#include "reeve/tracking/store.h"

namespace reeve::workflow {

/// The store of a command that only looks: kNotFound when there is none.
Result<std::unique_ptr<tracking::Store>> OpenExistingStore(const std::string& tracking_uri);

/// Runs of an experiment, or of all for an empty name, newest first.
Result<std::vector<tracking::Run>> ListRuns(tracking::Store& store, const std::string& experiment,
                                            std::int64_t most);

/// The version before the one that champion points to: the highest below it. Moves the alias there.
Result<tracking::ModelVersion> RollBack(tracking::Store& store, const std::string& name);

Json ToJson(const tracking::Run& run);
Json ToJson(const tracking::RegisteredModel& model);
Json ToJson(const tracking::ModelVersion& version);
std::string ToText(const std::vector<tracking::Run>& runs);
std::string ToText(const tracking::Run& run);
std::string ToText(const std::vector<tracking::RegisteredModel>& models);
std::string ToText(const std::vector<tracking::ModelVersion>& versions);

}  // namespace reeve::workflow
