#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/inference/byte_stream.h"
#include "reeve/inference/compact_layout.h"
#include "reeve/inference/forest.h"

namespace reeve::inference {

/// Trees as the bytes that model.reeve holds of them (docs/formats/model.md), to be gone through
/// from the first to the last: 9 bytes a node, and for symmetric trees, whose levels have one test
/// each, 4 bytes a leaf and the tests once for all classes of a round. Nodes are numbered level by
/// level, and leaves keep no feature; else every tree comes back bit for bit. Immutable.
class CompactTrees {
 public:
  class Cursor;

  CompactTrees() = default;
  /// Takes the bytes of `count` trees off `from`. Fails with kCorrupt when sizes lie or nodes are
  /// no trees; what features, sets and values say is left to CompactForest::Validate.
  static Result<CompactTrees> Read(ByteReader& from, std::uint64_t count, const TreeLayout& layout);

  std::size_t size() const { return size_; }
  const std::string& bytes() const { return bytes_; }

 private:
  friend class CompactTreesWriter;
  TreeLayout layout_;
  std::size_t size_ = 0;
  std::string bytes_;
};

/// Goes through trees, which have to outlive it.
class CompactTrees::Cursor {
 public:
  explicit Cursor(const CompactTrees& trees);

  /// The next tree, good until the next call; null behind the last one.
  const Tree* Next();
  /// Whether the tree that Next gave differs from the one before in its output and its leaves'
  /// values alone.
  bool has_same_shape() const { return has_same_shape_; }

 private:
  friend class CompactTrees;
  Cursor(std::string_view bytes, const TreeLayout& layout, std::uint64_t count);

  Status Read();
  Status ReadSymmetric();
  Status ReadMask(std::size_t leaves);
  Status ReadLevels(std::size_t depth, std::uint32_t defaults);
  Status ReadValues();
  Status ReadGeneral();
  Status ReadStructure(std::size_t nodes);
  Status ReadTests(const std::vector<std::size_t>& inner);
  Status ReadSets(const std::vector<std::size_t>& with_sets);
  Status ReadLeaves();
  Status ReadCovers();
  template <typename T>
  Status ReadLeafCovers();
  Status ReadFeatures(std::size_t count);
  void Resize(std::size_t nodes);

  ByteReader bytes_;
  TreeLayout layout_;
  std::uint64_t left_ = 0;
  /// Trees of the group at hand that are still to come.
  std::uint32_t left_in_group_ = 0;
  bool has_same_shape_ = false;
  /// Leaves of the shape at hand that values and covers are there for.
  std::vector<std::uint32_t> leaves_;
  std::vector<std::int32_t> features_;
  std::vector<float> numbers_;
  Tree tree_;
};

}  // namespace reeve::inference
