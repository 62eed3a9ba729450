#pragma once

#include <string>
#include <vector>

#include "reeve/base/status.h"
#include "reeve/server/error_form.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// What MLflow's server calls --static-prefix: "/mlflow" moves everything below it, API, probes,
/// artifacts and pages, for a proxy that passes paths on as they come. Empty: nothing moves.

/// Fails with kInvalidArgument unless `prefix` is empty or slashes and names, none at the end.
Status CheckStaticPrefix(const std::string& prefix);

/// Moves `routes`. Their labels in metrics and logs stay what they are without a prefix.
void AddStaticPrefix(const std::string& prefix, std::vector<Route>& routes);

/// The same for the paths on which errors have a form of their own.
std::vector<ErrorForm> AddStaticPrefix(const std::string& prefix, std::vector<ErrorForm> forms);

/// GET "/mlflow", which people type: to "/mlflow/", where the links of pages count from (308).
Route RedirectToPrefix(const std::string& prefix);

}  // namespace reeve::server
