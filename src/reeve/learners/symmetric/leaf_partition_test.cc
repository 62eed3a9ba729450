#include "reeve/learners/symmetric/leaf_partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/learners/quantised.h"

namespace reeve::learners {
namespace {

using testing::ElementsAre;

TEST(LeafPartitionTest, EachTestHalvesTheLeavesInOrder) {
  LeafPartition rows(6);
  rows.Reset();
  const std::vector<std::uint8_t> first = {0, 3, 1, kMissingBin, 2, 0};
  rows.Split(first, {.last_left_bin = 1, .missing_left = false});
  EXPECT_THAT(rows.leaf_of(), ElementsAre(0, 1, 0, 1, 1, 0));
  const std::vector<std::uint8_t> second = {kMissingBin, 0, 9, 0, 9, 254};
  rows.Split(second, {.last_left_bin = 8, .missing_left = true});
  EXPECT_THAT(rows.leaf_of(), ElementsAre(0, 2, 1, 2, 3, 1));
  rows.Sort();
  EXPECT_THAT(rows.order(), ElementsAre(0, 2, 5, 1, 3, 4));
  EXPECT_EQ(rows.leaves(), 4u);
  EXPECT_EQ(rows.begin(2), 3u);
  EXPECT_EQ(rows.size(2), 2u);
  EXPECT_EQ(rows.begin(4), 6u);
  rows.Reset();
  EXPECT_EQ(rows.leaves(), 1u);
  EXPECT_THAT(rows.order(), ElementsAre(0, 1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace reeve::learners
