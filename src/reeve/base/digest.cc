#include "reeve/base/digest.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <openssl/evp.h>
#include <xxhash.h>

#include "reeve/base/text.h"

namespace reeve {
namespace {

std::string Hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < size; ++i) {
    hex += kHex[bytes[i] >> 4];
    hex += kHex[bytes[i] & 15];
  }
  return hex;
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
    return Hex(digest.data(), size);
  }

 private:
  EVP_MD_CTX* context_;
};

}  // namespace

std::string Sha256(std::string_view bytes) {
  Sha256State state;
  state.Add(bytes);
  return state.Finish();
}

Result<std::string> Sha256OfFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) {
    const int error = errno;
    const std::string message = Quote(path, 400) + " cannot be read: " + std::strerror(error);
    return error == ENOENT ? Status::NotFound(message) : Status::Io(message);
  }
  Sha256State state;
  std::array<char, 1 << 16> block;
  std::size_t read = 0;
  while ((read = std::fread(block.data(), 1, block.size(), file.get())) > 0)
    state.Add({block.data(), read});
  if (std::ferror(file.get())) return Status::Io(Quote(path, 400) + " cannot be read to its end");
  return state.Finish();
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
  return reeve::Hex(canonical.digest, sizeof canonical.digest);
}

}  // namespace reeve
