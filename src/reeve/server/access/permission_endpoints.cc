#include <optional>
#include <utility>

#include "reeve/server/access/access_endpoint.h"
#include "reeve/server/access/access_json.h"
#include "reeve/server/access/grants.h"

namespace reeve::server {
namespace {

using mlflow::JsonWriter;

Status RefuseWorkspace(const std::string& type) {
  if (type != "workspace") return Status::Ok();
  return Status::InvalidArgument(
      "resource_type 'workspace' is not supported by the per-user permission convenience APIs. Use "
      "set_workspace_permission / delete_workspace_permission for workspace-wide grants.");
}

// Who may say what others may do with a thing: who manages it. On all of a type: who manages all.
Result<bool> Manages(const AccessContext& context, const Caller& caller, const std::string& type,
                     const std::string& id) {
  if (id == "*" || !caller.user_id) return ManagesAll(context, caller);
  REEVE_ASSIGN_OR_RETURN(const Permission permission,
                         context.policy.PermissionOn(*caller.user_id, type, id));
  return permission == Permission::kManage;
}

Result<bool> GrantToUser(const AccessContext& context, const Caller& caller,
                         const mlflow::Request& request, std::string& answer) {
  const Grant grant = {
      .type = request.Text("resource_type"),
      .pattern = request.Text("resource_id"),
      .permission = ParsePermission(request.Text("permission")).value_or(Permission::kNone)};
  REEVE_RETURN_IF_ERROR(RefuseWorkspace(grant.type));
  REEVE_RETURN_IF_ERROR(CheckGrant(grant.type, grant.pattern, request.Text("permission")));
  REEVE_ASSIGN_OR_RETURN(const bool may, Manages(context, caller, grant.type, grant.pattern));
  if (!may) return false;
  const std::string name = request.Text("username");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(*database, name));
  REEVE_ASSIGN_OR_RETURN(const auto held,
                         FindOwnGrant(*database, user.id, grant.type, grant.pattern));
  if (held) {
    return Status::AlreadyExists("Permission for user=" + name + " on resource_type=" + grant.type +
                                 ", resource_id=" + grant.pattern + " already exists.");
  }
  REEVE_RETURN_IF_ERROR(GiveGrant(*database, user.id, grant));
  answer += "{}";
  return true;
}

Result<bool> Revoke(const AccessContext& context, const Caller& caller,
                    const mlflow::Request& request, std::string& answer) {
  const std::string type = request.Text("resource_type");
  const std::string id = request.Text("resource_id");
  const std::string name = request.Text("username");
  REEVE_RETURN_IF_ERROR(RefuseWorkspace(type));
  REEVE_RETURN_IF_ERROR(CheckResourceType(type));
  REEVE_ASSIGN_OR_RETURN(const bool may, Manages(context, caller, type, id));
  if (!may) return false;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(*database, name));
  REEVE_ASSIGN_OR_RETURN(const bool was_there, TakeGrant(*database, user.id, type, id));
  if (!was_there) {
    return Status::NotFound("Permission for user=" + name + " on resource_type=" + type +
                            ", resource_id=" + id + " not found.");
  }
  answer += "{}";
  return true;
}

Result<bool> GetEffective(const AccessContext& context, const Caller& caller,
                          const mlflow::Request& request, std::string& answer) {
  const std::string name = request.Text("username");
  const std::string type = request.Text("resource_type");
  REEVE_RETURN_IF_ERROR(RefuseWorkspace(type));
  REEVE_ASSIGN_OR_RETURN(const bool may, MayAskAbout(context, caller, name));
  if (!may) return false;
  std::optional<User> user;
  {
    REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Read());
    REEVE_ASSIGN_OR_RETURN(user, ReadUser(*database, name));
  }
  REEVE_RETURN_IF_ERROR(CheckResourceType(type));
  REEVE_ASSIGN_OR_RETURN(const Permission permission,
                         context.policy.PermissionOn(user->id, type, request.Text("resource_id")));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.BoolMember("allowed", Allows(permission, Action::kUse));
  writer.Member("permission", PermissionWord(permission));
  writer.EndObject();
  return true;
}

Status AnswerGrants(sql::Database& database, const std::string& name, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(database, name));
  REEVE_ASSIGN_OR_RETURN(const std::vector<AccessRole> roles, RolesOfUser(database, user.id));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.BoolMember("is_admin", user.is_admin);
  writer.Key("permissions");
  writer.BeginArray();
  for (const AccessRole& role : roles) {
    for (const RoleGrant& grant : role.grants) {
      writer.BeginObject();
      writer.IntegerMember("role_id", role.id);
      writer.Member("role_name", role.name);
      writer.Member("workspace", role.workspace);
      writer.Member("resource_type", grant.type);
      writer.Member("resource_pattern", grant.pattern);
      writer.Member("permission", grant.permission);
      writer.EndObject();
    }
  }
  writer.EndArray();
  writer.EndObject();
  return Status::Ok();
}

Result<bool> ListOf(const AccessContext& context, const Caller& caller,
                    const mlflow::Request& request, std::string& answer) {
  const std::string name = request.Text("username");
  REEVE_ASSIGN_OR_RETURN(const bool may, MayAskAbout(context, caller, name));
  if (!may) return false;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Read());
  REEVE_RETURN_IF_ERROR(AnswerGrants(*database, name, answer));
  return true;
}

