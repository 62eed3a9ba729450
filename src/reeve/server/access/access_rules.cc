#include "reeve/server/access/access_rules.h"

namespace reeve::server {
namespace {

using enum Subject;
using enum Action;

constexpr AccessRule kRules[] = {
    {"POST", "/experiments/create", kNothing, kUpdate},
    {"GET", "/experiments/get", kExperiment, kRead},
    {"GET", "/experiments/get-by-name", kExperimentName, kRead},
    {"POST", "/experiments/delete", kExperiment, kDelete},
    {"POST", "/experiments/restore", kExperiment, kDelete},
    {"POST", "/experiments/update", kExperiment, kUpdate},
    {"POST", "/experiments/set-experiment-tag", kExperiment, kUpdate},
    {"POST", "/experiments/delete-experiment-tag", kExperiment, kUpdate},
    {"POST", "/experiments/search", kListing, kRead},
    {"GET", "/experiments/search", kListing, kRead},
    {"POST", "/experiments/search-datasets", kListing, kRead},

    {"POST", "/runs/create", kExperiment, kUpdate},
    {"GET", "/runs/get", kRun, kRead},
    {"POST", "/runs/update", kRun, kUpdate},
    {"POST", "/runs/delete", kRun, kDelete},
    {"POST", "/runs/restore", kRun, kDelete},
    {"POST", "/runs/search", kListing, kRead},
    {"POST", "/runs/log-metric", kRun, kUpdate},
    {"POST", "/runs/log-parameter", kRun, kUpdate},
    {"POST", "/runs/log-batch", kRun, kUpdate},
    {"POST", "/runs/log-model", kRun, kUpdate},
    {"POST", "/runs/log-inputs", kRun, kUpdate},
    {"POST", "/runs/outputs", kRun, kUpdate},
    {"POST", "/runs/set-tag", kRun, kUpdate},
    {"POST", "/runs/delete-tag", kRun, kUpdate},
    {"GET", "/metrics/get-history", kRun, kRead},
    {"GET", "/metrics/get-history-bulk", kRuns, kRead},
    {"GET", "/metrics/get-history-bulk-interval", kRuns, kRead},

    {"POST", "/logged-models", kExperiment, kUpdate},
    {"POST", "/logged-models/search", kListing, kRead},
    {"GET", "/logged-models/{model_id}", kLoggedModel, kRead},
    {"PATCH", "/logged-models/{model_id}", kLoggedModel, kUpdate},
    {"DELETE", "/logged-models/{model_id}", kLoggedModel, kDelete},
    {"PATCH", "/logged-models/{model_id}/tags", kLoggedModel, kUpdate},
    {"DELETE", "/logged-models/{model_id}/tags/{tag_key}", kLoggedModel, kDelete},
    {"POST", "/logged-models/{model_id}/params", kLoggedModel, kUpdate},

    {"POST", "/registered-models/create", kNothing, kUpdate},
    {"GET", "/registered-models/get", kModel, kRead},
    {"PATCH", "/registered-models/update", kModel, kUpdate},
    {"POST", "/registered-models/rename", kModel, kUpdate},
    {"DELETE", "/registered-models/delete", kModel, kDelete},
    {"GET", "/registered-models/search", kListing, kRead},
    {"GET", "/registered-models/get-latest-versions", kModel, kRead},
    {"POST", "/registered-models/get-latest-versions", kModel, kRead},
    {"POST", "/registered-models/set-tag", kModel, kUpdate},
    {"DELETE", "/registered-models/delete-tag", kModel, kUpdate},
    {"GET", "/registered-models/alias", kVersion, kRead},
    {"POST", "/registered-models/alias", kModel, kUpdate},
    {"DELETE", "/registered-models/alias", kModel, kDelete},
    {"GET", "/registered-models/history", kModel, kRead},

    {"POST", "/model-versions/create", kNewVersion, kUpdate},
    {"GET", "/model-versions/get", kVersion, kRead},
    {"PATCH", "/model-versions/update", kVersion, kUpdate},
    {"POST", "/model-versions/transition-stage", kVersion, kUpdate},
    {"DELETE", "/model-versions/delete", kVersion, kDelete},
    {"GET", "/model-versions/search", kListing, kRead},
    {"GET", "/model-versions/get-download-uri", kVersion, kRead},
    {"POST", "/model-versions/set-tag", kVersion, kUpdate},
    {"DELETE", "/model-versions/delete-tag", kVersion, kDelete},

    // Artifacts, by what they belong to.
    {"GET", "/get-artifact", kRun, kRead},
    {"GET", "/artifacts/list", kRun, kRead},
    {"POST", "/upload-artifact", kRun, kUpdate},
    {"GET", "/model-versions/get-artifact", kVersion, kRead},
    {"GET", "/logged-models/{model_id}/artifacts/directories", kLoggedModel, kRead},
    {"GET", "/logged-models/{model_id}/artifacts/files", kLoggedModel, kRead},
};

}  // namespace

AccessRule FindAccessRule(std::string_view method, std::string_view path) {
  for (const AccessRule& rule : kRules) {
    if (rule.method == method && rule.path == path) return rule;
  }
  return {.method = method, .path = path};
}

}  // namespace reeve::server
