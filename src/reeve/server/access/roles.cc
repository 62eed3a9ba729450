#include "reeve/server/access/roles.h"

#include <utility>

#include "reeve/server/access/grants.h"
#include "reeve/sql/each_row.h"

namespace reeve::server {
namespace {

constexpr const char* kRoleColumns =
    "SELECT r.id, r.name, r.workspace, r.description FROM roles r ";
constexpr const char* kGrantColumns =
    "SELECT id, role_id, resource_type, resource_pattern, permission FROM role_permissions ";

AccessRole RoleFromRow(const sql::Statement& row) {
  return {.id = row.Integer(0),
          .name = row.Text(1),
          .workspace = row.Text(2),
          .description = row.OptionalText(3),
          .grants = {}};
}

RoleGrant GrantFromRow(const sql::Statement& row) {
  return {.id = row.Integer(0),
          .role_id = row.Integer(1),
          .type = row.Text(2),
          .pattern = row.Text(3),
          .permission = row.Text(4)};
}

Status CheckRoleName(const std::string& name) {
  if (!IsOwnRoleName(name)) return Status::Ok();
  return Status::InvalidArgument(
      "Role name '" + name +
      "' is reserved: names like '__user_<id>__' hold what is granted to "
      "one user.");
}

// Roles and grants come in two statements, both sorted by the role's id.
Result<std::vector<AccessRole>> Select(sql::Database& database, const std::string& condition,
                                       const std::vector<sql::Value>& values) {
  REEVE_ASSIGN_OR_RETURN(
      std::vector<AccessRole> roles,
      sql::ReadRows(database.PrepareWith(kRoleColumns + condition + " ORDER BY r.id", values),
                    RoleFromRow));
  REEVE_ASSIGN_OR_RETURN(
      std::vector<RoleGrant> grants,
      sql::ReadRows(database.PrepareWith(std::string(kGrantColumns) +
                                             "WHERE role_id IN (SELECT r.id FROM roles r " +
                                             condition + ") ORDER BY role_id, id",
                                         values),
                    GrantFromRow));
  auto role = roles.begin();
  for (RoleGrant& grant : grants) {
    while (role != roles.end() && role->id < grant.role_id) ++role;
    if (role != roles.end() && role->id == grant.role_id) role->grants.push_back(std::move(grant));
  }
  return roles;
}

Result<RoleGrant> ReadRoleGrant(sql::Database& database, std::int64_t id) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare(std::string(kGrantColumns) + "WHERE id = ?", id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found)
    return Status::NotFound("Role permission with id=" + std::to_string(id) + " not found");
  return GrantFromRow(row);
}

Result<std::optional<RoleAssignment>> FindAssignment(sql::Database& database, std::int64_t user_id,
                                                     std::int64_t role_id) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT id FROM user_role_assignments WHERE user_id = ? AND role_id = ?",
                       user_id, role_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return std::optional<RoleAssignment>();
  return std::optional(
      RoleAssignment{.id = row.Integer(0), .user_id = user_id, .role_id = role_id});
}

std::string AssignmentName(std::int64_t user_id, std::int64_t role_id) {
  return "User role assignment (user_id=" + std::to_string(user_id) +
         ", role_id=" + std::to_string(role_id) + ")";
}

Result<bool> NameTaken(sql::Database& database, const AccessRole& role) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT 1 FROM roles WHERE workspace = ? AND name = ? AND id <> ?",
                       role.workspace, role.name, role.id));
  return row.Step();
}

}  // namespace

Result<AccessRole> CreateRole(sql::Database& database, const AccessRole& role) {
  if (role.name.empty()) return Status::InvalidArgument("Role name cannot be empty.");
  REEVE_RETURN_IF_ERROR(CheckRoleName(role.name));
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const bool is_taken, NameTaken(database, role));
  if (is_taken) {
    return Status::AlreadyExists("Role (name=" + role.name + ", workspace=" + role.workspace +
                                 ") already exists.");
  }
  REEVE_RETURN_IF_ERROR(
      database.Run("INSERT INTO roles (name, workspace, description) VALUES (?, ?, ?)", role.name,
                   role.workspace, role.description));
  REEVE_ASSIGN_OR_RETURN(
      std::vector<AccessRole> made,
      Select(database, "WHERE r.workspace = ? AND r.name = ?", {role.workspace, role.name}));
  if (made.empty()) return Status::Internal("the role just written is not there");
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return std::move(made.front());
}

Result<AccessRole> ReadRole(sql::Database& database, std::int64_t id) {
  REEVE_ASSIGN_OR_RETURN(std::vector<AccessRole> roles, Select(database, "WHERE r.id = ?", {id}));
  if (roles.empty()) return Status::NotFound("Role with id=" + std::to_string(id) + " not found");
  return std::move(roles.front());
}

Result<std::vector<AccessRole>> ListRoles(sql::Database& database,
                                          const std::optional<std::string>& workspace) {
  if (workspace) return Select(database, "WHERE r.workspace = ?", {*workspace});
  return Select(database, "", {});
}

Result<std::vector<AccessRole>> RolesOfUser(sql::Database& database, std::int64_t user_id) {
  return Select(database,
                "WHERE r.id IN (SELECT a.role_id FROM user_role_assignments a WHERE a.user_id = ?)",
                {user_id});
}

