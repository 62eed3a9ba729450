#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/server/access/caller.h"
#include "reeve/server/access/failed_logins.h"
#include "reeve/server/access/verified_logins.h"
#include "reeve/server/auth.h"
#include "reeve/sql/pool.h"

namespace reeve::server {

struct LoginOptions {
  /// How long a checked password counts without being checked again.
  double remember_seconds = 300;
  std::size_t most_remembered = 10'000;
  FailedLoginLimits failures = {};
};

/// Finds out who calls, from the header Authorization: a token as bearer or as the password of
/// Basic (for clients that know nothing else), or a user's name and password. Thread-safe.
class Login {
 public:
  struct Outcome {
    /// Nothing: refused.
    std::optional<Caller> caller;
    /// Something was sent, and it was wrong.
    bool is_wrong = false;
    /// Seconds to wait before anything is checked again; 0: none.
    int wait_seconds = 0;
  };

  /// Nothing is owned; `users` is null when there are tokens only.
  Login(const Authenticator& tokens, sql::Pool* users, const LoginOptions& options,
        const Clock& clock);

  /// `peer` is the address of the other end. Fails when the database of users does.
  Result<Outcome> Identify(std::string_view authorization, std::string_view peer) const;
  /// Whether Identify asks the database of users.
  bool AsksDatabase(std::string_view authorization) const;
  /// Whether Identify may have to check a password, which takes its time.
  bool TakesLong(std::string_view authorization) const;
  /// Whether it is the user's password; takes its time, see password_hash.h.
  Result<bool> IsPasswordOf(const std::string& name, const std::string& password) const;

 private:
  std::optional<Caller> FindToken(std::string_view token) const;
  Result<Outcome> CheckUser(const std::string& name, const std::string& password,
                            std::string_view peer) const;

  const Authenticator& tokens_;
  sql::Pool* const users_;
  mutable VerifiedLogins verified_;
  /// Whole headers that named somebody lately, for TakesLong alone.
  mutable VerifiedLogins known_headers_;
  mutable FailedLogins failed_;
  /// One password at a time: each takes 32 MiB and a core.
  mutable std::mutex checking_;
};

}  // namespace reeve::server
