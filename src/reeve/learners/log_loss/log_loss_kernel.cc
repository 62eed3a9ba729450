#include "reeve/learners/log_loss/log_loss_kernel.h"

#include <bit>
#include <cmath>

#include "reeve/base/portable_exp.h"
#include "reeve/learners/avx2_variant.h"

namespace reeve::learners {
namespace {

// Adding and subtracting it rounds a double below 2^51 to a whole number, half to even.
constexpr double kRounder = 0x1.8p52;

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

// ln(x) for 1 <= x < 2^1000.
REEVE_INLINE double Log(double x) {
  constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const double exponent = static_cast<double>(static_cast<std::int64_t>(bits >> 52) - 1023);
  const auto mantissa = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  return exponent * kLn2 + Log1p(mantissa - 1);
}

// What one step over kKernelRows rows works in. Short loops of constant length over it rather than
// one long loop: the processor then overlaps many elements, where one chain of operations would
// leave it waiting.
struct Step {
  double margin[kKernelRows], label[kKernelRows], weight[kKernelRows];
  // exp(-|margin|); 0 beyond the rows in use.
  double e[kKernelRows];
};

REEVE_INLINE void Load(const BinaryRows& rows, std::size_t first, std::size_t count, Step& step) {
  if (count == kKernelRows) {
    for (std::size_t i = 0; i < kKernelRows; ++i) step.margin[i] = rows.margins[first + i];
    for (std::size_t i = 0; i < kKernelRows; ++i) step.label[i] = rows.labels[first + i];
    for (std::size_t i = 0; i < kKernelRows && rows.weights != nullptr; ++i)
      step.weight[i] = rows.weights[first + i];
  } else {
    for (std::size_t i = 0; i < kKernelRows; ++i) {
      const bool used = i < count;
      step.margin[i] = used ? rows.margins[first + i] : 0;
      step.label[i] = used ? rows.labels[first + i] : 0;
      step.weight[i] = used && rows.weights != nullptr ? rows.weights[first + i] : 0;
    }
  }
  for (std::size_t i = 0; i < kKernelRows; ++i) {
    const double size = std::abs(step.margin[i]);
    step.e[i] = Exp<11>(-(size < 700 ? size : 700.0));
  }
  for (std::size_t i = count; i < kKernelRows; ++i) step.e[i] = 0;
}

// ln(1 + exp(-m)) for a positive, ln(1 + exp(m)) for a negative; the part that is linear in |m|.
REEVE_INLINE double LinearLoss(const Step& step, std::size_t i) {
  const double margin = step.margin[i], size = std::abs(margin), label = step.label[i];
  return 0.5 * (label * (size - margin) + (1 - label) * (size + margin));
}

constexpr std::size_t kLanes = 8;

REEVE_INLINE double SumLanes(const double* lanes) {
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// Logarithms add up to the logarithm of a product: one for 32 rows, each a factor of at most 2.
REEVE_INLINE double PlainLoss(const Step& step) {
  double linear[kLanes] = {}, product[kLanes] = {1, 1, 1, 1, 1, 1, 1, 1};
  for (std::size_t i = 0; i < kKernelRows; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      linear[lane] += LinearLoss(step, i + lane);
      product[lane] *= 1 + step.e[i + lane];
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) linear[lane] += Log(product[lane]);
  return SumLanes(linear);
}

REEVE_INLINE double WeightedLoss(const Step& step) {
  double sums[kLanes] = {};
  for (std::size_t i = 0; i < kKernelRows; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += step.weight[i + lane] * (Log1p(step.e[i + lane]) + LinearLoss(step, i + lane));
    }
  }
  return SumLanes(sums);
}

REEVE_INLINE void Derivatives(const BinaryRows& rows, const Step& step, float* gradients,
                              float* hessians) {
  const double quantum = rows.quantum, steps = 1 / quantum;
  for (std::size_t i = 0; i < kKernelRows; ++i) {
    const double weight = rows.weights == nullptr ? 1.0 : step.weight[i];
    const double share = 1 / (1 + step.e[i]);
    const double p = share * (step.margin[i] < 0 ? step.e[i] : 1.0);
    const double gradient = weight * (p - step.label[i]);
    const double hessian = weight * (step.e[i] * share * share);
    gradients[i] = static_cast<float>((gradient * steps + kRounder - kRounder) * quantum);
    // At least one step of the grid: a leaf's denominator is never 0.
    const double rounded = hessian * steps + kRounder - kRounder;
    hessians[i] = static_cast<float>((rounded > 1 ? rounded : 1.0) * quantum);
  }
}

REEVE_INLINE double BinaryLoop(const BinaryRows& rows, std::size_t count) {
  Step step;
  double loss = 0;
  for (std::size_t first = 0; first < count; first += kKernelRows) {
    const std::size_t used = count - first < kKernelRows ? count - first : kKernelRows;
    Load(rows, first, used, step);
    loss += rows.weights == nullptr ? PlainLoss(step) : WeightedLoss(step);
    if (rows.gradients == nullptr) continue;
    if (used == kKernelRows) {
      Derivatives(rows, step, rows.gradients + first, rows.hessians + first);
      continue;
    }
    float gradients[kKernelRows], hessians[kKernelRows];
    Derivatives(rows, step, gradients, hessians);
    for (std::size_t i = 0; i < used; ++i) {
      rows.gradients[first + i] = gradients[i];
      rows.hessians[first + i] = hessians[i];
    }
  }
  return loss;
}

REEVE_INLINE void ExpLoop(double* values) {
  for (std::size_t i = 0; i < kKernelRows; ++i)
    values[i] = Exp<11>(values[i] > -700 ? values[i] : -700.0);
}

REEVE_INLINE void RoundLoop(double* values, double quantum) {
  const double steps = 1 / quantum;
  for (std::size_t i = 0; i < kKernelRows; ++i)
    values[i] = (values[i] * steps + kRounder - kRounder) * quantum;
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 double BinaryAvx2(const BinaryRows& rows, std::size_t count) {
  return BinaryLoop(rows, count);
}
REEVE_AVX2 void ExpAvx2(double* values) { ExpLoop(values); }
REEVE_AVX2 void RoundAvx2(double* values, double quantum) { RoundLoop(values, quantum); }
#endif

}  // namespace

double BinaryLogLoss(const BinaryRows& rows, std::size_t count) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return BinaryAvx2(rows, count);
#endif
  return BinaryLoop(rows, count);
}

double BinaryLogLossPortable(const BinaryRows& rows, std::size_t count) {
  return BinaryLoop(rows, count);
}

void ExpOfNegative(double* values) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return ExpAvx2(values);
#endif
  ExpLoop(values);
}

void RoundToGrid(double* values, double quantum) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return RoundAvx2(values, quantum);
#endif
  RoundLoop(values, quantum);
}

}  // namespace reeve::learners
