#include "reeve/server/access/login.h"

#include <utility>

#include <openssl/evp.h>

#include "reeve/base/text.h"
#include "reeve/server/access/password_hash.h"
#include "reeve/server/access/users.h"

namespace reeve::server {
namespace {

constexpr std::size_t kMostCredentials = 8192;

// What follows a scheme ("basic", in any case) and a blank; nothing for another scheme.
std::optional<std::string_view> AfterScheme(std::string_view authorization,
                                            std::string_view scheme) {
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ' ||
      ToLower(authorization.substr(0, scheme.size())) != scheme) {
    return std::nullopt;
  }
  return Trim(authorization.substr(scheme.size()));
}

// RFC 7617: base64 of NAME:PASSWORD.
std::optional<std::pair<std::string, std::string>> BasicCredentials(std::string_view encoded) {
  if (encoded.empty() || encoded.size() % 4 != 0 || encoded.size() > kMostCredentials)
    return std::nullopt;
  std::string text(encoded.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(encoded.data()),
                                   static_cast<int>(encoded.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = encoded.ends_with("==") ? 2 : encoded.ends_with('=') ? 1 : 0;
  text.resize(static_cast<std::size_t>(size) - padding);
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || !IsUtf8(text)) return std::nullopt;
  return std::pair(text.substr(0, colon), text.substr(colon + 1));
}

Caller CallerOf(const User& user) {
  if (user.is_admin) return {.name = user.name, .role = Role::kAdmin};
  return {.name = user.name, .role = Role::kWrite, .user_id = user.id};
}

}  // namespace

Login::Login(const Authenticator& tokens, sql::Pool* users, const LoginOptions& options,
             const Clock& clock)
    : tokens_(tokens),
      users_(users),
      verified_(options.remember_seconds, options.most_remembered, clock),
      known_headers_(options.remember_seconds, options.most_remembered, clock),
      failed_(options.failures, clock) {}

std::optional<Caller> Login::FindToken(std::string_view token) const {
  const Authenticator::Identity* const identity = tokens_.Find(token);
  if (identity == nullptr) return std::nullopt;
  return Caller{.name = identity->name, .role = identity->role};
}

Result<bool> Login::IsPasswordOf(const std::string& name, const std::string& password) const {
  if (users_ == nullptr) return false;
  std::optional<User> user;
  {
    REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, users_->Read());
    REEVE_ASSIGN_OR_RETURN(user, FindUser(*database, name));
  }
  const std::lock_guard lock(checking_);
  return IsPassword(password, user ? user->password_hash : NobodysHash()) && user;
}

Result<Login::Outcome> Login::CheckUser(const std::string& name, const std::string& password,
                                        std::string_view peer) const {
  std::optional<User> user;
  {
    REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, users_->Read());
    REEVE_ASSIGN_OR_RETURN(user, FindUser(*database, name));
  }
  if (user && verified_.Has(name, password, user->password_hash))
    return Outcome{.caller = CallerOf(*user)};
  // Only what is known to be right passes while the address waits.
  if (const int wait = failed_.Wait(peer); wait > 0) return Outcome{.wait_seconds = wait};
  bool is_right = false;
  {
    const std::lock_guard lock(checking_);
    is_right = IsPassword(password, user ? user->password_hash : NobodysHash());
  }
  if (!user || !is_right) {
    failed_.Add(peer);
    return Outcome{.caller = std::nullopt, .is_wrong = true};
  }
  verified_.Add(name, password, user->password_hash);
  return Outcome{.caller = CallerOf(*user)};
}

bool Login::AsksDatabase(std::string_view authorization) const {
  return users_ != nullptr && AfterScheme(authorization, "basic");
}

bool Login::TakesLong(std::string_view authorization) const {
  return AsksDatabase(authorization) && !known_headers_.Has(authorization, {}, {});
}

Result<Login::Outcome> Login::Identify(std::string_view authorization,
                                       std::string_view peer) const {
  if (authorization.empty()) return Outcome{};
  if (const auto token = AfterScheme(authorization, "bearer")) {
    if (auto caller = FindToken(*token)) return Outcome{.caller = std::move(caller)};
  } else if (const auto encoded = AfterScheme(authorization, "basic")) {
    if (const auto credentials = BasicCredentials(*encoded)) {
      if (auto caller = FindToken(credentials->second)) return Outcome{.caller = std::move(caller)};
      if (users_ != nullptr) {
        Result<Outcome> outcome = CheckUser(credentials->first, credentials->second, peer);
        if (outcome.ok() && outcome->caller && TakesLong(authorization))
          known_headers_.Add(authorization, {}, {});
        return outcome;
      }
    }
  }
  if (const int wait = failed_.Wait(peer); wait > 0) return Outcome{.wait_seconds = wait};
  failed_.Add(peer);
  return Outcome{.caller = std::nullopt, .is_wrong = true};
}

}  // namespace reeve::server
