#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/mlflow/request.h"
#include "reeve/server/access/access_rules.h"
#include "reeve/server/access/permission.h"
#include "reeve/sql/pool.h"

namespace reeve::server {

/// Whether a user's grants allow what a call asks for. Looks into the database of users for each
/// call, and into that of experiments for whom a run or a logged model belongs to: what another
/// program grants counts at once. Thread-safe.
class AccessPolicy {
 public:
  /// Nothing is owned. `fallback` holds where nothing is granted; `artifact_root` is where
  /// artifacts of new experiments lie, see mlflow::Context.
  AccessPolicy(sql::Pool& users, sql::Pool& tracking, Permission fallback,
               const std::string& artifact_root);

  /// Whether the user may; for listings also sets what `request` may show. What does not exist is
  /// refused as well where it would have to be looked up, so that refusals do not tell what does.
  Result<bool> Admits(std::int64_t user_id, const AccessRule& rule, mlflow::Request& request) const;
  /// Whether the user may do that with the artifacts below `path`, a path from the client in the
  /// folder behind the server: it begins with an experiment's id.
  Result<bool> AdmitsArtifact(std::int64_t user_id, const std::string& path, Action action) const;
  /// Whether the user may read the versions of a registered model.
  Result<bool> AdmitsVersionsOf(std::int64_t user_id, const std::string& name) const;
  /// Whether the user manages the workspace, and with it everything.
  Result<bool> ManagesAll(std::int64_t user_id) const;
  /// What holds for one thing.
  Result<Permission> PermissionOn(std::int64_t user_id, const std::string& type,
                                  const std::string& id) const;

  /// Who makes an experiment or a model may manage it; grants go with names. `name` is what the
  /// thing is called in grants. `user_id` is nothing for tokens.
  Status AfterCall(std::optional<std::int64_t> user_id, const AccessRule& rule,
                   const mlflow::Request& request, const std::string& answer) const;

 private:
  struct Part {
    /// "run" or "logged_model".
    const char* type;
    std::string experiment;
    Action action;
  };

  /// With `id`, only what may speak about that thing.
  Result<GrantSet> GrantsOf(std::int64_t user_id, const std::optional<std::string>& id) const;
  Result<bool> AdmitsMaking(std::int64_t user_id, const AccessRule& rule,
                            const mlflow::Request& request) const;
  Status ShowReadable(std::int64_t user_id, const AccessRule& rule, mlflow::Request& request) const;
  Result<bool> AdmitsExperiment(std::int64_t user_id, const AccessRule& rule,
                                const std::string& id) const;
  Result<bool> AdmitsParts(std::int64_t user_id, const std::vector<Part>& parts) const;
  Result<bool> AdmitsRun(std::int64_t user_id, Action action, const mlflow::Request& request) const;
  Result<bool> AdmitsModel(std::int64_t user_id, const AccessRule& rule,
                           const std::string& name) const;
  Result<bool> AdmitsSource(std::int64_t user_id, const mlflow::Request& request) const;
  /// Adds the parts with their experiments; false when one of them is not there.
  Result<bool> AddParts(const char* type, const std::vector<std::string>& ids, Action action,
                        std::vector<Part>& parts) const;
  Result<std::string> ExperimentNamed(const std::string& name) const;
  Result<bool> IsPrompt(const std::string& name) const;

  sql::Pool& users_;
  sql::Pool& tracking_;
  const Permission fallback_;
  /// What comes before an experiment's id in the folder behind the server: "", "team/".
  std::string artifact_prefix_;
};

}  // namespace reeve::server
