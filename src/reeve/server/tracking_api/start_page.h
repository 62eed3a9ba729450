#pragma once

#include <string>

#include "reeve/mlflow/api.h"
#include "reeve/server/http.h"

namespace reeve::server {

struct StartPageOptions {
  /// Below which the route will be moved, see static_prefix.h.
  std::string static_prefix = {};
  /// The latest runs and versions; false: there is no database to ask for them.
  bool shows_latest = true;
};

/// GET /: what this server is, what it holds, and how clients reach it.
Route StartPageRoute(const mlflow::Api& api, const StartPageOptions& options = {});

}  // namespace reeve::server
