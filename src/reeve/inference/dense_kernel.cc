#include "reeve/inference/dense_kernel.h"

#include <algorithm>

#include "reeve/base/portable_exp.h"

#if defined(__x86_64__)
#define REEVE_HAS_WIDE_VECTORS 1
#define REEVE_WITH_AVX2 __attribute__((target("avx2")))
#endif
#define REEVE_ALWAYS inline __attribute__((always_inline))

namespace reeve::inference {
namespace {

using Float4 = float __attribute__((vector_size(16), aligned(4), may_alias));
using Float8 = float __attribute__((vector_size(32), aligned(4), may_alias));

// The factors of a product and where it goes.
struct Product {
  const Strided* left;
  const Panels* right;
  const float* start;
  float* out;
  std::size_t out_stride;
};

// Rows of `product` from `row`, one panel: all sums stay in registers.
template <typename Vector, std::size_t kRows>
REEVE_ALWAYS void Tile(const Product& product, std::size_t row, std::size_t panel) {
  constexpr std::size_t kLanes = sizeof(Vector) / sizeof(float);
  constexpr std::size_t kVectors = kPanel / kLanes;
  const Strided left = *product.left;
  Vector sums[kRows][kVectors];
#pragma GCC unroll 16
  for (std::size_t v = 0; v < kVectors; ++v) {
    Vector first = {};
    if (product.start != nullptr)
      first = *reinterpret_cast<const Vector*>(product.start + panel * kPanel + v * kLanes);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kRows; ++i) sums[i][v] = first;
  }
  const float* from = left.values + row * left.row_stride;
  const float* right = product.right->panel(panel);
  for (std::size_t k = 0; k < left.columns; ++k) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Vector factors = *reinterpret_cast<const Vector*>(right + v * kLanes);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kRows; ++i) sums[i][v] += from[i * left.row_stride] * factors;
    }
    from += left.column_stride;
    right += kPanel;
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows; ++i) {
    float* const to = product.out + (row + i) * product.out_stride + panel * kPanel;
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v)
      *reinterpret_cast<Vector*>(to + v * kLanes) = sums[i][v];
  }
}

template <typename Vector, std::size_t kRows>
REEVE_ALWAYS void MultiplyLoop(const Product& product) {
  const std::size_t panels = Padded(product.right->columns()) / kPanel;
  for (std::size_t panel = 0; panel < panels; ++panel) {
    std::size_t row = 0;
    for (; row + kRows <= product.left->rows; row += kRows)
      Tile<Vector, kRows>(product, row, panel);
    for (; row < product.left->rows; ++row) Tile<Vector, 1>(product, row, panel);
  }
}

void MultiplyPortable(const Product& product) { MultiplyLoop<Float4, 2>(product); }

REEVE_ALWAYS float Sigmoid(float x) {
  const float size = x < 0 ? -x : x;
  const float e = SmallExp(-(size < 80 ? size : 80.0F));
  const float share = 1 / (1 + e);
  return x < 0 ? e * share : share;
}

REEVE_ALWAYS void SiluLoop(std::span<float> values, float* slopes) {
  for (std::size_t first = 0; first < values.size(); first += kPanel) {
    float* const at = values.data() + first;
    float sigmoids[kPanel];
    for (std::size_t i = 0; i < kPanel; ++i) sigmoids[i] = Sigmoid(at[i]);
    if (slopes != nullptr) {
      for (std::size_t i = 0; i < kPanel; ++i)
        slopes[first + i] = sigmoids[i] * (1 + at[i] * (1 - sigmoids[i]));
    }
    for (std::size_t i = 0; i < kPanel; ++i) at[i] *= sigmoids[i];
  }
}

#ifdef REEVE_HAS_WIDE_VECTORS
REEVE_WITH_AVX2 void MultiplyAvx2(const Product& product) { MultiplyLoop<Float8, 4>(product); }
REEVE_WITH_AVX2 void SiluAvx2(std::span<float> values, float* slopes) { SiluLoop(values, slopes); }
#endif

}  // namespace

VectorSet WidestVectors() {
#ifdef REEVE_HAS_WIDE_VECTORS
  static const VectorSet widest =
      __builtin_cpu_supports("avx2") != 0 ? VectorSet::kAvx2 : VectorSet::kPortable;
  return widest;
#else
  return VectorSet::kPortable;
#endif
}

void Panels::Pack(const Strided& matrix) {
  rows_ = matrix.rows;
  columns_ = matrix.columns;
  values_.resize(rows_ * Padded(columns_));
  float* to = values_.data();
  for (std::size_t first = 0; first < columns_; first += kPanel) {
    const std::size_t count = std::min(kPanel, columns_ - first);
    for (std::size_t k = 0; k < rows_; ++k, to += kPanel) {
      const float* const from =
          matrix.values + k * matrix.row_stride + first * matrix.column_stride;
      for (std::size_t n = 0; n < count; ++n) to[n] = from[n * matrix.column_stride];
      std::fill(to + count, to + kPanel, 0.0F);
    }
  }
}

void Multiply(const Strided& left, const Panels& right, const float* start, float* out,
              std::size_t out_stride, VectorSet vectors) {
  const Product product{&left, &right, start, out, out_stride};
#ifdef REEVE_HAS_WIDE_VECTORS
  if (vectors == VectorSet::kAvx2) return MultiplyAvx2(product);
#endif
  (void)vectors;
  MultiplyPortable(product);
}

void ApplySilu(std::span<float> values, float* slopes, VectorSet vectors) {
#ifdef REEVE_HAS_WIDE_VECTORS
  if (vectors == VectorSet::kAvx2) return SiluAvx2(values, slopes);
#endif
  (void)vectors;
  SiluLoop(values, slopes);
}

}  // namespace reeve::inference
