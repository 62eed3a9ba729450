#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reeve::learners {

/// A test that a level of a symmetric tree puts to every row.
struct SymmetricTest {
  /// Position in the list of features.
  std::size_t feature = 0;
  /// Rows whose bin is at most this go left.
  std::uint8_t last_left_bin = 0;
  bool missing_left = false;
};

/// Which leaf of a growing symmetric tree each row is in, and the rows of each leaf. Leaf l splits
/// into 2l (left) and 2l + 1.
class LeafPartition {
 public:
  explicit LeafPartition(std::size_t rows) : leaf_of_(rows), order_(rows) {}

  /// All rows into the one leaf of a tree without tests.
  void Reset();
  /// The same for another number of rows.
  void Reset(std::size_t rows);
  /// Puts a test to all rows; `bins` are those of its feature. REQUIRES: fewer than 256 leaves
  /// after it.
  void Split(std::span<const std::uint8_t> bins, const SymmetricTest& test);
  /// Sorts rows by leaf; within a leaf they keep their order.
  void Sort();

  std::size_t leaves() const { return leaves_; }
  std::span<const std::uint8_t> leaf_of() const { return leaf_of_; }
  /// After Sort: the rows of a leaf are order()[begin(leaf)] … order()[begin(leaf + 1) - 1].
  std::span<const std::uint32_t> order() const { return order_; }
  std::size_t begin(std::size_t leaf) const { return begins_[leaf]; }
  std::size_t size(std::size_t leaf) const { return begins_[leaf + 1] - begins_[leaf]; }

 private:
  std::vector<std::uint8_t> leaf_of_;
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> begins_;
  std::size_t leaves_ = 1;
};

}  // namespace reeve::learners