Result<std::map<std::int64_t, std::vector<AccessRole>>> RolesByUser(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<AccessRole> roles, ListRoles(database, std::nullopt));
  std::map<std::int64_t, const AccessRole*> by_id;
  for (const AccessRole& role : roles) by_id[role.id] = &role;
  std::map<std::int64_t, std::vector<AccessRole>> by_user;
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database.Prepare("SELECT user_id, role_id FROM user_role_assignments ORDER BY id"),
      [&](const sql::Statement& row) {
        const auto role = by_id.find(row.Integer(1));
        if (role != by_id.end()) by_user[row.Integer(0)].push_back(*role->second);
      }));
  return by_user;
}

Result<AccessRole> UpdateRole(sql::Database& database, std::int64_t id,
                              const std::optional<std::string>& name,
                              const std::optional<std::string>& description) {
  if (name) REEVE_RETURN_IF_ERROR(CheckRoleName(*name));
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(AccessRole role, ReadRole(database, id));
  if (name) role.name = *name;
  if (description) role.description = *description;
  REEVE_ASSIGN_OR_RETURN(const bool is_taken, NameTaken(database, role));
  if (is_taken) {
    return Status::AlreadyExists("Role with name=" + role.name +
                                 " already exists in workspace=" + role.workspace);
  }
  REEVE_RETURN_IF_ERROR(database.Run("UPDATE roles SET name = ?, description = ? WHERE id = ?",
                                     role.name, role.description, id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return role;
}

Status DeleteRole(sql::Database& database, std::int64_t id) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_RETURN_IF_ERROR(ReadRole(database, id).status());
  REEVE_RETURN_IF_ERROR(database.Run("DELETE FROM role_permissions WHERE role_id = ?", id));
  REEVE_RETURN_IF_ERROR(database.Run("DELETE FROM user_role_assignments WHERE role_id = ?", id));
  REEVE_RETURN_IF_ERROR(database.Run("DELETE FROM roles WHERE id = ?", id));
  return transaction.Commit();
}

Result<RoleGrant> AddRoleGrant(sql::Database& database, const RoleGrant& grant) {
  REEVE_RETURN_IF_ERROR(CheckGrant(grant.type, grant.pattern, grant.permission));
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const AccessRole role, ReadRole(database, grant.role_id));
  for (const RoleGrant& other : role.grants) {
    if (other.type != grant.type || other.pattern != grant.pattern) continue;
    return Status::AlreadyExists("Role permission (role_id=" + std::to_string(role.id) +
                                 ", resource_type=" + grant.type +
                                 ", resource_pattern=" + grant.pattern + ") already exists.");
  }
  REEVE_RETURN_IF_ERROR(database.Run(
      "INSERT INTO role_permissions (role_id, resource_type, resource_pattern, permission) "
      "VALUES (?, ?, ?, ?)",
      grant.role_id, grant.type, grant.pattern, grant.permission));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare(std::string(kGrantColumns) +
                           "WHERE role_id = ? AND resource_type = ? AND resource_pattern = ?",
                       grant.role_id, grant.type, grant.pattern));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return Status::Internal("the grant just written is not there");
  RoleGrant made = GrantFromRow(row);
  REEVE_RETURN_IF_ERROR(row.Step().status());
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return made;
}

Result<RoleGrant> UpdateRoleGrant(sql::Database& database, std::int64_t id,
                                  const std::string& permission) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(RoleGrant grant, ReadRoleGrant(database, id));
  REEVE_RETURN_IF_ERROR(CheckGrant(grant.type, grant.pattern, permission));
  grant.permission = permission;
  REEVE_RETURN_IF_ERROR(
      database.Run("UPDATE role_permissions SET permission = ? WHERE id = ?", permission, id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return grant;
}

Status RemoveRoleGrant(sql::Database& database, std::int64_t id) {
  REEVE_RETURN_IF_ERROR(database.Run("DELETE FROM role_permissions WHERE id = ?", id));
  if (database.changes() > 0) return Status::Ok();
  return Status::NotFound("Role permission with id=" + std::to_string(id) + " not found");
}

Result<RoleAssignment> AssignRole(sql::Database& database, std::int64_t user_id,
                                  std::int64_t role_id) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_RETURN_IF_ERROR(ReadRole(database, role_id).status());
  REEVE_ASSIGN_OR_RETURN(auto assignment, FindAssignment(database, user_id, role_id));
  if (assignment)
    return Status::AlreadyExists(AssignmentName(user_id, role_id) + " already exists");
  REEVE_RETURN_IF_ERROR(database.Run(
      "INSERT INTO user_role_assignments (user_id, role_id) VALUES (?, ?)", user_id, role_id));
  REEVE_ASSIGN_OR_RETURN(assignment, FindAssignment(database, user_id, role_id));
  if (!assignment) return Status::Internal("the assignment just written is not there");
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return *assignment;
}

Status UnassignRole(sql::Database& database, std::int64_t user_id, std::int64_t role_id) {
  REEVE_RETURN_IF_ERROR(database.Run(
      "DELETE FROM user_role_assignments WHERE user_id = ? AND role_id = ?", user_id, role_id));
  if (database.changes() > 0) return Status::Ok();
  return Status::NotFound(AssignmentName(user_id, role_id) + " not found");
}

Result<std::vector<RoleAssignment>> ListAssignments(sql::Database& database, std::int64_t role_id) {
  REEVE_RETURN_IF_ERROR(ReadRole(database, role_id).status());
  return sql::ReadRows(
      database.Prepare(
          "SELECT id, user_id FROM user_role_assignments WHERE role_id = ? ORDER BY id", role_id),
      [&](const sql::Statement& row) {
        return RoleAssignment{.id = row.Integer(0), .user_id = row.Integer(1), .role_id = role_id};
      });
}

}  // namespace reeve::server
