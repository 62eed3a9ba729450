#pragma once

#include <cstddef>
#include <cstdint>

namespace reeve::inference {

/// What the bytes of a forest's trees leave out because the forest says it.
struct TreeLayout {
  /// Columns of the forest's matrices: how many bytes a feature takes follows from it.
  std::int64_t features = 1;
  /// Leaves name rows of class shares (kMean) instead of having values.
  bool has_vector_leaves = false;

  std::size_t feature_bytes() const { return features <= 0x100 ? 1 : features <= 0x10000 ? 2 : 4; }
};

// The numbers of docs/formats/model.md.

enum class TreeForm : std::uint8_t { kGeneral = 0, kSymmetric = 1 };

/// How the covers of a tree are written. All but kOfNodes leave out inner nodes, whose covers are
/// the sums of their children's.
enum class CoverForm : std::uint8_t {
  kNone = 0,
  kOfNodes = 1,
  kOfLeaves = 2,
  kWhole16 = 3,
  kWhole8 = 4
};

/// Deeper trees are written in the general form: 2^depth leaves want few bytes to pay for them.
inline constexpr std::size_t kMostSymmetricDepth = 8;
/// Of the leaves of a symmetric tree one in so many has to be there, so that a small file stays a
/// small forest.
inline constexpr std::size_t kMostLeavesPerValue = 4;

}  // namespace reeve::inference
