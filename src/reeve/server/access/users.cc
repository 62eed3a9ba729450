#include "reeve/server/access/users.h"

#include "reeve/server/access/grants.h"
#include "reeve/server/access/password_hash.h"
#include "reeve/sql/each_row.h"

namespace reeve::server {
namespace {

constexpr std::size_t kLeastPassword = 12;
constexpr std::size_t kMostPassword = 4096;
constexpr std::size_t kMostName = 255;
constexpr const char* kColumns = "SELECT id, username, password_hash, is_admin FROM users ";

User FromRow(const sql::Statement& row) {
  return {.id = row.Integer(0),
          .name = row.Text(1),
          .password_hash = row.Text(2),
          .is_admin = row.Integer(3) != 0};
}

Status CheckName(const std::string& name) {
  if (name.empty()) return Status::InvalidArgument("Username cannot be empty.");
  if (name.size() > kMostName)
    return Status::InvalidArgument("Username cannot be longer than 255 bytes.");
  // What Basic authentication cannot carry (RFC 7617).
  if (name.find(':') != std::string::npos)
    return Status::InvalidArgument("Username cannot contain a colon.");
  return Status::Ok();
}

}  // namespace

Result<std::optional<User>> FindUser(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare(std::string(kColumns) + "WHERE username = ?", name));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? std::optional(FromRow(row)) : std::nullopt;
}

Result<User> ReadUser(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(std::optional<User> user, FindUser(database, name));
  if (!user) return Status::NotFound("User with username=" + name + " not found");
  return std::move(*user);
}

Result<std::vector<User>> ListUsers(sql::Database& database) {
  return sql::ReadRows(database.Prepare(std::string(kColumns) + "ORDER BY id"), FromRow);
}

Result<bool> HasAdmin(sql::Database& database) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT 1 FROM users WHERE is_admin = ?", true));
  return row.Step();
}

Status CheckPassword(const std::string& password) {
  if (password.size() < kLeastPassword)
    return Status::InvalidArgument("Password must be at least 12 characters.");
  if (password.size() > kMostPassword)
    return Status::InvalidArgument("Password must be at most 4096 bytes.");
  return Status::Ok();
}

Result<User> CreateUser(sql::Database& database, const std::string& name,
                        const std::string& password, bool is_admin) {
  REEVE_RETURN_IF_ERROR(CheckName(name));
  REEVE_RETURN_IF_ERROR(CheckPassword(password));
  REEVE_ASSIGN_OR_RETURN(const std::string hash, HashPassword(password));
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const std::optional<User> other, FindUser(database, name));
  if (other) return Status::AlreadyExists("User (username=" + name + ") already exists.");
  REEVE_RETURN_IF_ERROR(
      database.Run("INSERT INTO users (username, password_hash, is_admin) VALUES (?, ?, ?)", name,
                   hash, is_admin));
  REEVE_ASSIGN_OR_RETURN(User user, ReadUser(database, name));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return user;
}

Status SetPassword(sql::Database& database, const std::string& name, const std::string& password) {
  REEVE_RETURN_IF_ERROR(ReadUser(database, name).status());
  REEVE_RETURN_IF_ERROR(CheckPassword(password));
  REEVE_ASSIGN_OR_RETURN(const std::string hash, HashPassword(password));
  return database.Run("UPDATE users SET password_hash = ? WHERE username = ?", hash, name);
}

Status SetAdmin(sql::Database& database, const std::string& name, bool is_admin) {
  REEVE_RETURN_IF_ERROR(ReadUser(database, name).status());
  return database.Run("UPDATE users SET is_admin = ? WHERE username = ?", is_admin, name);
}

Status DeleteUser(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(database));
  REEVE_ASSIGN_OR_RETURN(const User user, ReadUser(database, name));
  REEVE_RETURN_IF_ERROR(DeleteOwnRoles(database, user.id));
  REEVE_RETURN_IF_ERROR(
      database.Run("DELETE FROM user_role_assignments WHERE user_id = ?", user.id));
  // MLflow has left the tables of its older versions in place; a later one may drop them.
  for (const char* const table :
       {"experiment_permissions", "registered_model_permissions", "scorer_permissions",
        "gateway_secret_permissions", "gateway_endpoint_permissions",
        "gateway_model_definition_permissions", "workspace_permissions"}) {
    REEVE_ASSIGN_OR_RETURN(const bool is_there, database.HasTable(table));
    if (is_there) {
      REEVE_RETURN_IF_ERROR(
          database.Run("DELETE FROM " + std::string(table) + " WHERE user_id = ?", user.id));
    }
  }
  REEVE_RETURN_IF_ERROR(database.Run("DELETE FROM users WHERE id = ?", user.id));
  return transaction.Commit();
}

}  // namespace reeve::server
