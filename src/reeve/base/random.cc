#include "reeve/base/random.h"

#include <cmath>
#include <numbers>

namespace reeve {

double Random::Normal() {
  double u = Uniform();
  while (u <= 0) u = Uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * Uniform());
}

Random Random::Fork(std::string_view name, std::uint64_t index) const {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ state_;  // FNV-1a over the name, then the index
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  Random mixed(hash + index * 0x9E3779B97F4A7C15ULL);
  return Random(mixed.Next());
}

}  // namespace reeve
