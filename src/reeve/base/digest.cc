#include "reeve/base/digest.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

#include "reeve/base/text.h"

namespace reeve {
namespace {

std::string_view AsText(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

class Sha256State {
 public:
  Sha256State() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
  ~Sha256State() { EVP_MD_CTX_free(context_); }
  Sha256State(const Sha256State&) = delete;
  Sha256State& operator=(const Sha256State&) = delete;

  void Add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
  std::string Finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_, digest.data(), &size);
    return Hex(AsText(digest.data(), size));
  }

 private:
  EVP_MD_CTX* context_;
};

}  // namespace

std::string Hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kHex[static_cast<unsigned char>(c) >> 4];
    hex += kHex[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

std::string Sha256(std::string_view bytes) {
  Sha256State state;
  state.Add(bytes);
  return state.Finish();
}

Result<std::string> Sha256OfFile(const std::string& path, std::uint64_t from, std::uint64_t most) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) {
    const int error = errno;
    const std::string message = Quote(path, 400) + " cannot be read: " + std::strerror(error);
    return error == ENOENT ? Status::NotFound(message) : Status::Io(message);
  }
  Sha256State state;
  std::array<char, 1 << 16> block;
  const bool is_there = ::fseeko(file.get(), static_cast<off_t>(from), SEEK_SET) == 0;
  while (is_there && most > 0) {
    const std::size_t wanted = std::min<std::uint64_t>(most, block.size());
    const std::size_t read = std::fread(block.data(), 1, wanted, file.get());
    if (read == 0) break;
    state.Add({block.data(), read});
    most -= read;
  }
  if (!is_there || std::ferror(file.get()))
    return Status::Io(Quote(path, 400) + " cannot be read to its end");
  return state.Finish();
}

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), mac.data(), &size);
  return std::string(AsText(mac.data(), size));
}

struct TableDigest::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() { XXH3_128bits_reset(xxh); }
  ~State() { XXH3_freeState(xxh); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

TableDigest::TableDigest() : state_(std::make_unique<State>()) {}
TableDigest::~TableDigest() = default;
TableDigest::TableDigest(TableDigest&&) noexcept = default;
TableDigest& TableDigest::operator=(TableDigest&&) noexcept = default;

void TableDigest::Add(std::string_view bytes) {
  XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
}

void TableDigest::AddText(std::string_view text) {
  std::array<char, 8> length;
  for (std::size_t i = 0; i < length.size(); ++i)
    length[i] = static_cast<char>((text.size() >> (8 * i)) & 0xFF);
  Add({length.data(), length.size()});
  Add(text);
}

std::string TableDigest::Hex() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_->xxh));
  return reeve::Hex(AsText(canonical.digest, sizeof canonical.digest));
}

}  // namespace reeve
