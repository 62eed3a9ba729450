#pragma once

#include <cstddef>
#include <cstdint>

namespace reeve {

/// AppendReal (number.h) into memory of the caller's, for answers with many numbers; gives the end.
/// REQUIRES: finite, room for kMostRealBytes.
inline constexpr std::size_t kMostRealBytes = 32;
char* WriteReal(double value, char* out);

// Probabilities, which such answers are made of, have a way of their own.

/// True for what WriteFraction takes: 0.0001 <= value < 1 that is no power of two (below one of
/// those, doubles are denser than above it).
bool IsPlainFraction(double value);

/// Writes the shortest text that reads back as exactly `value` ("0.85"), of several the nearest;
/// gives its end. The way of Giulietti, "The Schubfach way to render doubles" (2020), where all of
/// it fits into few words: a value below 1 times a power of ten is exact in them.
/// REQUIRES: IsPlainFraction(value), room for kMostRealBytes.
char* WriteFraction(double value, char* out);

/// Texts of many numbers, most of which are plain fractions: their digits are found side by side.
class FractionTexts {
 public:
  static constexpr std::size_t kMost = 64;
  /// What a text is put together from.
  struct Parts {
    /// How many digits stand behind the point, 0: no plain fraction.
    std::uint64_t places[kMost];
    /// The bytes before its last sixteen, and these, eight and eight.
    std::uint64_t firsts[kMost], highs[kMost], lows[kMost];
  };

  /// Looks at `count` numbers, which stand `stride` apart. REQUIRES: count <= kMost.
  void Read(const double* values, std::size_t stride, std::size_t count);
  /// WriteReal of the i-th, which is `value`.
  char* Write(std::size_t i, double value, char* out) const {
    return parts_.places[i] == 0 ? WriteReal(value, out) : WritePlain(i, out);
  }

 private:
  char* WritePlain(std::size_t i, char* out) const;

  Parts parts_;
};

}  // namespace reeve
