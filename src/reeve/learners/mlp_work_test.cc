#include "reeve/learners/mlp_work.h"

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

TEST(MlpWorkTest, CountsTheWeightsOfEveryLayer) {
  EXPECT_EQ(MlpWeights(16, 26), 16 * 256 + 256 * 256 + 256 * 26);
  EXPECT_EQ(MlpWeights(3, 2, 1, 10), 3 * 10 + 10);
}

TEST(MlpWorkTest, FewRowsGetFewerUnits) {
  EXPECT_EQ(MlpUnits(3'000), 128);
  EXPECT_EQ(MlpUnits(20'000), 256);
}

TEST(MlpWorkTest, LargeTablesGetFewerPasses) {
  EXPECT_EQ(MlpEpochs(1'000, 70'000), 30);
  EXPECT_EQ(MlpEpochs(25'000, 100'000), 10);
  EXPECT_EQ(MlpEpochs(10'000'000, 1'000'000), 1);
}

}  // namespace
}  // namespace reeve::learners
