#pragma once

#include <bit>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/inference/forest.h"
#include "reeve/table/matrix.h"

namespace reeve::inference {

/// The shape of random forests for tests.
struct TestForestOptions {
  /// Columns of the matrices it scores.
  std::int64_t features = 5;
  /// How sums become probabilities; kMean gives vector leaves.
  Link link = Link::kLogistic;
  /// Ignored by kLogistic.
  int classes = 4;
  /// With kSoftmax the classes take turns.
  int trees = 10;
  /// Levels below the root at most.
  int depth = 6;
  /// Chance that a node above the last level is a leaf already.
  double early_leaf = 0.2;
  /// Chance that a split is a set of categories.
  double sets = 0.2;
  /// Distinct thresholds of a feature; 0: as many as there are splits.
  int thresholds = 20;
  /// Words of the longest set of categories.
  int set_words = 2;
  /// Complete trees of `depth` levels with one threshold each, which the classes of a round share;
  /// every third leaf holds no rows. Not for kMean.
  bool symmetric = false;
};

/// Random forests for tests, and rows that go through all of them. The same seed gives the same
/// forest and the same rows, whatever machine it runs on, so that a failure can be looked at again.
/// Trees are not grown from any rows, which is why leaves that no row can reach occur: between two
/// thresholds on one feature of a path, or below a set of categories that holds every code. Engines
/// have to leave those alone too.
///
/// Values that the rules of forests are delicate about: thresholds and their neighbours, missing
/// and infinite values, category codes that exist, that do not, that are negative, huge or no whole
/// numbers.
class TestForest {
 public:
  TestForest(std::uint64_t seed, const TestForestOptions& options)
      : random_(seed), options_(options) {
    Start();
    for (int t = 0; t < options.trees; ++t)
      forest_.trees.push_back(options.symmetric ? GrowSymmetric() : GrowTree());
  }

  /// The forest: valid, with covers that fit each other.
  Forest Take() { return forest_; }

  /// Rows for it, drawn anew at each call.
  Matrix Rows(std::int64_t rows) {
    Matrix matrix(rows, std::vector<MatrixColumn>(static_cast<std::size_t>(options_.features)));
    for (std::int64_t j = 0; j < options_.features; ++j) {
      for (float& value : matrix.column(j)) value = Value();
    }
    return matrix;
  }

 private:
  // What all trees share: links, start values, and the thresholds that splits are drawn from.
  // Infinite ones stand among them, since "present against missing" is such a split.
  void Start() {
    forest_.features = options_.features;
    forest_.link = options_.link;
    forest_.classes = options_.link == Link::kLogistic ? 2 : options_.classes;
    const int outputs = options_.link == Link::kLogistic  ? 1
                        : options_.link == Link::kSoftmax ? options_.classes
                                                          : 0;
    for (int k = 0; k < outputs; ++k)
      forest_.base_margin.push_back(static_cast<float>(random_.Normal()));
    for (int i = 0; i < options_.thresholds; ++i)
      thresholds_.push_back(static_cast<float>(random_.Normal()));
    if (!thresholds_.empty()) {
      thresholds_[0] = 0;
      thresholds_.back() = -std::numeric_limits<float>::infinity();
      thresholds_[thresholds_.size() / 2] = std::numeric_limits<float>::infinity();
    }
  }

  // One of the shared thresholds, or one of its own.
  float Threshold() {
    if (options_.thresholds > 0) return thresholds_[random_.Below(thresholds_.size())];
    thresholds_.push_back(static_cast<float>(random_.Normal()));
    return thresholds_.back();
  }

  // A value of a row: now and then missing, odd, or at or beside a threshold; else a code or a
  // number.
  float Value() {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kOdd[] = {kInfinity, -kInfinity, -0.0F, -1.0F, -0.5F, 1.5F,
                              31.0F,     32.0F,      63.0F, 64.0F, 1e9F,  3e38F};
    const double kind = random_.Uniform();
    if (kind < 0.1) return std::numeric_limits<float>::quiet_NaN();
    if (kind < 0.15) return kOdd[random_.Below(std::size(kOdd))];
    if (kind < 0.3 && !thresholds_.empty()) {
      const float threshold = thresholds_[random_.Below(thresholds_.size())];
      const double way = random_.Uniform();
      if (way < 0.4) return threshold;
      return std::nextafter(threshold, way < 0.7 ? kInfinity : -kInfinity);
    }
    if (kind < 0.6) return static_cast<float>(random_.Below(70));
    return static_cast<float>(random_.Normal());
  }

  // A node that is a leaf as long as nobody splits it.
  std::int32_t AddNode(Tree& tree) {
    const bool is_mean = options_.link == Link::kMean;
    tree.left.push_back(-1);
    tree.right.push_back(-1);
    tree.feature.push_back(
        static_cast<std::int32_t>(random_.Below(static_cast<std::uint64_t>(options_.features))));
    tree.threshold.push_back(static_cast<float>(random_.Normal()));
    tree.default_left.push_back(static_cast<std::uint8_t>(random_.Below(2)));
    tree.category_set.push_back(-1);
    if (is_mean) tree.leaf_vector.push_back(-1);
    tree.cover.push_back(0);
    return static_cast<std::int32_t>(tree.left.size()) - 1;
  }

