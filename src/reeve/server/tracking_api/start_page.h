#pragma once

#include <string>
#include <string_view>

#include "reeve/mlflow/api.h"
#include "reeve/server/http.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// Where forms are on a server that has this page.
inline constexpr std::string_view kFormPath = "/form";

struct StartPageOptions {
  /// Below which the route will be moved, see static_prefix.h.
  std::string static_prefix = {};
  /// The latest runs and versions; false: there is no database to ask for them.
  bool shows_latest = true;
  /// Models that the same server scores with, each with its form at /form; null: it scores with
  /// none.
  const ModelDirectory* served = nullptr;
};

/// GET /: what this server is, what it holds, and how clients reach it.
Route StartPageRoute(const mlflow::Api& api, const StartPageOptions& options = {});

}  // namespace reeve::server
