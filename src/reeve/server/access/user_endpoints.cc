#include <map>
#include <optional>
#include <utility>

#include "reeve/server/access/access_endpoint.h"
#include "reeve/server/access/access_json.h"
#include "reeve/server/access/grants.h"

namespace reeve::server {
namespace {

using mlflow::JsonWriter;

// Clients of older versions read what is granted to the user alone from here.
void WriteOwnGrants(const std::vector<Grant>& grants, const User& user, JsonWriter& writer) {
  for (const auto& [list, type, key] :
       {std::tuple("experiment_permissions", "experiment", "experiment_id"),
        std::tuple("registered_model_permissions", "registered_model", "name")}) {
    writer.Key(list);
    writer.BeginArray();
    for (const Grant& grant : grants) {
      if (grant.type != type) continue;
      writer.BeginObject();
      writer.Member(key, grant.pattern);
      writer.IntegerMember("user_id", user.id);
      writer.Member("permission", PermissionWord(grant.permission));
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.Key("scorer_permissions");
  writer.BeginArray();
  writer.EndArray();
}

void AnswerUser(const User& user, const std::vector<Grant>& grants, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("user");
  OpenUser(user, writer);
  WriteOwnGrants(grants, user, writer);
  writer.EndObject();
  writer.EndObject();
}

Result<bool> Create(const AccessContext& context, const Caller& caller,
                    const mlflow::Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const bool may, ManagesAll(context, caller));
  if (!may) return false;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_ASSIGN_OR_RETURN(const User user, CreateUser(*database, request.Text("username"),
                                                     request.Text("password"), false));
  AnswerUser(user, {}, answer);
  return true;
}

Result<bool> Get(const AccessContext& context, const Caller& caller, const mlflow::Request& request,
                 std::string& answer) {
  const std::string name = request.Text("username");
  if (!IsAdmin(caller) && name != caller.name) return false;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Read());
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(*database, name));
  REEVE_ASSIGN_OR_RETURN(const std::vector<Grant> grants,
                         ReadGrants(*database, user.id, std::nullopt));
  AnswerUser(user, grants, answer);
  return true;
}

Result<bool> List(const AccessContext& context, const Caller& caller, const mlflow::Request&,
                  std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const bool sees_roles, ManagesAll(context, caller));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Read());
  REEVE_ASSIGN_OR_RETURN(const std::vector<User> users, ListUsers(*database));
  std::map<std::int64_t, std::vector<AccessRole>> roles_of;
  if (sees_roles) {
    REEVE_ASSIGN_OR_RETURN(roles_of, RolesByUser(*database));
  } else if (caller.user_id) {
    REEVE_ASSIGN_OR_RETURN(roles_of[*caller.user_id], RolesOfUser(*database, *caller.user_id));
  }
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("users");
  writer.BeginArray();
  for (const User& user : users) {
    OpenUser(user, writer);
    WriteRoles(roles_of[user.id], writer);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return true;
}

Result<bool> Current(const AccessContext&, const Caller& caller, const mlflow::Request&,
                     std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("user");
  OpenUser({.id = caller.user_id.value_or(0), .name = caller.name, .is_admin = IsAdmin(caller)},
           writer);
  writer.EndObject();
  writer.BoolMember("is_basic_auth", true);
  writer.EndObject();
  return true;
}

// Who changes their own password says the old one: a page left open must not be enough.
Status CheckOwnPassword(const AccessContext& context, const mlflow::Request& request) {
  const std::string current = request.Text("current_password");
  if (current.empty()) {
    return Status::InvalidArgument("Current password is required when changing your own password.");
  }
  REEVE_ASSIGN_OR_RETURN(const bool is_right,
                         context.login.IsPasswordOf(request.Text("username"), current));
  if (!is_right) return Status::InvalidArgument("Current password does not match.");
  if (request.Text("password") != current) return Status::Ok();
  return Status::InvalidArgument("New password must differ from the current password.");
}

Result<bool> UpdatePassword(const AccessContext& context, const Caller& caller,
                            const mlflow::Request& request, std::string& answer) {
  const std::string name = request.Text("username");
  if (name == caller.name) {
    REEVE_RETURN_IF_ERROR(CheckOwnPassword(context, request));
  } else if (!IsAdmin(caller)) {
    return false;
  }
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_RETURN_IF_ERROR(SetPassword(*database, name, request.Text("password")));
  answer += "{}";
  return true;
}

Result<bool> UpdateAdmin(const AccessContext& context, const Caller& caller,
                         const mlflow::Request& request, std::string& answer) {
  if (!IsAdmin(caller)) return false;
  const std::optional<bool> is_admin = request.Bool("is_admin");
  if (!is_admin) return mlflow::MissingValue("is_admin");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_RETURN_IF_ERROR(SetAdmin(*database, request.Text("username"), *is_admin));
  answer += "{}";
  return true;
}

Result<bool> Delete(const AccessContext& context, const Caller& caller,
                    const mlflow::Request& request, std::string& answer) {
  if (!IsAdmin(caller)) return false;
  const std::string name = request.Text("username");
  if (name == caller.name) {
    return Status::InvalidData(
        "Users cannot delete their own account. Ask another admin to delete this user instead.");
  }
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_RETURN_IF_ERROR(DeleteUser(*database, name));
  answer += "{}";
  return true;
}

}  // namespace

std::vector<AccessEndpoint> UserEndpoints() {
  using enum mlflow::FieldType;
  const mlflow::Field name = {"username", kText, true};
  const mlflow::Field password = {"password", kText, true};
  return {
      {"POST", "/users/create", {name, password}, Create},
      {"GET", "/users/get", {name}, Get},
      {"GET", "/users/list", {}, List},
      {"GET", "/users/current", {}, Current},
      {"PATCH", "/users/update-password", {name, password, {"current_password"}}, UpdatePassword},
      {"PATCH", "/users/update-admin", {name, {"is_admin", kBool}}, UpdateAdmin},
      {"DELETE", "/users/delete", {name}, Delete},
  };
}

}  // namespace reeve::server
