#include "reeve/learners/xgboost/log_loss_kernel.h"

#include <bit>
#include <cmath>

// Each kernel is compiled for the processor at hand and once more for AVX2; loops of constant
// length become vectors by themselves. No fused multiply-add (toolchain.cmake), so both agree.
#if defined(__x86_64__)
#define REEVE_HAS_AVX2_VARIANT 1
#define REEVE_AVX2 __attribute__((target("avx2")))
#endif
#define REEVE_INLINE inline __attribute__((always_inline))

namespace reeve::learners {
namespace {

// Adding and subtracting it rounds a double below 2^51 to a whole number, half to even.
constexpr double kRounder = 0x1.8p52;

// exp(x) for -700 <= x <= 0: x = k ln 2 + r, a Taylor polynomial for e^r, k put into the exponent.
REEVE_INLINE double Exp(double x) {
  constexpr double kLog2E = 0x1.71547652b82fep+0;
  // ln 2 in two parts; the first has few enough digits that k times it is exact.
  constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;
  const double shifted = x * kLog2E + kRounder;
  const double k = shifted - kRounder;
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double e = 1.0 / 39916800;
  e = e * r + 1.0 / 3628800;
  e = e * r + 1.0 / 362880;
  e = e * r + 1.0 / 40320;
  e = e * r + 1.0 / 5040;
  e = e * r + 1.0 / 720;
  e = e * r + 1.0 / 120;
  e = e * r + 1.0 / 24;
  e = e * r + 1.0 / 6;
  e = e * r + 0.5;
  e = e * r + 1;
  e = e * r + 1;
  const std::uint64_t exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  return e * std::bit_cast<double>(exponent);
}

// ln(1 + e) for 0 <= e <= 1, by the series of 2 artanh(e / (2 + e)).
REEVE_INLINE double Log1p(double e) {
  const double s = e / (2 + e), q = s * s;
  double sum = 1.0 / 25;
  sum = sum * q + 1.0 / 23;
  sum = sum * q + 1.0 / 21;
  sum = sum * q + 1.0 / 19;
  sum = sum * q + 1.0 / 17;
  sum = sum * q + 1.0 / 15;
  sum = sum * q + 1.0 / 13;
  sum = sum * q + 1.0 / 11;
  sum = sum * q + 1.0 / 9;
  sum = sum * q + 1.0 / 7;
  sum = sum * q + 1.0 / 5;
  sum = sum * q + 1.0 / 3;
  sum = sum * q + 1;
  return 2 * s * sum;
}

// Three short loops rather than one: the processor then overlaps many elements, where one long
// chain of operations would leave it waiting.
REEVE_INLINE void BinaryLoop(BinaryBlock& block) {
  double e[kKernelRows];
  for (std::size_t i = 0; i < kKernelRows; ++i) {
    const double size = std::abs(block.margin[i]);
    e[i] = Exp(-(size < 700 ? size : 700.0));
  }
  for (std::size_t i = 0; i < kKernelRows; ++i) block.loss[i] = Log1p(e[i]);
  for (std::size_t i = 0; i < kKernelRows; ++i) {
    const double margin = block.margin[i], label = block.label[i], weight = block.weight[i];
    const double size = std::abs(margin), share = 1 / (1 + e[i]);
    const double p = share * (margin < 0 ? e[i] : 1.0);
    block.gradient[i] = weight * (p - label);
    block.hessian[i] = weight * (e[i] * share * share);
    // ln(1 + exp(-m)) for a positive, ln(1 + exp(m)) for a negative; the large part is linear.
    const double linear = label * (size - margin) + (1 - label) * (size + margin);
    block.loss[i] = weight * (block.loss[i] + linear * 0.5);
  }
}

REEVE_INLINE void ExpLoop(double* values) {
  for (std::size_t i = 0; i < kKernelRows; ++i)
    values[i] = Exp(values[i] > -700 ? values[i] : -700.0);
}

REEVE_INLINE void RoundLoop(double* values, double quantum) {
  const double steps = 1 / quantum;
  for (std::size_t i = 0; i < kKernelRows; ++i)
    values[i] = (values[i] * steps + kRounder - kRounder) * quantum;
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 void BinaryAvx2(BinaryBlock& block) { BinaryLoop(block); }
REEVE_AVX2 void ExpAvx2(double* values) { ExpLoop(values); }
REEVE_AVX2 void RoundAvx2(double* values, double quantum) { RoundLoop(values, quantum); }
#endif

bool UsesAvx2() {
#ifdef REEVE_HAS_AVX2_VARIANT
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
#else
  return false;
#endif
}

}  // namespace

void BinaryLogLoss(BinaryBlock& block) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (UsesAvx2()) return BinaryAvx2(block);
#endif
  BinaryLoop(block);
}

void BinaryLogLossPortable(BinaryBlock& block) { BinaryLoop(block); }

void ExpOfNegative(double* values) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (UsesAvx2()) return ExpAvx2(values);
#endif
  ExpLoop(values);
}

void RoundToGrid(double* values, double quantum) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (UsesAvx2()) return RoundAvx2(values, quantum);
#endif
  RoundLoop(values, quantum);
}

}  // namespace reeve::learners