  // Gives a leaf two children, by a threshold or a set of categories.
  void Split(Tree& tree, std::size_t node) {
    const std::int32_t left = AddNode(tree), right = AddNode(tree);
    const bool swap = random_.Below(2) == 1;  // children need not be in order
    tree.left[node] = swap ? right : left;
    tree.right[node] = swap ? left : right;
    tree.threshold[node] = Threshold();
    if (random_.Uniform() >= options_.sets) return;
    tree.category_set[node] = static_cast<std::int32_t>(tree.category_sets.size());
    std::vector<std::uint32_t> words(
        random_.Below(static_cast<std::uint64_t>(options_.set_words) + 1));
    for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(random_.Next());
    tree.category_sets.push_back(words);
  }

  // Makes a node a leaf for good, with class shares where leaves have them.
  void Close(Tree& tree, std::size_t node) {
    if (options_.link != Link::kMean) return;
    tree.leaf_vector[node] =
        static_cast<std::int32_t>(forest_.leaf_vectors.size()) / forest_.classes;
    for (int k = 0; k < forest_.classes; ++k)
      forest_.leaf_vectors.push_back(static_cast<float>(random_.Uniform()));
  }

  // Level after level, children side by side; nothing but leaves where the round has a tree
  // already.
  Tree GrowSymmetric() {
    Tree tree;
    const auto class_count = static_cast<std::size_t>(forest_.classes);
    const std::size_t output =
        options_.link == Link::kSoftmax ? forest_.trees.size() % class_count : 0;
    if (output > 0) {
      tree = forest_.trees.back();
    } else {
      AddNode(tree);
      for (std::size_t node = 0; node + 1 < std::size_t{1} << options_.depth; ++node) {
        AddSymmetricSplit(tree, node);
      }
    }
    tree.output = static_cast<std::int32_t>(output);
    const std::size_t inner = tree.size() / 2;
    for (std::size_t leaf = inner; leaf < tree.size(); ++leaf) {
      const bool is_empty = (leaf - inner) % 3 == 2;
      tree.threshold[leaf] = is_empty ? 0 : static_cast<float>(random_.Normal());
    }
    if (output > 0) return tree;
    FillCovers(tree);
    for (std::size_t leaf = inner; leaf < tree.size(); ++leaf) {
      if ((leaf - inner) % 3 == 2) tree.cover[leaf] = 0;
    }
    AddCovers(tree);
    return tree;
  }

  // The test of the level's first node, drawn by that one.
  void AddSymmetricSplit(Tree& tree, std::size_t node) {
    tree.left[node] = AddNode(tree);
    tree.right[node] = AddNode(tree);
    const std::size_t first = std::bit_floor(node + 1) - 1;
    if (first == node) tree.threshold[node] = Threshold();
    tree.threshold[node] = tree.threshold[first];
    tree.feature[node] = tree.feature[first];
    tree.default_left[node] = tree.default_left[first];
  }

  // Splits node after node until none is left above the last level. Children come after their
  // parent.
  Tree GrowTree() {
    Tree tree;
    if (options_.link == Link::kSoftmax)
      tree.output = static_cast<std::int32_t>(forest_.trees.size()) % forest_.classes;
    std::vector<std::pair<std::int32_t, int>> open = {{AddNode(tree), options_.depth}};
    while (!open.empty()) {
      const auto [node, levels] = open.back();
      open.pop_back();
      const auto at = static_cast<std::size_t>(node);
      if (levels == 0 || random_.Uniform() < options_.early_leaf) {
        Close(tree, at);
        continue;
      }
      Split(tree, at);
      open.push_back({tree.left[at], levels - 1});
      open.push_back({tree.right[at], levels - 1});
    }
    FillCovers(tree);
    return tree;
  }

  // A leaf holds 1 to 20 rows.
  void FillCovers(Tree& tree) {
    for (std::size_t node = tree.size(); node-- > 0;) {
      if (tree.left[node] < 0) tree.cover[node] = static_cast<float>(1 + random_.Below(20));
    }
    AddCovers(tree);
  }

  // An inner node holds the rows of its children.
  static void AddCovers(Tree& tree) {
    for (std::size_t node = tree.size(); node-- > 0;) {
      if (tree.left[node] < 0) continue;
      tree.cover[node] = tree.cover[static_cast<std::size_t>(tree.left[node])] +
                         tree.cover[static_cast<std::size_t>(tree.right[node])];
    }
  }

  Random random_;
  TestForestOptions options_;
  Forest forest_;
  // That splits and rows share.
  std::vector<float> thresholds_;
};

}  // namespace reeve::inference
