#include "reeve/server/access/access_database.h"

#include <array>
#include <string_view>

#include "reeve/base/text.h"
#include "reeve/sql/open.h"

namespace reeve::server {
namespace {

// The newest revision of MLflow's that is known here: what it makes is what stands below.
constexpr std::string_view kRevision = "f1a2b3c4d5e6";
// Before these, grants lie in tables of their own.
constexpr std::array<std::string_view, 5> kOldRevisions = {
    "8606fa83a998", "0965eb92f5f0", "a1b2c3d4e5f6", "2ed73881770d", "c3d4e5f6a7b8"};

// MLflow keeps the tables of its older versions beside those that count; its upgrades and its
// deleting of a user look for them. @ID@ is the driver's word for a counted key.
constexpr std::string_view kTables = R"(
CREATE TABLE users (
  id @ID@, username VARCHAR(255), password_hash VARCHAR(255), is_admin BOOLEAN, UNIQUE (username));
CREATE TABLE experiment_permissions (
  id @ID@, experiment_id VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(255),
  CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id),
  CONSTRAINT unique_experiment_user UNIQUE (experiment_id, user_id));
CREATE TABLE registered_model_permissions (
  id @ID@, name VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(255),
  workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id),
  CONSTRAINT unique_workspace_name_user UNIQUE (workspace, name, user_id));
CREATE TABLE scorer_permissions (
  id @ID@, experiment_id VARCHAR(255) NOT NULL, scorer_name VARCHAR(256) NOT NULL,
  user_id INTEGER NOT NULL, permission VARCHAR(255),
  CONSTRAINT fk_scorer_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id),
  CONSTRAINT unique_scorer_user UNIQUE (experiment_id, scorer_name, user_id));
CREATE TABLE gateway_secret_permissions (
  id @ID@, secret_id VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(255),
  CONSTRAINT fk_gateway_secret_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id),
  CONSTRAINT unique_secret_user UNIQUE (secret_id, user_id));
CREATE TABLE gateway_endpoint_permissions (
  id @ID@, endpoint_id VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(255),
  CONSTRAINT fk_gateway_endpoint_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id),
  CONSTRAINT unique_endpoint_user UNIQUE (endpoint_id, user_id));
CREATE TABLE gateway_model_definition_permissions (
  id @ID@, model_definition_id VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL,
  permission VARCHAR(255),
  CONSTRAINT fk_gateway_model_def_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id),
  CONSTRAINT unique_model_def_user UNIQUE (model_definition_id, user_id));
CREATE TABLE workspace_permissions (
  workspace VARCHAR(63) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(32) NOT NULL,
  CONSTRAINT workspace_permissions_pk PRIMARY KEY (workspace, user_id),
  FOREIGN KEY(user_id) REFERENCES users (id));
CREATE INDEX idx_workspace_permissions_user_id ON workspace_permissions (user_id);
CREATE INDEX idx_workspace_permissions_workspace ON workspace_permissions (workspace);
CREATE TABLE roles (
  id @ID@, name VARCHAR(255) NOT NULL, workspace VARCHAR(63) NOT NULL, description VARCHAR(1024),
  CONSTRAINT unique_workspace_role_name UNIQUE (workspace, name));
CREATE INDEX idx_roles_workspace ON roles (workspace);
CREATE TABLE role_permissions (
  id @ID@, role_id INTEGER NOT NULL, resource_type VARCHAR(64) NOT NULL,
  resource_pattern VARCHAR(255) NOT NULL, permission VARCHAR(255) NOT NULL,
  FOREIGN KEY(role_id) REFERENCES roles (id),
  CONSTRAINT unique_role_resource_perm UNIQUE (role_id, resource_type, resource_pattern));
CREATE INDEX idx_role_permissions_role_id ON role_permissions (role_id);
CREATE TABLE user_role_assignments (
  id @ID@, user_id INTEGER NOT NULL, role_id INTEGER NOT NULL,
  FOREIGN KEY(user_id) REFERENCES users (id), FOREIGN KEY(role_id) REFERENCES roles (id),
  CONSTRAINT unique_user_role UNIQUE (user_id, role_id));
CREATE INDEX idx_user_role_assignments_user_id ON user_role_assignments (user_id);
CREATE INDEX idx_user_role_assignments_role_id ON user_role_assignments (role_id);
CREATE TABLE alembic_version_auth (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_auth_pkc PRIMARY KEY (version_num));
)";

std::string TablesFor(sql::Dialect dialect) {
  constexpr std::string_view kMark = "@ID@";
  const std::string_view key = dialect == sql::Dialect::kSqlite ? "INTEGER NOT NULL PRIMARY KEY"
                                                                : "SERIAL NOT NULL PRIMARY KEY";
  std::string script(kTables);
  for (std::size_t at = script.find(kMark); at != std::string::npos;
       at = script.find(kMark, at + key.size())) {
    script.replace(at, kMark.size(), key);
  }
  return script;
}

Status CheckRevision(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(const bool has_revision, database.HasTable("alembic_version_auth"));
  std::string revision;
  if (has_revision) {
    REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                           database.Prepare("SELECT version_num FROM alembic_version_auth"));
    REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
    if (found) revision = row.Text(0);
  }
  bool is_old = revision.empty();
  for (const std::string_view old : kOldRevisions) is_old = is_old || revision == old;
  if (!is_old) return Status::Ok();
  return Status::RequirementUnmet(
      "database of users " + Quote(database.name(), 200) + ": its tables are of revision " +
      Quote(revision, 40) + ", expected " + std::string(kRevision) +
      " or newer; mend it with MLflow: python -m mlflow.server.auth db upgrade --url URI");
}

Status MakeTables(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  // Another process may have been first.
  REEVE_ASSIGN_OR_RETURN(const bool has_users, database.HasTable("users"));
  if (has_users) return Status::Ok();
  REEVE_RETURN_IF_ERROR(database.RunScript(TablesFor(database.dialect()).c_str()));
  REEVE_RETURN_IF_ERROR(
      database.Run("INSERT INTO alembic_version_auth (version_num) VALUES (?)", kRevision));
  return transaction.Commit();
}

}  // namespace

Result<std::unique_ptr<sql::Database>> OpenAccessDatabase(const std::string& uri,
                                                          const sql::DatabaseOptions& options) {
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database, sql::Open(uri, options));
  REEVE_ASSIGN_OR_RETURN(const bool has_users, database->HasTable("users"));
  if (!has_users) REEVE_RETURN_IF_ERROR(MakeTables(*database));
  REEVE_RETURN_IF_ERROR(CheckRevision(*database));
  return database;
}

}  // namespace reeve::server
