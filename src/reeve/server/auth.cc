#include "reeve/server/auth.h"

#include <algorithm>

#include <openssl/crypto.h>

#include "reeve/base/digest.h"
#include "reeve/base/text.h"

namespace reeve::server {

namespace {

constexpr std::size_t kMinTokenSize = 16;
constexpr std::size_t kDigestSize = 64;

// Token68 of RFC 9110, with any printable character: what a header can carry without quoting.
bool IsToken(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool IsDigest(std::string_view text) {
  return text.size() == kDigestSize && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string RoleName(Role role) {
  switch (role) {
    case Role::kScore:
      return "token-score";
    case Role::kRead:
      return "token-read";
    case Role::kWrite:
      return "token-write";
    default:
      return "token-admin";
  }
}

// The token behind "Bearer " (in any case); empty when there is none.
std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer";
  if (authorization.size() <= kScheme.size() || authorization[kScheme.size()] != ' ' ||
      ToLower(authorization.substr(0, kScheme.size())) != kScheme) {
    return {};
  }
  return Trim(authorization.substr(kScheme.size()));
}

}  // namespace

bool Covers(Role held, Role needed) {
  if (needed == Role::kPublic || held == Role::kAdmin || held == needed) return true;
  return held == Role::kWrite && needed == Role::kRead;
}

Result<Authenticator> Authenticator::Make(const std::vector<TokenOptions>& tokens) {
  Authenticator authenticator;
  for (const auto& token : tokens) {
    const auto where = "token " + Quote(token.name) + ": ";
    if (token.role == Role::kPublic) {
      return Status::InvalidArgument(where + "its role is one of score, read, write, admin");
    }
    if (token.token.empty() == token.sha256.empty()) {
      return Status::InvalidArgument(where + "exactly one of token and sha256 is given");
    }
    std::string digest = ToLower(token.sha256);
    if (!token.token.empty()) {
      if (token.token.size() < kMinTokenSize || !IsToken(token.token)) {
        return Status::InvalidArgument(
            where + "a token is at least 16 printable ASCII characters without blanks");
      }
      digest = Sha256(token.token);
    }
    if (!IsDigest(digest)) {
      return Status::InvalidArgument(where + "sha256 is 64 hexadecimal digits");
    }
    const auto same = [&](const Credential& other) { return other.digest == digest; };
    if (std::any_of(authenticator.credentials_.begin(), authenticator.credentials_.end(), same)) {
      return Status::InvalidArgument(where + "another token has the same value");
    }
    authenticator.credentials_.push_back(
        {std::move(digest), {token.user.empty() ? RoleName(token.role) : token.user, token.role}});
  }
  return authenticator;
}

Authenticator::Verdict Authenticator::Check(std::string_view authorization, Role needed) const {
  if (credentials_.empty() || needed == Role::kPublic) return Verdict::kAllowed;
  const std::string_view token = BearerToken(authorization);
  if (token.empty()) return Verdict::kMissing;
  const Identity* const identity = Find(token);
  if (identity == nullptr) return Verdict::kUnknown;
  return Covers(identity->role, needed) ? Verdict::kAllowed : Verdict::kForbidden;
}

const Authenticator::Identity* Authenticator::Find(std::string_view token) const {
  // Digests are compared, all of them and whole: time tells neither how much of a token was right
  // nor which of them it was.
  const std::string digest = Sha256(token);
  const Identity* found = nullptr;
  for (const auto& credential : credentials_) {
    if (CRYPTO_memcmp(digest.data(), credential.digest.data(), kDigestSize) == 0)
      found = &credential.identity;
  }
  return found;
}

}  // namespace reeve::server
