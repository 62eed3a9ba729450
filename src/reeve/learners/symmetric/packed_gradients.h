#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reeve::learners {

/// First and second derivatives of rows as whole numbers, both in one 64-bit word: the gradient in
/// the upper half, the hessian in the lower. Adding words adds both, exactly, in any order.
///
/// Units are powers of two chosen anew for every tree, so that the sums over all rows of an output
/// use about 30 bits: a rounding of 2^-31 of the sum of absolute values.
class PackedGradients {
 public:
  /// Row-major, `outputs` values a row.
  explicit PackedGradients(std::size_t outputs) : outputs_(outputs) {}

  /// REQUIRES: fewer than 2^29 rows; hessians are not negative.
  void Pack(std::span<const float> gradients, std::span<const float> hessians);

  std::span<const std::int64_t> words() const { return words_; }
  std::size_t outputs() const { return outputs_; }
  /// What one step of the gradients and of the hessians stands for.
  double gradient_unit() const { return gradient_unit_; }
  double hessian_unit() const { return hessian_unit_; }

 private:
  std::size_t outputs_;
  double gradient_unit_ = 1, hessian_unit_ = 1;
  std::vector<std::int64_t> words_;
};

/// The halves of a word or of a sum of words.
inline std::int32_t GradientOf(std::int64_t word) { return static_cast<std::int32_t>(word >> 32); }
inline std::int32_t HessianOf(std::int64_t word) {
  return static_cast<std::int32_t>(word & 0x7FFFFFFF);
}

}  // namespace reeve::learners
