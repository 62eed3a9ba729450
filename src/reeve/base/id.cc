#include "reeve/base/id.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include <sys/random.h>

namespace reeve {

std::string NewId() {
  std::array<std::uint8_t, 16> bytes;
  // getrandom never fails or falls short for 16 bytes once the system is up.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (const std::uint8_t byte : bytes) {
    id += kHex[byte >> 4];
    id += kHex[byte & 15];
  }
  return id;
}

std::string NewUuid() {
  std::string id = NewId();
  for (const std::size_t position : {20, 16, 12, 8}) id.insert(position, 1, '-');
  return id;
}

}  // namespace reeve
