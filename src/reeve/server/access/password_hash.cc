#include "reeve/server/access/password_hash.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::server {
namespace {

constexpr std::string_view kMethod = "scrypt:32768:8:1";
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kScryptBytes = 64;
constexpr std::int64_t kMostMemory = 256 << 20;
constexpr std::int64_t kMostIterations = 10'000'000;

struct HashParts {
  std::vector<std::string> method;
  std::string_view salt, digest;
};

std::optional<HashParts> SplitHash(std::string_view hash) {
  const std::size_t first = hash.find('$');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = hash.find('$', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return HashParts{.method = Split(std::string(hash.substr(0, first)), ':'),
                   .salt = hash.substr(first + 1, second - first - 1),
                   .digest = hash.substr(second + 1)};
}

std::string Hex(const std::vector<unsigned char>& bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Nothing for costs that are none, or beyond reason.
std::optional<std::string> Scrypt(std::string_view password, const HashParts& parts) {
  if (parts.method.size() != 4) return std::nullopt;
  std::array<std::int64_t, 3> cost{};
  for (std::size_t i = 0; i < cost.size(); ++i) {
    const auto number = ParseInteger(parts.method[i + 1]);
    if (!number || *number < 1 || *number > (1 << 20)) return std::nullopt;
    cost[i] = *number;
  }
  const auto [n, r, p] = cost;
  // Bounded one by one above, so that the product fits.
  if (r > 64 || p > 16 || 128 * n * r * p > kMostMemory) return std::nullopt;
  std::vector<unsigned char> key(kScryptBytes);
  const int done = EVP_PBE_scrypt(
      password.data(), password.size(), Bytes(parts.salt), parts.salt.size(),
      static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(p),
      static_cast<std::uint64_t>(2 * kMostMemory), key.data(), key.size());
  if (done != 1) return std::nullopt;
  return Hex(key);
}

std::optional<std::string> Pbkdf2(std::string_view password, const HashParts& parts) {
  if (parts.method.size() != 3) return std::nullopt;
  const EVP_MD* const digest = parts.method[1] == "sha256"   ? EVP_sha256()
                               : parts.method[1] == "sha512" ? EVP_sha512()
                                                             : nullptr;
  const auto iterations = ParseInteger(parts.method[2]);
  if (digest == nullptr || !iterations || *iterations < 1 || *iterations > kMostIterations)
    return std::nullopt;
  std::vector<unsigned char> key(static_cast<std::size_t>(EVP_MD_size(digest)));
  const int done =
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), Bytes(parts.salt),
                        static_cast<int>(parts.salt.size()), static_cast<int>(*iterations), digest,
                        static_cast<int>(key.size()), key.data());
  if (done != 1) return std::nullopt;
  return Hex(key);
}

std::optional<std::string> Digest(std::string_view password, const HashParts& parts) {
  if (parts.method[0] == "scrypt") return Scrypt(password, parts);
  if (parts.method[0] == "pbkdf2") return Pbkdf2(password, parts);
  return std::nullopt;
}

}  // namespace

Result<std::string> HashPassword(std::string_view password) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-";
  static_assert(kLetters.size() == 64);
  std::array<unsigned char, kSaltSize> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    return Status::Internal("the system gives no random bytes for a password's salt");
  std::string salt;
  for (const unsigned char byte : random) salt.push_back(kLetters[byte % kLetters.size()]);
  const auto digest =
      Scrypt(password, {.method = Split(std::string(kMethod), ':'), .salt = salt, .digest = {}});
  if (!digest) return Status::Internal("scrypt failed: is there memory for it (32 MiB)?");
  return std::string(kMethod) + "$" + salt + "$" + *digest;
}

bool IsPassword(std::string_view password, std::string_view hash) {
  const auto parts = SplitHash(hash);
  if (!parts) return false;
  const auto digest = Digest(password, *parts);
  return digest && digest->size() == parts->digest.size() &&
         CRYPTO_memcmp(digest->data(), parts->digest.data(), digest->size()) == 0;
}

std::string_view NobodysHash() {
  return "scrypt:32768:8:1$0000000000000000$"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000";
}

}  // namespace reeve::server
