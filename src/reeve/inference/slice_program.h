#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/inference/forest.h"

namespace reeve::inference {

/// Where a program finds planes besides those of the tests.
struct SparePlanes {
  /// All bits 0, all bits 1.
  std::uint32_t zeros = 0, ones = 0;
  /// From here on planes may be overwritten.
  std::uint32_t first_spare = 0;
};

/// Bits that tell `leaves` leaves apart, at least one.
int LeafBits(std::size_t leaves);

/// Appends a deep tree as a program over planes: leaves are numbered so that few bits
/// differ within a subtree, some numbers left out, and from the bottom up each node chooses, bit by
/// bit, between the number that the left and the right subtree give, where they differ. A node
/// costs as many operations as there are such bits, two or three for most, however lopsided the
/// tree is.
///
/// What is appended: the number of operations; of each where its result goes, its test's plane, the
/// plane for rows that go left and the one for rows that go right; then the planes of the leaf's
/// number, highest bit first. All planes in units of kPlaneUnit. `tests` gives the plane of each
/// inner node's test.
///
/// Returns a leaf (a node of `tree`) for each number, also those that no row comes to.
/// `spare_count` grows to the spare planes used.
std::vector<std::size_t> AppendSliceProgram(const Tree& tree, std::span<const std::uint32_t> tests,
                                            const SparePlanes& spare,
                                            std::vector<std::uint32_t>& code,
                                            std::uint32_t& spare_count);

}  // namespace reeve::inference
