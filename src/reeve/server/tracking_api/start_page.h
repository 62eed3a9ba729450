#pragma once

#include "reeve/mlflow/api.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// GET /: what this server is, what it holds, and how clients reach it.
Route StartPageRoute(const mlflow::Api& api);

}  // namespace reeve::server
