#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "reeve/inference/compact_trees.h"

namespace reeve::inference {

/// Makes CompactTrees, a tree at a time, whatever forms suit them. A symmetric tree that differs
/// from the one before in its values alone, and adds to the next output, is written as these values
/// behind it. One thread at a time.
class CompactTreesWriter {
 public:
  explicit CompactTreesWriter(const TreeLayout& layout);

  /// REQUIRES: a tree that Forest::Validate takes.
  void Add(const Tree& tree);
  /// What was added. The writer is not to be used afterwards.
  CompactTrees Take();

 private:
  bool AddAsSymmetric(const Tree& tree);
  bool Continues(const Tree& tree) const;
  void AddSymmetric(const Tree& tree);
  void ChooseLeaves(const Tree& tree);
  void AddGeneral(const Tree& tree);
  void AddTests(const Tree& tree);
  void AddValues(const Tree& tree);
  void AddCovers(const Tree& tree);
  void AddFeature(std::int32_t feature);

  TreeLayout layout_;
  ByteWriter bytes_;
  std::size_t size_ = 0;
  /// The last tree where it was symmetric, its leaves that values are written for, how many trees
  /// share its shape and where that is written.
  Tree shape_;
  std::vector<std::uint32_t> leaves_;
  std::uint16_t sharing_ = 0;
  std::size_t sharing_at_ = 0;
};

}  // namespace reeve::inference
