#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/mlflow/api.h"
#include "reeve/server/access/access_endpoint.h"
#include "reeve/server/access/access_guard.h"
#include "reeve/server/access/access_policy.h"
#include "reeve/server/access/audit_log.h"
#include "reeve/server/access/login.h"
#include "reeve/server/auth.h"

namespace reeve::server {

/// Who may use the tracking server.
struct AccessOptions {
  /// Database of users and what they may, in the schema of MLflow's basic-auth app; empty: none.
  std::string users_uri = {};
  /// What a user may do with things on which nothing was granted.
  Permission default_permission = Permission::kRead;
  /// The first administrator, made when the database holds none; without a password that fails.
  std::string admin_name = "admin";
  std::string admin_password = {};
  LoginOptions login = {};
  std::vector<TokenOptions> tokens = {};
  /// File of the audit log; empty: none.
  std::string audit_log = {};
};

/// Users, tokens, grants and the audit log of one server, as one thing.
class Access {
 public:
  /// `api` outlives it. Fails as OpenAccessDatabase, Authenticator::Make and AuditLog::Open do, and
  /// with kRequirementUnmet when there is no administrator and none can be made.
  static Result<std::unique_ptr<Access>> Open(const AccessOptions& options, const mlflow::Api& api,
                                              const Clock& clock);

  const AccessGuard& guard() const { return *guard_; }
  /// Whether callers have to say who they are: there are users or tokens.
  bool is_closed() const { return login_ != nullptr; }
  /// Null without users.
  const AccessPolicy* policy() const { return policy_.get(); }
  /// The endpoints of users, permissions and roles; none without users.
  std::vector<Route> Routes() const;

 private:
  Access() = default;
  Status OpenUsers(const AccessOptions& options, const mlflow::Api& api);

  Authenticator tokens_;
  std::unique_ptr<sql::Pool> users_;
  std::unique_ptr<Login> login_;
  std::unique_ptr<AccessPolicy> policy_;
  std::unique_ptr<AuditLog> audit_;
  std::unique_ptr<AccessGuard> guard_;
};

}  // namespace reeve::server
