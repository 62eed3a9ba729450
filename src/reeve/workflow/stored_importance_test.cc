#include "reeve/workflow/stored_importance.h"

#include <gtest/gtest.h>

namespace reeve::workflow {
namespace {

TEST(StoredImportanceTest, BestMeasureFirst) {
  const auto tables = StoredImportance(R"({"metric":"auc","importance":[["a",0.7],["b",0.3]],
      "permutation_importance":{"kind":"permutation","metric":"auc","score":0.9,"rows":"test",
      "row_count":20,"columns":[{"column":"b","importance":0.1,"ci":[0,0.2]}]}})");
  ASSERT_TRUE(tables.ok()) << tables.status().message();
  ASSERT_EQ(tables->size(), 2u);
  EXPECT_EQ((*tables)[0].kind, "permutation");
  EXPECT_EQ((*tables)[1].kind, "training");
  EXPECT_EQ((*tables)[1].columns[0].column, "a");
}

TEST(StoredImportanceTest, OldBundlesMayHoldNothing) {
  EXPECT_TRUE(StoredImportance("{}")->empty());
  EXPECT_EQ(*StoredMetric("{}"), "auc");
  EXPECT_EQ(*StoredMetric(R"({"metric":"log_loss"})"), "log_loss");
}

TEST(StoredImportanceTest, SurvivesWhatSomebodyElseWrote) {
  for (const char* const text :
       {R"({"importance":7})", R"({"importance":[["a"]]})", R"({"importance":[[1,2]]})",
        R"({"permutation_importance":[]})", R"({"contribution_importance":{"kind":3}})", "["}) {
    EXPECT_EQ(StoredImportance(text).status().code(), StatusCode::kCorrupt) << text;
  }
  EXPECT_TRUE(StoredImportance("[]").ok());
}

}  // namespace
}  // namespace reeve::workflow
