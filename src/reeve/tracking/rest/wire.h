#pragma once

#include <optional>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/tracking/records.h"
#include "reeve/tracking/registry_event.h"

namespace reeve::tracking {

// Records as MLflow's REST API writes them. What a server leaves out, or gives in another type, is
// empty or 0: each server leaves out something else. Integers may come as texts, and doubles as
// "NaN", "Infinity" and "-Infinity".

Experiment ExperimentFromWire(const Json& json);
/// From {"info": …, "data": …}.
Run RunFromWire(const Json& json);
/// Whether {"info": …} says "deleted".
bool IsDeletedOnWire(const Json& json);
/// From the run's {"inputs": {"dataset_inputs": […]}}.
std::vector<DatasetInput> InputsFromWire(const Json& json);
/// Whether the run's {"outputs": {"model_outputs": […]}} names the model.
bool HasOutputOnWire(const Json& json, const std::string& model_id);
MetricPoint MetricFromWire(const Json& json);
/// From {"info": …}.
LoggedModel LoggedModelFromWire(const Json& json);
/// Whether {"info": …} says LOGGED_MODEL_READY.
bool IsReadyOnWire(const Json& json);
ModelVersion VersionFromWire(const Json& json);
RegisteredModel ModelFromWire(const Json& json);
/// Nothing for an action that is not known here, of a later release.
std::optional<RegistryEvent> RegistryEventFromWire(const Json& json);

/// The member as an object; an empty one when it is absent or something else.
const Json& WireObject(const Json& object, const char* member);
/// The member as a text, "" when it is absent or something else.
std::string WireText(const Json& object, const char* member);

/// [{"key": …, "value": …}].
Json ToWire(const std::map<std::string, std::string>& pairs);
Json ToWire(const MetricPoint& point);
Json ToWire(const DatasetInput& input);

}  // namespace reeve::tracking
