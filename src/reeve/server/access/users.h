#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

namespace reeve::server {

/// A row of `users`.
struct User {
  std::int64_t id = 0;
  std::string name;
  /// See password_hash.h.
  std::string password_hash;
  bool is_admin = false;
};

// On a database of OpenAccessDatabase. Failures that a caller caused have MLflow's words.

/// Nothing when there is none of that name.
Result<std::optional<User>> FindUser(sql::Database& database, const std::string& name);
/// kNotFound when there is none of that name.
Result<User> ReadUser(sql::Database& database, const std::string& name);
Result<std::vector<User>> ListUsers(sql::Database& database);
Result<bool> HasAdmin(sql::Database& database);

/// At least 12 characters.
Status CheckPassword(const std::string& password);
/// Hashes before it writes. kAlreadyExists when the name is taken.
Result<User> CreateUser(sql::Database& database, const std::string& name,
                        const std::string& password, bool is_admin);
Status SetPassword(sql::Database& database, const std::string& name, const std::string& password);
Status SetAdmin(sql::Database& database, const std::string& name, bool is_admin);
/// With everything that was granted to them alone.
Status DeleteUser(sql::Database& database, const std::string& name);

}  // namespace reeve::server
