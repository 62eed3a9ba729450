#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

namespace reeve::server {

/// A row of `role_permissions`; the permission as it stands there.
struct RoleGrant {
  std::int64_t id = 0, role_id = 0;
  std::string type, pattern, permission;
};

/// A row of `roles` with what it holds.
struct AccessRole {
  std::int64_t id = 0;
  std::string name, workspace;
  std::optional<std::string> description;
  std::vector<RoleGrant> grants;
};

/// A row of `user_role_assignments`.
struct RoleAssignment {
  std::int64_t id = 0, user_id = 0, role_id = 0;
};

// Roles of MLflow's basic-auth app: what they hold is granted to whoever has them. Failures that a
// caller caused have MLflow's words.

/// kInvalidArgument for names like "__user_7__", which are users' own roles.
Result<AccessRole> CreateRole(sql::Database& database, const AccessRole& role);
Result<AccessRole> ReadRole(sql::Database& database, std::int64_t id);
/// Of a workspace, of all of them; or those that a user has.
Result<std::vector<AccessRole>> ListRoles(sql::Database& database,
                                          const std::optional<std::string>& workspace);
Result<std::vector<AccessRole>> RolesOfUser(sql::Database& database, std::int64_t user_id);
/// The roles of all users, by their ids.
Result<std::map<std::int64_t, std::vector<AccessRole>>> RolesByUser(sql::Database& database);
Result<AccessRole> UpdateRole(sql::Database& database, std::int64_t id,
                              const std::optional<std::string>& name,
                              const std::optional<std::string>& description);
Status DeleteRole(sql::Database& database, std::int64_t id);

Result<RoleGrant> AddRoleGrant(sql::Database& database, const RoleGrant& grant);
Result<RoleGrant> UpdateRoleGrant(sql::Database& database, std::int64_t id,
                                  const std::string& permission);
Status RemoveRoleGrant(sql::Database& database, std::int64_t id);

Result<RoleAssignment> AssignRole(sql::Database& database, std::int64_t user_id,
                                  std::int64_t role_id);
Status UnassignRole(sql::Database& database, std::int64_t user_id, std::int64_t role_id);
Result<std::vector<RoleAssignment>> ListAssignments(sql::Database& database, std::int64_t role_id);

}  // namespace reeve::server
