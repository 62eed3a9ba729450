#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// One caller's credential. Exactly one of `token` and `sha256` is set.
struct TokenOptions {
  /// For messages; the token itself is never written anywhere.
  std::string name;
  /// kScore: scoring only. kRead: metrics and the like only. kWrite: that, and what changes things.
  /// kAdmin: everything.
  Role role = Role::kScore;
  /// The token in plain text, at least 16 characters.
  std::string token = {};
  /// Or its SHA-256 as 64 hexadecimal digits, so that the configuration holds no secret.
  std::string sha256 = {};
  /// Who the caller is, in histories and logs; empty: the role.
  std::string user = {};
};

/// Whether who holds a role may call a route that needs one.
bool Covers(Role held, Role needed);

/// Checks `Authorization: Bearer TOKEN` (RFC 6750). Holds digests only, compares all of them in
/// constant time. Immutable, so thread-safe.
class Authenticator {
 public:
  enum class Verdict {
    kAllowed,
    /// 401: no bearer token was sent.
    kMissing,
    /// 401: a token that is not known.
    kUnknown,
    /// 403: known, but not for this.
    kForbidden,
  };

  /// Fails with kInvalidArgument, naming the token's name only.
  static Result<Authenticator> Make(const std::vector<TokenOptions>& tokens);

  /// What a token stands for.
  struct Identity {
    std::string name;
    Role role = Role::kScore;
  };
  /// Null for a token that is not known. Lives as long as this.
  const Identity* Find(std::string_view token) const;
  bool has_tokens() const { return !credentials_.empty(); }

  /// `authorization` is the header's value. Public routes are for everybody; without tokens, all
  /// routes are.
  Verdict Check(std::string_view authorization, Role needed) const;

 private:
  struct Credential {
    std::string digest;
    Identity identity;
  };
  std::vector<Credential> credentials_;
};

}  // namespace reeve::server
