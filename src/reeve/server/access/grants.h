#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/access/permission.h"
#include "reeve/sql/database.h"

namespace reeve::server {

/// The only workspace of a server without workspaces.
inline constexpr const char* kWorkspace = "default";

// What is granted to users, as MLflow's basic-auth app keeps it: rows of roles. What is granted to
// one user alone hangs on a role of their own, "__user_7__", which is made when it is needed.

/// Everything that a user is granted; with `id`, only what may speak about that thing.
Result<std::vector<Grant>> ReadGrants(sql::Database& database, std::int64_t user_id,
                                      const std::optional<std::string>& id);

/// kInvalidArgument, in MLflow's words, for what cannot be granted.
Status CheckGrant(const std::string& type, const std::string& pattern,
                  const std::string& permission);
Status CheckResourceType(const std::string& type);

/// Grants on the user's own role, or changes what is granted.
Status GiveGrant(sql::Database& database, std::int64_t user_id, const Grant& grant);
/// What the user's own role holds on exactly that; nothing when it holds nothing.
Result<std::optional<Permission>> FindOwnGrant(sql::Database& database, std::int64_t user_id,
                                               const std::string& type, const std::string& pattern);
/// Whether there was something to take.
Result<bool> TakeGrant(sql::Database& database, std::int64_t user_id, const std::string& type,
                       const std::string& pattern);

/// All users' own grants on a thing that is gone or has another name.
Status ForgetGrants(sql::Database& database, const std::string& type, const std::string& pattern);
Status RenameGrants(sql::Database& database, const std::string& type, const std::string& from,
                    const std::string& to);
/// A user's own roles, with what they hold.
Status DeleteOwnRoles(sql::Database& database, std::int64_t user_id);

/// "__user_7__", and names of that form.
std::string OwnRoleName(std::int64_t user_id);
bool IsOwnRoleName(const std::string& name);

}  // namespace reeve::server
