#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// MLflow's own pages, from the folder `mlflow/server/js/build` of an installed MLflow: index.html
/// at / and the rest below /static-files; and answers to what only they ask: that there is no
/// gateway, and that nothing is to be reported. Fails with kNotFound when there is no index.html.
Result<std::vector<Route>> UiRoutes(const std::string& folder);

}  // namespace reeve::server
