#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace reeve {

/// A small deterministic generator (SplitMix64, Steele et al. 2014): the same seed gives the same
/// numbers on every machine and compiler, unlike <random>'s distributions.
/// Not for secrets. Thread-compatible: give each task its own, derived with Fork.
class Random {
  __extension__ using Wide = unsigned __int128;

 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// Uniform over all 64-bit values.
  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, 1) with 53 bits.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  /// Uniform in [0, bound). REQUIRES: bound > 0. (Lemire's multiplication; bias below 2^-32.)
  std::uint64_t Below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<Wide>(Next()) * bound) >> 64);
  }
  /// Standard normal (Box-Muller, one value per call).
  double Normal();

  /// A generator for the task called `name` with number `index`: streams do not depend on the order
  /// in which tasks run.
  Random Fork(std::string_view name, std::uint64_t index = 0) const;

  /// Fisher-Yates.
  template <typename T>
  void Shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[Below(i)]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace reeve
