#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/mlflow/request.h"
#include "reeve/server/access/access_policy.h"
#include "reeve/server/access/caller.h"
#include "reeve/server/access/login.h"
#include "reeve/sql/pool.h"

namespace reeve::server {

/// What the endpoints of users, permissions and roles work with. Outlives the calls.
struct AccessContext {
  sql::Pool& users;
  const AccessPolicy& policy;
  const Login& login;
};

/// One call of MLflow's basic-auth app.
struct AccessEndpoint {
  const char* method;
  /// Behind /api/2.0/mlflow: "/users/create".
  const char* path;
  std::vector<mlflow::Field> fields;
  /// Appends the answer, a JSON object. False: the caller may not.
  Result<bool> (*handle)(const AccessContext& context, const Caller& caller,
                         const mlflow::Request& request, std::string& answer);
  int version = 2;
};

/// Administrators and tokens that may do everything.
inline bool IsAdmin(const Caller& caller) { return caller.role == Role::kAdmin; }
/// Administrators, and users that manage the workspace.
Result<bool> ManagesAll(const AccessContext& context, const Caller& caller);
/// They, and the user of that name.
Result<bool> MayAskAbout(const AccessContext& context, const Caller& caller,
                         const std::string& name);

/// users/…
std::vector<AccessEndpoint> UserEndpoints();
/// users/permissions/…, and what older clients call: experiments/permissions/…,
/// registered-models/permissions/…
std::vector<AccessEndpoint> PermissionEndpoints();
/// roles/…, users/roles/list
std::vector<AccessEndpoint> RoleEndpoints();

/// All of them as routes, below /api and /ajax-api.
std::vector<Route> AccessRoutes(const AccessContext& context);

}  // namespace reeve::server
