#pragma once

#include <cstddef>
#include <span>

#include "reeve/inference/cache_lines.h"

namespace reeve::inference {

/// The loops of layers that join every input with every output, for scoring, learning and
/// explaining. Every sum is formed in the order of its terms, multiplication and addition each
/// rounded by themselves: the same bits with any width of vector, with one row or many.

/// Outputs stand together in panels of this many; rows of floats are padded to a multiple of it.
inline constexpr std::size_t kPanel = 16;
constexpr std::size_t Padded(std::size_t count) { return (count + kPanel - 1) / kPanel * kPanel; }

/// Instructions that a kernel may use.
enum class VectorSet { kPortable, kAvx2 };
/// The widest that this processor has.
VectorSet WidestVectors();

/// A matrix of floats somewhere in memory: the element in row i and column j is
/// values[i * row_stride + j * column_stride]. Not owned.
struct Strided {
  const float* values = nullptr;
  std::size_t rows = 0, columns = 0;
  std::size_t row_stride = 0, column_stride = 1;

  Strided Transposed() const { return {values, columns, rows, column_stride, row_stride}; }
};

/// The right factor of a product, as the kernel reads it: panels of columns, each row after row.
/// Columns beyond the last are 0. Owns its values.
class Panels {
 public:
  Panels() = default;
  explicit Panels(const Strided& matrix) { Pack(matrix); }
  /// Takes other values, in the same memory where that is large enough.
  void Pack(const Strided& matrix);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  /// Row-major, rows() x kPanel values. REQUIRES: index < Padded(columns()) / kPanel.
  const float* panel(std::size_t index) const { return values_.data() + index * rows_ * kPanel; }

 private:
  std::size_t rows_ = 0, columns_ = 0;
  CacheLines<float> values_;
};

/// out[i * out_stride + n] = start[n] + the sum over k, rising, of left(i, k) x right(k, n), for
/// n < Padded(right.columns()). `start` is null for 0, else as long.
/// REQUIRES: left.columns == right.rows(), out_stride >= Padded(right.columns()).
void Multiply(const Strided& left, const Panels& right, const float* start, float* out,
              std::size_t out_stride, VectorSet vectors = WidestVectors());

/// values[i] = values[i] x sigmoid(values[i]), the sigmoid linear unit ("SiLU": Elfwing, Uchibe and
/// Doya 2018, "Sigmoid-weighted linear units"); `slopes`, where it is not null, takes the
/// derivatives. Our own exponential, so that the bits are the same everywhere. 0 stays 0.
/// REQUIRES: a multiple of kPanel values.
void ApplySilu(std::span<float> values, float* slopes, VectorSet vectors = WidestVectors());

}  // namespace reeve::inference
