#pragma once

#include <cstddef>

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
/// it fits into integers of 128 bits: a value below 1 times a power of ten is exact in them.
/// REQUIRES: IsPlainFraction(value), room for kMostRealBytes.
char* WriteFraction(double value, char* out);

}  // namespace reeve
