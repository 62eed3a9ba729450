#pragma once

#include <vector>

#include "reeve/mlflow/json_writer.h"
#include "reeve/server/access/roles.h"
#include "reeve/server/access/users.h"

namespace reeve::server {

/// {"id":…,"username":…,"is_admin":…}, open: more members may follow until EndObject.
inline void OpenUser(const User& user, mlflow::JsonWriter& writer) {
  writer.BeginObject();
  writer.IntegerMember("id", user.id);
  writer.Member("username", user.name);
  writer.BoolMember("is_admin", user.is_admin);
}

inline void WriteRoleGrant(const RoleGrant& grant, mlflow::JsonWriter& writer) {
  writer.BeginObject();
  writer.IntegerMember("id", grant.id);
  writer.IntegerMember("role_id", grant.role_id);
  writer.Member("resource_type", grant.type);
  writer.Member("resource_pattern", grant.pattern);
  writer.Member("permission", grant.permission);
  writer.EndObject();
}

inline void WriteRole(const AccessRole& role, mlflow::JsonWriter& writer) {
  writer.BeginObject();
  writer.IntegerMember("id", role.id);
  writer.Member("name", role.name);
  writer.Member("workspace", role.workspace);
  writer.Key("description");
  role.description ? writer.Text(*role.description) : writer.Null();
  writer.Key("permissions");
  writer.BeginArray();
  for (const RoleGrant& grant : role.grants) WriteRoleGrant(grant, writer);
  writer.EndArray();
  writer.EndObject();
}

inline void WriteRoles(const std::vector<AccessRole>& roles, mlflow::JsonWriter& writer) {
  writer.Key("roles");
  writer.BeginArray();
  for (const AccessRole& role : roles) WriteRole(role, writer);
  writer.EndArray();
}

}  // namespace reeve::server
