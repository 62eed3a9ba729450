#include "reeve/inference/slice_program.h"

#include <algorithm>
#include <array>
#include <bit>

#include "reeve/inference/forest_tables.h"

namespace reeve::inference {
namespace {

// Numbers of leaves, from `begin` to `end`: a subtree has some of its own, and may leave some out.
struct Numbers {
  std::uint32_t begin = 0, end = 0;

  // The place where the numbers of two subtrees of so many leaves part: the roundest one. Within
  // such numbers fewer bits differ, and each that does costs an operation.
  std::uint32_t Part(std::uint32_t lower_leaves, std::uint32_t upper_leaves) const {
    const std::uint32_t first = begin + lower_leaves, last = end - upper_leaves;
    // Both agree above the highest bit in which they differ; there `last` has a one.
    const std::uint32_t differ = (first - 1) ^ last;
    return last & ~(std::bit_floor(differ) - 1);
  }
};

class Programmer {
 public:
  Programmer(const Tree& tree, std::span<const std::uint32_t> tests, const SparePlanes& spare,
             std::vector<std::uint32_t>& code)
      : tree_(tree), tests_(tests), spare_(spare), code_(code), leaf_counts_(tree.size(), 1) {
    // Children come after their parents.
    for (std::size_t node = tree.size(); node-- > 0;) {
      if (!IsLeaf(node)) leaf_counts_[node] = leaf_counts_[Left(node)] + leaf_counts_[Right(node)];
    }
    bits_ = static_cast<std::uint32_t>(LeafBits(leaf_counts_[0]));
    // A number that no leaf has stands for any leaf.
    std::size_t leaf = 0;
    while (!IsLeaf(leaf)) leaf = Left(leaf);
    leaves_.resize(std::size_t{1} << bits_, leaf);
  }

  std::vector<std::size_t> Run(std::uint32_t& spare_count) {
    const std::size_t count_at = code_.size();
    code_.push_back(0);
    const Number number = Append(0, {0, 1U << bits_}, 0);
    code_[count_at] = operations_;
    for (std::uint32_t bit = bits_; bit-- > 0;) code_.push_back(number[bit] * kPlaneUnit);
    spare_count = std::max(spare_count, spare_used_);
    return std::move(leaves_);
  }

 private:
  // The planes of a leaf's number, lowest bit first.
  using Number = std::array<std::uint32_t, kMostLeafBits>;

  bool IsLeaf(std::size_t node) const { return tree_.left[node] < 0; }
  std::size_t Left(std::size_t node) const { return static_cast<std::size_t>(tree_.left[node]); }
  std::size_t Right(std::size_t node) const { return static_cast<std::size_t>(tree_.right[node]); }

  // Numbers of the leaves below `node`, out of `numbers`. What is computed goes to the spare planes
  // of `frame`; those of earlier frames are kept.
  Number Append(std::size_t node, Numbers numbers, std::uint32_t frame) {
    if (IsLeaf(node)) {
      const std::uint32_t first = numbers.begin;
      leaves_[first] = node;
      Number number{};
      for (std::uint32_t bit = 0; bit < bits_; ++bit)
        number[bit] = (first >> bit & 1U) != 0 ? spare_.ones : spare_.zeros;
      return number;
    }
    const std::size_t left = Left(node), right = Right(node);
    // The left subtree has the lower numbers, unless it is rounder the other way.
    const std::uint32_t part = numbers.Part(leaf_counts_[left], leaf_counts_[right]);
    const std::uint32_t other_part = numbers.Part(leaf_counts_[right], leaf_counts_[left]);
    const bool is_left_lower = std::countr_zero(part) >= std::countr_zero(other_part);
    const Numbers lower{numbers.begin, is_left_lower ? part : other_part};
    const Numbers upper{lower.end, numbers.end};
    const Numbers of_left = is_left_lower ? lower : upper;
    const Numbers of_right = is_left_lower ? upper : lower;
    // The larger subtree first: then there are never more frames than bits, and one.
    const bool left_first = leaf_counts_[left] >= leaf_counts_[right];
    const Number one = left_first ? Append(left, of_left, frame) : Append(right, of_right, frame);
    const Number other =
        left_first ? Append(right, of_right, frame + 1) : Append(left, of_left, frame + 1);
    return Choose(tests_[node], left_first ? one : other, left_first ? other : one, frame);
  }

  Number Choose(std::uint32_t test, const Number& left, const Number& right, std::uint32_t frame) {
    Number number{};
    for (std::uint32_t bit = 0; bit < bits_; ++bit) {
      if (left[bit] == right[bit]) {
        number[bit] = left[bit];
      } else if (left[bit] == spare_.zeros && right[bit] == spare_.ones) {
        number[bit] = test;
      } else {
        const std::uint32_t place = frame * bits_ + bit;
        spare_used_ = std::max(spare_used_, place + 1);
        number[bit] = spare_.first_spare + place;
        code_.insert(code_.end(), {number[bit] * kPlaneUnit, test * kPlaneUnit,
                                   left[bit] * kPlaneUnit, right[bit] * kPlaneUnit});
        ++operations_;
      }
    }
    return number;
  }

  const Tree& tree_;
  std::span<const std::uint32_t> tests_;
  const SparePlanes& spare_;
  std::vector<std::uint32_t>& code_;
  std::vector<std::uint32_t> leaf_counts_;
  std::vector<std::size_t> leaves_;
  std::uint32_t bits_ = 1, operations_ = 0, spare_used_ = 0;
};

}  // namespace

int LeafBits(std::size_t leaves) {
  int bits = 1;
  while (std::size_t{1} << bits < leaves) ++bits;
  return bits;
}

std::vector<std::size_t> AppendSliceProgram(const Tree& tree, std::span<const std::uint32_t> tests,
                                            const SparePlanes& spare,
                                            std::vector<std::uint32_t>& code,
                                            std::uint32_t& spare_count) {
  return Programmer(tree, tests, spare, code).Run(spare_count);
}

}  // namespace reeve::inference
