#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/server/access/access_policy.h"
#include "reeve/server/access/audit_log.h"
#include "reeve/server/access/caller.h"
#include "reeve/server/access/login.h"
#include "reeve/server/error_form.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// Stands before the routes of the tracking server: finds out who calls, refuses who may not, tells
/// the handlers (Request::notes) and the audit log. Thread-safe.
class AccessGuard {
 public:
  /// Who looks at the grants of a user.
  enum class Grants {
    /// The handler itself.
    kByHandler,
    /// The guard, by the run, version, model or experiment that a route of artifacts names.
    kByArtifact,
  };
  /// Names of the registered models that the answer to a request may tell of.
  using ModelsOf = std::function<std::vector<std::string>(const Request&)>;

  /// Nothing is owned. Null `login`: nobody has to say who they are. Null `policy`: there are no
  /// users. Null `audit`: nothing is told.
  AccessGuard(const Login* login, const AccessPolicy* policy, AuditLog* audit)
      : login_(login), policy_(policy), audit_(audit) {}

  /// Wraps the routes; the guard outlives them.
  void Protect(std::vector<Route>& routes, Grants grants) const;
  void Protect(Route& route, Grants grants) const;
  /// The same for a route of scoring: a user may call one that asks for Role::kScore or kRead when
  /// each of the models may be read. Refusals have the form of the route's path.
  void ProtectScoring(Route& route, const ModelsOf& models) const;

 private:
  struct Door {
    std::string method, pattern;
    Role role = Role::kAdmin;
    Grants grants = Grants::kByHandler;
    /// Of a route of scoring; else null.
    ModelsOf models = nullptr;
    /// How refusals look.
    ErrorBody form = MlflowErrorBody;
  };

  /// Whether the call goes on; else `response` is filled.
  bool Admits(const Door& door, const Request& request, Caller& caller, CallNotes& notes,
              Response& response) const;
  /// Whether a user's grants do, as far as the guard is the one who looks.
  Result<bool> AdmitsUser(const Door& door, const Request& request, std::int64_t user_id) const;
  Result<bool> AdmitsArtifact(const Door& door, const Request& request, std::int64_t user_id) const;
  Result<bool> AdmitsModels(const Door& door, const Request& request, std::int64_t user_id) const;
  void Tell(const Door& door, const AuditEntry& entry) const;
  void Guard(Route& route, const std::shared_ptr<const Door>& door) const;

  const Login* const login_;
  const AccessPolicy* const policy_;
  AuditLog* const audit_;
};

/// 403 in MLflow's form.
void RefuseForbidden(Response& response);
/// Has a route answer 403 to users whose grants decide: it tells of everything at once, and they
/// may see a part of it.
void RefuseLimitedCallers(Route& route);

}  // namespace reeve::server
