#include "reeve/inference/compact_trees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/inference/compact_forest.h"
#include "reeve/inference/test_forest.h"

namespace reeve::inference {
namespace {

// A tree as a picture of itself that does not depend on how its nodes are numbered.
void Describe(const Tree& tree, std::size_t node, std::vector<float>& out) {
  if (!tree.cover.empty()) out.push_back(tree.cover[node]);
  if (tree.left[node] < 0) {
    out.push_back(tree.leaf_vector.empty() ? tree.threshold[node]
                                           : static_cast<float>(tree.leaf_vector[node]));
    return;
  }
  out.push_back(static_cast<float>(tree.feature[node]));
  out.push_back(tree.default_left[node]);
  if (tree.category_set[node] < 0) {
    out.push_back(tree.threshold[node]);
  } else {
    for (const std::uint32_t word :
         tree.category_sets[static_cast<std::size_t>(tree.category_set[node])])
      out.push_back(static_cast<float>(word));
  }
  Describe(tree, static_cast<std::size_t>(tree.left[node]), out);
  Describe(tree, static_cast<std::size_t>(tree.right[node]), out);
}

std::vector<float> Picture(const Tree& tree) {
  std::vector<float> out = {static_cast<float>(tree.output)};
  Describe(tree, 0, out);
  return out;
}

void ExpectKept(const Forest& forest) {
  const CompactForest compact = CompactForest::From(forest);
  ASSERT_TRUE(compact.Validate().ok());
  const Forest unpacked = compact.Unpack();
  ASSERT_EQ(unpacked.trees.size(), forest.trees.size());
  for (std::size_t i = 0; i < forest.trees.size(); ++i)
    ASSERT_EQ(Picture(unpacked.trees[i]), Picture(forest.trees[i])) << i;
  EXPECT_EQ(CompactForest::From(unpacked).trees.bytes(), compact.trees.bytes());
}

TEST(CompactTreesTest, KeepsEveryTree) {
  for (const Link link : {Link::kLogistic, Link::kSoftmax, Link::kMean}) {
    for (const int depth : {0, 1, 5, 12})
      ExpectKept(TestForest(1, {.link = link, .depth = depth}).Take());
    for (const std::int64_t features : {1, 256, 257, 65'536, 65'537})
      ExpectKept(TestForest(2, {.features = features, .link = link}).Take());
  }
}

TEST(CompactTreesTest, KeepsEveryKindOfCovers) {
  for (const bool symmetric : {false, true}) {
    const Forest whole = TestForest(3, {.link = Link::kSoftmax, .symmetric = symmetric}).Take();
    // Small and larger whole numbers, fractions, sums that are none, nothing.
    for (const float factor : {1.0F, 100.0F, 1e6F, 0.3F}) {
      Forest forest = whole;
      for (Tree& tree : forest.trees) {
        for (float& cover : tree.cover) cover *= factor;
      }
      ExpectKept(forest);
      for (Tree& tree : forest.trees) tree.cover[0] += 1e5F;
      ExpectKept(forest);
      for (Tree& tree : forest.trees) tree.cover.clear();
      ExpectKept(forest);
    }
  }
}

TEST(CompactTreesTest, ClassesOfASymmetricRoundShareTheirTests) {
  const TestForestOptions options = {
      .link = Link::kSoftmax, .classes = 8, .trees = 80, .depth = 6, .symmetric = true};
  const CompactForest forest = CompactForest::From(TestForest(4, options).Take());
  // Two thirds of 64 leaves hold rows.
  const std::size_t values = 80 * 43 * 4;
  EXPECT_LT(forest.trees.bytes().size(), values + 10 * 110);
  CompactTrees::Cursor cursor(forest.trees);
  for (int i = 0; cursor.Next() != nullptr; ++i) EXPECT_EQ(cursor.has_same_shape(), i % 8 != 0);
}

TEST(CompactTreesTest, TreesThatDifferALittleShareNothing) {
  const Forest forest =
      TestForest(5, {.link = Link::kSoftmax, .trees = 2, .symmetric = true}).Take();
  const std::vector<void (*)(Tree&)> changes = {
      [](Tree& tree) { tree.output = 2; },
      [](Tree& tree) { tree.threshold[65] = 1; },  // a leaf without rows
      [](Tree& tree) { tree.cover[64] += 1; },
      [](Tree& tree) { tree.default_left[0] ^= 1; },
      [](Tree& tree) { tree.feature[0] = (tree.feature[0] + 1) % 5; },
      [](Tree& tree) { tree.threshold[1] = 17; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Forest changed = forest;
    changes[i](changed.trees[1]);
    ExpectKept(changed);
  }
}

TEST(CompactTreesTest, RefusesManyNodesForFewBytes) {
  // A complete tree of 2^31 leaves that are not there.
  ByteWriter writer;
  writer.Value<std::uint8_t>(0);
  writer.Value<std::int32_t>(0);
  writer.Value<std::uint32_t>(0xFFFFFFFFU);
  writer.Text(std::string(1000, '\xFF'));
  ByteReader reader(writer.bytes());
  EXPECT_EQ(CompactTrees::Read(reader, 1, {}).status().code(), StatusCode::kCorrupt);
  // A symmetric tree of 256 leaves, none of which has a value, for many classes.
  ByteWriter symmetric;
  symmetric.Value<std::uint8_t>(1);
  symmetric.Value<std::uint16_t>(60'000);
  symmetric.Value<std::int32_t>(0);
  symmetric.Value<std::uint8_t>(8);
  symmetric.Text(std::string(1 + 8 + 8 * 4 + 32 + 1, '\0'));
  ByteReader small(symmetric.bytes());
  EXPECT_EQ(CompactTrees::Read(small, 60'000, {}).status().message(),
            "model: a tree with too few leaves");
}

}  // namespace
}  // namespace reeve::inference
