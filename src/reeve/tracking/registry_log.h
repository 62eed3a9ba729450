#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/sql/database.h"
#include "reeve/tracking/registry_event.h"

// The history of the registry: a table of Reeve's own beside MLflow's, `reeve_registry_history`,
// made by the first event. MLflow looks only for tables that it knows. Triggers refuse to change or
// remove what stands there; whoever may alter tables can still drop it.

namespace reeve::tracking {

/// An event of this user at this moment.
RegistryEvent EventNow(const Clock& clock, RegistryAction action, const std::string& model);

/// Appends events, in the caller's transaction, so that what happened and its record are one.
/// REQUIRES: a transaction.
Status AppendRegistryEvents(sql::Database& database, const std::vector<RegistryEvent>& events);

/// What happened to a model, oldest first: under earlier names too, and with what nobody recorded
/// (WithUnrecorded). kNotFound when there neither is nor was such a model. `now_ms` is the moment
/// of reading.
Result<std::vector<RegistryEvent>> ReadRegistryHistory(sql::Database& database,
                                                       const std::string& name,
                                                       std::int64_t now_ms);

}  // namespace reeve::tracking
