#include "reeve/server/access/access.h"

#include <utility>

#include "reeve/server/access/access_database.h"
#include "reeve/server/access/users.h"

namespace reeve::server {
namespace {

// What older versions of MLflow shipped, and everybody knows.
constexpr std::string_view kShippedPassword = "password1234";

Status EnsureAdmin(sql::Database& database, const AccessOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const bool has_admin, HasAdmin(database));
  if (has_admin) return Status::Ok();
  const std::string where = "database of users " + database.name() + ": ";
  if (options.admin_name.empty() || options.admin_password.empty()) {
    return Status::RequirementUnmet(
        where +
        "it holds no administrator, and there is no default password; set "
        "MLFLOW_AUTH_ADMIN_USERNAME and MLFLOW_AUTH_ADMIN_PASSWORD for the first start");
  }
  if (options.admin_password == kShippedPassword) {
    return Status::InvalidArgument(
        where +
        "the administrator's password is the one that older versions of MLflow shipped; "
        "set MLFLOW_AUTH_ADMIN_PASSWORD to another");
  }
  return CreateUser(database, options.admin_name, options.admin_password, true)
      .status()
      .WithContext(where + "the first administrator");
}

}  // namespace

Status Access::OpenUsers(const AccessOptions& options, const mlflow::Api& api) {
  {
    REEVE_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Database> database,
                           OpenAccessDatabase(options.users_uri, {}));
    REEVE_RETURN_IF_ERROR(EnsureAdmin(*database, options));
  }
  users_ = std::make_unique<sql::Pool>(
      [uri = options.users_uri] { return OpenAccessDatabase(uri, {.create = false}); });
  policy_ = std::make_unique<AccessPolicy>(*users_, api.context().pool, options.default_permission,
                                           api.context().artifact_root);
  return Status::Ok();
}

Result<std::unique_ptr<Access>> Access::Open(const AccessOptions& options, const mlflow::Api& api,
                                             const Clock& clock) {
  std::unique_ptr<Access> access(new Access());
  REEVE_ASSIGN_OR_RETURN(access->tokens_, Authenticator::Make(options.tokens));
  if (!options.users_uri.empty()) REEVE_RETURN_IF_ERROR(access->OpenUsers(options, api));
  if (access->users_ != nullptr || access->tokens_.has_tokens()) {
    access->login_ =
        std::make_unique<Login>(access->tokens_, access->users_.get(), options.login, clock);
  }
  if (!options.audit_log.empty()) {
    REEVE_ASSIGN_OR_RETURN(access->audit_, AuditLog::Open(options.audit_log));
  }
  access->guard_ = std::make_unique<AccessGuard>(access->login_.get(), access->policy_.get(),
                                                 access->audit_.get());
  return access;
}

std::vector<Route> Access::Routes() const {
  if (policy_ == nullptr) return {};
  return AccessRoutes({.users = *users_, .policy = *policy_, .login = *login_});
}

}  // namespace reeve::server
