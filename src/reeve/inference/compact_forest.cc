#include "reeve/inference/compact_forest.h"

#include <algorithm>
#include <cmath>

#include "reeve/inference/compact_trees_writer.h"

namespace reeve::inference {
namespace {

Forest FrameOf(const CompactForest& forest) {
  return {.features = forest.features,
          .classes = forest.classes,
          .link = forest.link,
          .base_margin = forest.base_margin,
          .trees = {},
          .leaf_vectors = forest.leaf_vectors};
}

// Of a tree whose nodes are those of a valid one.
Status ValidateValues(const Tree& tree, std::size_t outputs) {
  const bool is_good =
      static_cast<std::size_t>(tree.output) < outputs &&
      std::all_of(tree.threshold.begin() + static_cast<std::ptrdiff_t>(tree.size() / 2),
                  tree.threshold.end(), [](float value) { return std::isfinite(value); });
  return is_good ? Status::Ok() : Status::Corrupt("forest: a leaf or an output that is none");
}

}  // namespace

CompactForest CompactForest::From(const Forest& forest) {
  CompactForest compact{.features = forest.features,
                        .classes = forest.classes,
                        .link = forest.link,
                        .base_margin = forest.base_margin,
                        .trees = {},
                        .leaf_vectors = forest.leaf_vectors};
  CompactTreesWriter writer(compact.layout());
  for (const Tree& tree : forest.trees) writer.Add(tree);
  compact.trees = writer.Take();
  return compact;
}

Forest CompactForest::Unpack() const {
  Forest forest = FrameOf(*this);
  forest.trees.reserve(trees.size());
  CompactTrees::Cursor cursor(trees);
  while (const Tree* const tree = cursor.Next()) forest.trees.push_back(*tree);
  return forest;
}

Status CompactForest::Validate() const {
  const Forest frame = FrameOf(*this);
  REEVE_RETURN_IF_ERROR(frame.ValidateFrame(trees.size()));
  CompactTrees::Cursor cursor(trees);
  while (const Tree* const tree = cursor.Next()) {
    REEVE_RETURN_IF_ERROR(cursor.has_same_shape() ? ValidateValues(*tree, outputs())
                                                  : frame.ValidateTree(*tree));
  }
  return Status::Ok();
}

}  // namespace reeve::inference
