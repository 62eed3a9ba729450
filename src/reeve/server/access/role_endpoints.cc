#include <optional>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/server/access/access_endpoint.h"
#include "reeve/server/access/access_json.h"

namespace reeve::server {
namespace {

using mlflow::JsonWriter;

// All of these are for who manages the workspace; `call` answers.
template <auto kCall, bool kWrites>
Result<bool> ForManagers(const AccessContext& context, const Caller& caller,
                         const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const bool may, ManagesAll(context, caller));
  if (!may) return false;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database,
                         kWrites ? context.users.Write() : context.users.Read());
  REEVE_RETURN_IF_ERROR(kCall(*database, request, answer));
  return true;
}

std::int64_t Id(const mlflow::Request& request, const char* name) {
  return request.Integer(name).value_or(-1);
}

void AnswerRole(const AccessRole& role, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("role");
  WriteRole(role, writer);
  writer.EndObject();
}

void AnswerRoles(const std::vector<AccessRole>& roles, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  WriteRoles(roles, writer);
  writer.EndObject();
}

void AnswerGrant(const RoleGrant& grant, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("role_permission");
  WriteRoleGrant(grant, writer);
  writer.EndObject();
}

void WriteAssignment(const RoleAssignment& assignment, JsonWriter& writer) {
  writer.BeginObject();
  writer.IntegerMember("id", assignment.id);
  writer.IntegerMember("user_id", assignment.user_id);
  writer.IntegerMember("role_id", assignment.role_id);
  writer.EndObject();
}

Status Create(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  if (Trim(request.Text("name")).empty())
    return Status::InvalidArgument("Role name cannot be empty.");
  REEVE_ASSIGN_OR_RETURN(const AccessRole role,
                         CreateRole(database, {.name = request.Text("name"),
                                               .workspace = request.Text("workspace"),
                                               .description = request.OptionalText("description"),
                                               .grants = {}}));
  AnswerRole(role, answer);
  return Status::Ok();
}

Status Get(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const AccessRole role, ReadRole(database, Id(request, "role_id")));
  AnswerRole(role, answer);
  return Status::Ok();
}

Status List(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<AccessRole> roles,
                         ListRoles(database, request.OptionalText("workspace")));
  AnswerRoles(roles, answer);
  return Status::Ok();
}

Status Update(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  const auto name = request.OptionalText("name");
  const auto description = request.OptionalText("description");
  if (!name && !description) {
    return Status::InvalidArgument(
        "At least one of 'name' or 'description' must be provided to update a role.");
  }
  if (name && Trim(*name).empty()) return Status::InvalidArgument("Role name cannot be empty.");
  REEVE_ASSIGN_OR_RETURN(const AccessRole role,
                         UpdateRole(database, Id(request, "role_id"), name, description));
  AnswerRole(role, answer);
  return Status::Ok();
}

Status Delete(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  answer += "{}";
  return DeleteRole(database, Id(request, "role_id"));
}

Status AddPermission(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const RoleGrant grant,
                         AddRoleGrant(database, {.role_id = Id(request, "role_id"),
                                                 .type = request.Text("resource_type"),
                                                 .pattern = request.Text("resource_pattern"),
                                                 .permission = request.Text("permission")}));
  AnswerGrant(grant, answer);
  return Status::Ok();
}

Status UpdatePermission(sql::Database& database, const mlflow::Request& request,
                        std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(
      const RoleGrant grant,
      UpdateRoleGrant(database, Id(request, "role_permission_id"), request.Text("permission")));
  AnswerGrant(grant, answer);
  return Status::Ok();
}

Status RemovePermission(sql::Database& database, const mlflow::Request& request,
                        std::string& answer) {
  answer += "{}";
  return RemoveRoleGrant(database, Id(request, "role_permission_id"));
}

Status ListPermissions(sql::Database& database, const mlflow::Request& request,
                       std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const AccessRole role, ReadRole(database, Id(request, "role_id")));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("role_permissions");
  writer.BeginArray();
  for (const RoleGrant& grant : role.grants) WriteRoleGrant(grant, writer);
  writer.EndArray();
  writer.EndObject();
  return Status::Ok();
}

Status Assign(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(database, request.Text("username")));
  REEVE_ASSIGN_OR_RETURN(const RoleAssignment assignment,
                         AssignRole(database, user.id, Id(request, "role_id")));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("assignment");
  WriteAssignment(assignment, writer);
  writer.EndObject();
  return Status::Ok();
}

Status Unassign(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(database, request.Text("username")));
  answer += "{}";
  return UnassignRole(database, user.id, Id(request, "role_id"));
}

Status ListUsersOf(sql::Database& database, const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const auto assignments, ListAssignments(database, Id(request, "role_id")));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("assignments");
  writer.BeginArray();
  for (const RoleAssignment& assignment : assignments) WriteAssignment(assignment, writer);
  writer.EndArray();
  writer.EndObject();
  return Status::Ok();
}

Result<bool> ListRolesOf(const AccessContext& context, const Caller& caller,
                         const mlflow::Request& request, std::string& answer) {
  const std::string name = request.Text("username");
  REEVE_ASSIGN_OR_RETURN(const bool may, MayAskAbout(context, caller, name));
  if (!may) return false;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Read());
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(*database, name));
  REEVE_ASSIGN_OR_RETURN(const std::vector<AccessRole> roles, RolesOfUser(*database, user.id));
  AnswerRoles(roles, answer);
  return true;
}

}  // namespace

std::vector<AccessEndpoint> RoleEndpoints() {
  using enum mlflow::FieldType;
  const mlflow::Field role = {"role_id", kInteger, true};
  const mlflow::Field grant = {"role_permission_id", kInteger, true};
  const mlflow::Field user = {"username", kText, true};
  const mlflow::Field permission = {"permission", kText, true};
  return {
      {"POST",
       "/roles/create",
       {{"name", kText, true}, {"workspace", kText, true}, {"description"}},
       ForManagers<Create, true>,
       3},
      {"GET", "/roles/get", {role}, ForManagers<Get, false>, 3},
      {"GET", "/roles/list", {{"workspace"}}, ForManagers<List, false>, 3},
      {"PATCH", "/roles/update", {role, {"name"}, {"description"}}, ForManagers<Update, true>, 3},
      {"DELETE", "/roles/delete", {role}, ForManagers<Delete, true>, 3},
      {"POST",
       "/roles/permissions/add",
       {role, {"resource_type", kText, true}, {"resource_pattern", kText, true}, permission},
       ForManagers<AddPermission, true>,
       3},
      {"PATCH",
       "/roles/permissions/update",
       {grant, permission},
       ForManagers<UpdatePermission, true>,
       3},
      {"DELETE", "/roles/permissions/remove", {grant}, ForManagers<RemovePermission, true>, 3},
      {"GET", "/roles/permissions/list", {role}, ForManagers<ListPermissions, false>, 3},
      {"POST", "/roles/assign", {user, role}, ForManagers<Assign, true>, 3},
      {"DELETE", "/roles/unassign", {user, role}, ForManagers<Unassign, true>, 3},
      {"GET", "/roles/users/list", {role}, ForManagers<ListUsersOf, false>, 3},
      {"GET", "/users/roles/list", {user}, ListRolesOf, 3},
  };
}

}  // namespace reeve::server
