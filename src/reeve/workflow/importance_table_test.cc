#include "reeve/workflow/importance_table.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve::workflow {
namespace {

TEST(ImportanceTableTest, ReadsBackWhatItWrote) {
  const ImportanceTable table{.kind = "permutation",
                              .metric = "auc",
                              .score = 0.9,
                              .unit = {},
                              .row_count = 200,
                              .rows = "test",
                              .columns = {{"income", 0.2, 0.1, 0.3}, {"age", 0, -0.01, 0.01}}};
  const auto read = ImportanceTableFromJson(ToJson(table));
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(ToJson(*read), ToJson(table));
  EXPECT_EQ(read->columns[1].low, -0.01);
}

TEST(ImportanceTableTest, RefusesWhatIsNone) {
  for (
      const char* const text :
      {"{}", R"({"kind":"x","rows":"test","row_count":-1,"columns":[]})",
       R"({"kind":"x","rows":"test","row_count":1,"columns":[{"column":"a"}]})",
       R"({"kind":"x","rows":"test","row_count":1,"columns":[{"column":"a","importance":1,"ci":[1]}]})",
       R"({"kind":"x","rows":"test","row_count":1,"metric":"auc","columns":[]})"}) {
    EXPECT_EQ(ImportanceTableFromJson(*ParseJson(text)).status().code(), StatusCode::kCorrupt)
        << text;
  }
}

}  // namespace
}  // namespace reeve::workflow
