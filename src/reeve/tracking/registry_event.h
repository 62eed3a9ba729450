#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/tracking/records.h"

namespace reeve::tracking {

enum class RegistryAction {
  kModelCreated,
  kModelRenamed,
  kModelDeleted,
  kVersionCreated,
  kVersionDeleted,
  kStageChanged,
  kAliasSet,
  kAliasDeleted,
};

/// "model_created", "alias_set", …
std::string_view RegistryActionName(RegistryAction action);
/// Nothing for an unknown one.
std::optional<RegistryAction> ParseRegistryAction(std::string_view name);

/// One thing that happened in the registry of models.
struct RegistryEvent {
  /// When; of what nobody recorded the latest moment at which it can have happened.
  std::int64_t time_ms = 0;
  /// Who: a token's name, a user; empty when nobody had to say.
  std::string actor = "";
  RegistryAction action = RegistryAction::kModelCreated;
  /// The name that the model had then.
  std::string model = "";
  /// Of kVersion… and kStageChanged; 0 for the others.
  std::int64_t version = 0;
  /// Of kAlias….
  std::string alias = "";
  /// What was and what is: numbers of versions for aliases, stages, names of a renamed model. Empty
  /// for none.
  std::string from = "", to = "";
  /// False: nobody recorded it, it follows from what is there. Another program did it, or it was
  /// done before the history began.
  bool is_recorded = true;
};

/// What the registry holds of a model now.
struct RegistryState {
  /// The model's name.
  std::string name = "";
  /// Whether there is such a model.
  bool exists = false;
  /// Alias -> version.
  std::map<std::string, std::int64_t> aliases = {};
  /// Without deleted ones; only version, stage and created_ms are looked at.
  std::vector<ModelVersion> versions = {};
  /// The moment at which it was so.
  std::int64_t time_ms = 0;
};

/// The recorded events of a model, oldest first, with what must have happened between and after
/// them: where an alias or a stage was not what the record before says, where versions came and
/// went, where the model did.
std::vector<RegistryEvent> WithUnrecorded(const std::vector<RegistryEvent>& recorded,
                                          const RegistryState& now);

/// The versions an alias pointed to, in the way of a browser's history: going to the one before the
/// last takes the last away, everything else is put on top. The last is where it pointed last;
/// empty when it was never set since the model was made. `events` are oldest first.
std::vector<std::int64_t> AliasTrail(const std::vector<RegistryEvent>& events,
                                     const std::string& alias);

}  // namespace reeve::tracking
