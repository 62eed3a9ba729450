#include "reeve/server/access/grants.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "reeve/sql/each_row.h"

namespace reeve::server {
namespace {

struct ResourceType {
  std::string_view name;
  /// Grants on single things, beside those on all of them.
  bool by_id;
};

// In the order of their names, as messages list them.
constexpr std::array<ResourceType, 18> kTypes = {{{"assessment", false},
                                                  {"experiment", true},
                                                  {"gateway_endpoint", true},
                                                  {"gateway_model_definition", true},
                                                  {"gateway_secret", true},
                                                  {"logged_model", false},
                                                  {"mcp_server", true},
                                                  {"mcp_server_version", false},
                                                  {"prompt", true},
                                                  {"prompt_version", false},
                                                  {"registered_model", true},
                                                  {"registered_model_version", false},
                                                  {"review_queue", false},
                                                  {"run", false},
                                                  {"scorer", true},
                                                  {"scorer_version", false},
                                                  {"trace", false},
                                                  {"workspace", false}}};

// As Python writes a tuple of them.
std::string TypeNames() {
  std::string names;
  for (const ResourceType& type : kTypes) {
    names += (names.empty() ? "('" : ", '") + std::string(type.name) + "'";
  }
  return names + ")";
}

Result<std::optional<std::int64_t>> FindOwnRole(sql::Database& database, std::int64_t user_id) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT id FROM roles WHERE workspace = ? AND name = ?",
                                          kWorkspace, OwnRoleName(user_id)));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? std::optional(row.Integer(0)) : std::nullopt;
}

// Within a transaction of the caller's.
Result<std::int64_t> OwnRole(sql::Database& database, std::int64_t user_id) {
  REEVE_ASSIGN_OR_RETURN(std::optional<std::int64_t> role, FindOwnRole(database, user_id));
  if (!role) {
    REEVE_RETURN_IF_ERROR(database.Run("INSERT INTO roles (name, workspace) VALUES (?, ?)",
                                       OwnRoleName(user_id), kWorkspace));
    REEVE_ASSIGN_OR_RETURN(role, FindOwnRole(database, user_id));
    if (!role) return Status::Internal("the role just written is not there");
  }
  REEVE_RETURN_IF_ERROR(
      database.Run("INSERT INTO user_role_assignments (user_id, role_id) VALUES (?, ?) "
                   "ON CONFLICT (user_id, role_id) DO NOTHING",
                   user_id, *role));
  return *role;
}

// Roles of single users, within a statement on role_permissions.
constexpr const char* kOwnRoles =
    " AND role_id IN (SELECT id FROM roles WHERE workspace = 'default' AND name LIKE "
    "'!_!_user!_%!_!_' ESCAPE '!')";

}  // namespace

std::string OwnRoleName(std::int64_t user_id) { return "__user_" + std::to_string(user_id) + "__"; }