Result<bool> ListOwn(const AccessContext& context, const Caller& caller, const mlflow::Request&,
                     std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Read());
  REEVE_RETURN_IF_ERROR(AnswerGrants(*database, caller.name, answer));
  return true;
}

// What older clients call a grant on one kind of thing.
struct OldKind {
  const char* type;
  /// The field that names the thing, and the member that answers.
  const char* key;
  const char* member;
  const char* title;
};
constexpr OldKind kExperiments = {"experiment", "experiment_id", "experiment_permission",
                                  "Experiment permission"};
constexpr OldKind kModels = {"registered_model", "name", "registered_model_permission",
                             "Registered model permission"};

std::string OldName(const OldKind& kind, const mlflow::Request& request, const char* join) {
  return std::string(kind.key) + "=" + request.Text(kind.key) + join +
         "username=" + request.Text("username");
}

void AnswerOld(const OldKind& kind, const mlflow::Request& request, const User& user,
               Permission permission, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key(kind.member);
  writer.BeginObject();
  writer.Member(kind.key, request.Text(kind.key));
  writer.IntegerMember("user_id", user.id);
  writer.Member("permission", PermissionWord(permission));
  writer.EndObject();
  writer.EndObject();
}

enum class OldCall { kCreate, kGet, kUpdate, kDelete };

Result<bool> CallOld(const OldKind& kind, OldCall call, const AccessContext& context,
                     const Caller& caller, const mlflow::Request& request, std::string& answer) {
  const std::string id = request.Text(kind.key);
  REEVE_ASSIGN_OR_RETURN(const bool may, Manages(context, caller, kind.type, id));
  if (!may) return false;
  const bool writes = call == OldCall::kCreate || call == OldCall::kUpdate;
  if (writes) REEVE_RETURN_IF_ERROR(CheckGrant(kind.type, id, request.Text("permission")));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.users.Write());
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(*database, request.Text("username")));
  REEVE_ASSIGN_OR_RETURN(const auto held, FindOwnGrant(*database, user.id, kind.type, id));
  if (call == OldCall::kCreate && held) {
    return Status::AlreadyExists(std::string(kind.title) + " (" + OldName(kind, request, ", ") +
                                 ") already exists.");
  }
  if (call != OldCall::kCreate && !held) {
    return Status::NotFound(std::string(kind.title) + " with " + OldName(kind, request, " and ") +
                            " not found");
  }
  if (call == OldCall::kDelete) {
    REEVE_RETURN_IF_ERROR(TakeGrant(*database, user.id, kind.type, id).status());
    answer += "{}";
    return true;
  }
  Permission permission = held.value_or(Permission::kNone);
  if (writes) {
    permission = ParsePermission(request.Text("permission")).value_or(Permission::kNone);
    REEVE_RETURN_IF_ERROR(GiveGrant(*database, user.id,
                                    {.type = kind.type, .pattern = id, .permission = permission}));
  }
  if (call == OldCall::kUpdate) {
    answer += "{}";
  } else {
    AnswerOld(kind, request, user, permission, answer);
  }
  return true;
}

template <const OldKind& kKind, OldCall kCall>
Result<bool> Old(const AccessContext& context, const Caller& caller, const mlflow::Request& request,
                 std::string& answer) {
  return CallOld(kKind, kCall, context, caller, request, answer);
}

template <const OldKind& kKind>
void AppendOld(const char* const (&paths)[4], std::vector<AccessEndpoint>& endpoints) {
  using enum mlflow::FieldType;
  const mlflow::Field id = {kKind.key, kText, true};
  const mlflow::Field name = {"username", kText, true};
  const mlflow::Field permission = {"permission", kText, true};
  endpoints.push_back({"POST", paths[0], {id, name, permission}, Old<kKind, OldCall::kCreate>});
  endpoints.push_back({"GET", paths[1], {id, name}, Old<kKind, OldCall::kGet>});
  endpoints.push_back({"PATCH", paths[2], {id, name, permission}, Old<kKind, OldCall::kUpdate>});
  endpoints.push_back({"DELETE", paths[3], {id, name}, Old<kKind, OldCall::kDelete>});
}

}  // namespace

std::vector<AccessEndpoint> PermissionEndpoints() {
  using enum mlflow::FieldType;
  const mlflow::Field name = {"username", kText, true};
  const mlflow::Field type = {"resource_type", kText, true};
  const mlflow::Field id = {"resource_id", kText, true};
  const mlflow::Field permission = {"permission", kText, true};
  std::vector<AccessEndpoint> endpoints = {
      {"POST", "/users/permissions/grant", {name, type, id, permission}, GrantToUser, 3},
      {"POST", "/users/permissions/revoke", {name, type, id}, Revoke, 3},
      {"GET", "/users/permissions/get", {name, type, id}, GetEffective, 3},
      {"GET", "/users/permissions/list", {name}, ListOf, 3},
      {"GET", "/users/current/permissions", {}, ListOwn, 3},
  };
  AppendOld<kExperiments>({"/experiments/permissions/create", "/experiments/permissions/get",
                           "/experiments/permissions/update", "/experiments/permissions/delete"},
                          endpoints);
  AppendOld<kModels>(
      {"/registered-models/permissions/create", "/registered-models/permissions/get",
       "/registered-models/permissions/update", "/registered-models/permissions/delete"},
      endpoints);
  return endpoints;
}

}  // namespace reeve::server
