#include "reeve/server/access/verified_logins.h"

#include <cstdlib>

#include <openssl/rand.h>

#include "reeve/base/digest.h"

namespace reeve::server {

VerifiedLogins::VerifiedLogins(double seconds, std::size_t most, const Clock& clock)
    : seconds_(seconds), most_(most), clock_(clock) {
  // Without random bytes no secret may be made, and nothing could be kept safely.
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) std::abort();
}

// Lengths are told, so that no two logins share a text.
std::string VerifiedLogins::Key(std::string_view name, std::string_view password,
                                std::string_view hash) const {
  std::string text(reinterpret_cast<const char*>(secret_.data()), secret_.size());
  for (const std::string_view part : {name, password, hash})
    text.append(std::to_string(part.size())).append(":").append(part);
  return Sha256(text);
}

bool VerifiedLogins::Has(std::string_view name, std::string_view password,
                         std::string_view hash) const {
  const std::string key = Key(name, password, hash);
  const std::lock_guard lock(mutex_);
  const auto found = until_.find(key);
  return found != until_.end() && clock_.MonotonicSeconds() < found->second;
}

void VerifiedLogins::Add(std::string_view name, std::string_view password, std::string_view hash) {
  std::string key = Key(name, password, hash);
  const double now = clock_.MonotonicSeconds();
  const std::lock_guard lock(mutex_);
  if (until_.size() >= most_)
    std::erase_if(until_, [&](const auto& entry) { return entry.second <= now; });
  // Still full: all of them are checked anew, which is rare and only slow.
  if (until_.size() >= most_) until_.clear();
  until_[std::move(key)] = now + seconds_;
}

}  // namespace reeve::server