bool IsOwnRoleName(const std::string& name) {
  constexpr std::string_view kHead = "__user_", kTail = "__";
  if (name.size() <= kHead.size() + kTail.size()) return false;
  if (!name.starts_with(kHead) || !name.ends_with(kTail)) return false;
  return std::all_of(name.begin() + kHead.size(), name.end() - kTail.size(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

Result<std::vector<Grant>> ReadGrants(sql::Database& database, std::int64_t user_id,
                                      const std::optional<std::string>& id) {
  std::string sql =
      "SELECT p.resource_type, p.resource_pattern, p.permission FROM user_role_assignments a "
      "JOIN roles r ON r.id = a.role_id JOIN role_permissions p ON p.role_id = r.id "
      "WHERE a.user_id = ? AND r.workspace = ?";
  std::vector<sql::Value> values = {user_id, std::string(kWorkspace)};
  if (id) {
    // The types are told, so that the rows are found by the whole of their key.
    sql += " AND p.resource_type IN (";
    for (const ResourceType& type : kTypes) {
      sql += (&type == kTypes.data() ? "'" : ", '") + std::string(type.name) + "'";
    }
    sql += ") AND p.resource_pattern IN ('*', ?)";
    values.emplace_back(*id);
  }
  std::vector<Grant> grants;
  REEVE_RETURN_IF_ERROR(
      sql::ForEachRow(database.PrepareWith(sql, values), [&](const sql::Statement& row) {
        // A word that is not known grants nothing, and takes nothing either.
        if (const auto permission = ParsePermission(row.View(2)))
          grants.push_back(
              {.type = row.Text(0), .pattern = row.Text(1), .permission = *permission});
      }));
  return grants;
}

Status CheckResourceType(const std::string& type) {
  const bool is_known =
      std::ranges::any_of(kTypes, [&](const ResourceType& known) { return known.name == type; });
  if (is_known) return Status::Ok();
  return Status::InvalidArgument("Invalid resource type '" + type +
                                 "'. Valid resource types are: " + TypeNames());
}

Status CheckGrant(const std::string& type, const std::string& pattern,
                  const std::string& permission) {
  REEVE_RETURN_IF_ERROR(CheckResourceType(type));
  const auto known = std::ranges::find_if(
      kTypes, [&](const ResourceType& candidate) { return candidate.name == type; });
  if (pattern != "*" && !known->by_id) {
    return Status::InvalidArgument("Invalid resource_pattern '" + pattern +
                                   "' for resource_type='" + type +
                                   "'. This resource type supports only wildcard ('*') grants.");
  }
  const auto parsed = ParsePermission(permission);
  if (!parsed) {
    return Status::InvalidArgument(
        "Invalid permission '" + permission +
        "'. Valid permissions are: ('READ', 'USE', 'EDIT', 'MANAGE', 'NO_PERMISSIONS', 'DENY')");
  }
  if (type == "workspace") {
    if (*parsed == Permission::kUse || *parsed == Permission::kManage) return Status::Ok();
    return Status::InvalidArgument("Invalid permission '" + permission +
                                   "' for resource_type='workspace'. Workspace-wide grants accept "
                                   "only: ('MANAGE', 'USE').");
  }
  if (*parsed != Permission::kNone) return Status::Ok();
  return Status::InvalidArgument("Invalid permission '" + permission + "' for resource_type='" +
                                 type +
                                 "'. Resource-level grants accept only: ('DENY', 'EDIT', 'MANAGE', "
                                 "'READ', 'USE').");
}

Status GiveGrant(sql::Database& database, std::int64_t user_id, const Grant& grant) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t role, OwnRole(database, user_id));
  REEVE_RETURN_IF_ERROR(database.Run(
      "INSERT INTO role_permissions (role_id, resource_type, resource_pattern, permission) "
      "VALUES (?, ?, ?, ?) ON CONFLICT (role_id, resource_type, resource_pattern) "
      "DO UPDATE SET permission = excluded.permission",
      role, grant.type, grant.pattern, PermissionWord(grant.permission)));
  return transaction.Commit();
}

Result<std::optional<Permission>> FindOwnGrant(sql::Database& database, std::int64_t user_id,
                                               const std::string& type,
                                               const std::string& pattern) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT p.permission FROM role_permissions p JOIN roles r ON r.id = "
                       "p.role_id WHERE r.workspace = ? AND r.name = ? AND p.resource_type = ? "
                       "AND p.resource_pattern = ?",
                       kWorkspace, OwnRoleName(user_id), type, pattern));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return std::optional<Permission>();
  return std::optional(ParsePermission(row.View(0)).value_or(Permission::kNone));
}

Result<bool> TakeGrant(sql::Database& database, std::int64_t user_id, const std::string& type,
                       const std::string& pattern) {
  REEVE_RETURN_IF_ERROR(
      database.Run("DELETE FROM role_permissions WHERE resource_type = ? AND resource_pattern = ? "
                   "AND role_id IN (SELECT id FROM roles WHERE workspace = ? AND name = ?)",
                   type, pattern, kWorkspace, OwnRoleName(user_id)));
  return database.changes() > 0;
}

Status ForgetGrants(sql::Database& database, const std::string& type, const std::string& pattern) {
  return database.Run(
      std::string("DELETE FROM role_permissions WHERE resource_type = ? AND resource_pattern = ?") +
          kOwnRoles,
      type, pattern);
}

Status RenameGrants(sql::Database& database, const std::string& type, const std::string& from,
                    const std::string& to) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  // What is left over from an earlier thing of that name means another one.
  REEVE_RETURN_IF_ERROR(ForgetGrants(database, type, to));
  REEVE_RETURN_IF_ERROR(database.Run(
      std::string("UPDATE role_permissions SET resource_pattern = ? WHERE resource_type = ? AND "
                  "resource_pattern = ?") +
          kOwnRoles,
      to, type, from));
  return transaction.Commit();
}

Status DeleteOwnRoles(sql::Database& database, std::int64_t user_id) {
  const std::string name = OwnRoleName(user_id);
  for (const char* const sql :
       {"DELETE FROM role_permissions WHERE role_id IN (SELECT id FROM roles WHERE name = ?)",
        "DELETE FROM user_role_assignments WHERE role_id IN (SELECT id FROM roles WHERE name = ?)",
        "DELETE FROM roles WHERE name = ?"}) {
    REEVE_RETURN_IF_ERROR(database.Run(sql, name));
  }
  return Status::Ok();
}

}  // namespace reeve::server
