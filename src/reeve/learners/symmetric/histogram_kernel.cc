#include "reeve/learners/symmetric/histogram_kernel.h"

#include "reeve/learners/avx2_variant.h"
#include "reeve/learners/symmetric/packed_gradients.h"

namespace reeve::learners {
namespace {

REEVE_INLINE void AddRow(const RowWords& from, std::size_t row, std::int64_t* histogram) {
  const std::uint16_t* const places = from.places + row * from.features;
  const std::int64_t* const words = from.words + row * from.outputs;
  for (std::size_t j = 0; j < from.features; ++j) {
    std::int64_t* const __restrict sums = histogram + places[j] * from.outputs;
    for (std::size_t k = 0; k < from.outputs; ++k) sums[k] += words[k];
  }
}

REEVE_INLINE void AddRows(const RowWords& from, std::span<const std::uint32_t> rows,
                          std::int64_t* histogram) {
  for (const std::uint32_t row : rows) AddRow(from, row, histogram);
}

REEVE_INLINE void AddAll(const RowWords& from, std::size_t count, std::int64_t* histogram) {
  for (std::size_t row = 0; row < count; ++row) AddRow(from, row, histogram);
}

REEVE_INLINE void SumUp(const std::int64_t* __restrict histogram, std::size_t bins,
                        std::span<std::int64_t> sums, std::int32_t* __restrict gradients,
                        std::int32_t* __restrict hessians) {
  const std::size_t outputs = sums.size();
  std::int64_t* const __restrict running = sums.data();
  for (std::size_t at = 0; at < bins * outputs; at += outputs) {
    for (std::size_t k = 0; k < outputs; ++k) {
      const std::int64_t sum = running[k] + histogram[at + k];
      running[k] = sum;
      gradients[at + k] = GradientOf(sum);
      hessians[at + k] = HessianOf(sum);
    }
  }
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 void AddRowsAvx2(const RowWords& from, std::span<const std::uint32_t> rows,
                            std::int64_t* histogram) {
  AddRows(from, rows, histogram);
}
REEVE_AVX2 void AddAllAvx2(const RowWords& from, std::size_t count, std::int64_t* histogram) {
  AddAll(from, count, histogram);
}
REEVE_AVX2 void SumUpAvx2(const std::int64_t* histogram, std::size_t bins,
                          std::span<std::int64_t> sums, std::int32_t* gradients,
                          std::int32_t* hessians) {
  SumUp(histogram, bins, sums, gradients, hessians);
}
#endif

}  // namespace

void AddRowWords(const RowWords& from, std::span<const std::uint32_t> rows,
                 std::int64_t* histogram) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return AddRowsAvx2(from, rows, histogram);
#endif
  AddRows(from, rows, histogram);
}

void AddAllRowWords(const RowWords& from, std::size_t count, std::int64_t* histogram) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return AddAllAvx2(from, count, histogram);
#endif
  AddAll(from, count, histogram);
}

void SumUpBins(const std::int64_t* histogram, std::size_t bins, std::span<std::int64_t> running,
               std::int32_t* gradients, std::int32_t* hessians) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return SumUpAvx2(histogram, bins, running, gradients, hessians);
#endif
  SumUp(histogram, bins, running, gradients, hessians);
}

}  // namespace reeve::learners
