#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// Loops that are compiled for the processor that everything is compiled for, and once more for
// vectors of 512 bits (x86-64-v4, about). No fused multiply-add (toolchain.cmake), so both give the
// same bits. For short loops over columns; whoever has one compiles its source with -O3.

#if defined(__x86_64__)
#ifdef __clang__
#define REEVE_WIDE_TARGET target("avx2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")
#else
#define REEVE_WIDE_TARGET \
  target("avx2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,prefer-vector-width=512")
#endif
#define REEVE_WIDE __attribute__((noinline, REEVE_WIDE_TARGET))
/// Of what such a function calls, where it is made of vectors itself.
#define REEVE_WIDE_PART inline __attribute__((always_inline, REEVE_WIDE_TARGET))
#endif
/// Of a loop, and of what it calls.
#define REEVE_LOOP inline __attribute__((always_inline))

namespace reeve {

/// The bits of 64 rows, for loops that collect one of each: a shift by the row's number would be
/// done in lanes of half the width.
inline constexpr auto kRowBits = [] {
  std::array<std::uint64_t, 64> bits{};
  for (std::size_t row = 0; row < bits.size(); ++row) bits[row] = std::uint64_t{1} << row;
  return bits;
}();

#ifdef REEVE_WIDE
/// Whether this processor runs the wide form.
inline bool HasWideVectors() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512cd") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return has;
}

/// The wide form. REQUIRES: HasWideVectors().
template <auto kLoop, typename... Args>
REEVE_WIDE auto RunWideLoop(Args... args) {
  return kLoop(args...);
}
#else
inline bool HasWideVectors() { return false; }
#endif

/// kLoop(args...), a REEVE_LOOP, in the form that is best here. Arguments are copied.
template <auto kLoop, typename... Args>
auto RunLoop(Args... args) {
#ifdef REEVE_WIDE
  if (HasWideVectors()) return RunWideLoop<kLoop>(args...);
#endif
  return kLoop(args...);
}

}  // namespace reeve
