#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/mlflow/search/test_database.h"

namespace reeve::mlflow {
namespace {

class ExperimentQueryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!database_.why().empty()) GTEST_SKIP() << database_.why();
  }
  ExperimentQueryTest() {
    database_.Fill(R"sql(
DELETE FROM experiments;
INSERT INTO experiments(experiment_id, name, lifecycle_stage, creation_time, last_update_time) VALUES
 (1, 'zoo-cat', 'active', 10, 10), (2, 'zoo-Cow', 'active', 20, 25), (3, 'zoo-dog', 'deleted', 30, 30),
 (4, 'zoo-emu', 'active', 40, 40), (5, 'zoo-fox', 'active', 40, 40);
INSERT INTO experiment_tags(key, value, experiment_id) VALUES ('legs', '4', 1), ('sound', 'meow', 1), ('legs', '4', 2), ('legs', '2', 4);
)sql");
  }

  std::string Found(const std::string& filter, const std::vector<std::string>& order = {"name"},
                    ExperimentSearch search = {}) {
    auto parsed = ParseFilter(SearchTarget::kExperiments, filter);
    if (!parsed.ok()) return parsed.status().message();
    search.filter = *parsed;
    search.order = *ParseOrderBy(SearchTarget::kExperiments, order);
    return database_.Answer(ExperimentQuery(search, database_.dialect()), 1);
  }

  TestDatabase database_;
};

TEST_F(ExperimentQueryTest, FiltersFindWhatTheySay) {
  EXPECT_EQ(Found(""), "zoo-Cow zoo-cat zoo-emu zoo-fox");
  EXPECT_EQ(Found("name LIKE 'zoo-c%'"), "zoo-cat");
  EXPECT_EQ(Found("name ILIKE 'ZOO-C%'"), "zoo-Cow zoo-cat");
  EXPECT_EQ(Found("tags.legs != '4'"), "zoo-emu");
  EXPECT_EQ(Found("tags.`legs` = '4' and tags.\"sound\" = 'meow'"), "zoo-cat");
  EXPECT_EQ(Found("tags.legs IS NULL"), "zoo-fox");
  EXPECT_EQ(Found("tags.legs IS NOT NULL AND creation_time > 10"), "zoo-Cow zoo-emu");
  EXPECT_EQ(Found("last_update_time >= 99999999999999"), "");
  EXPECT_EQ(Found("experiment_id = '4'"), "zoo-emu");
  EXPECT_EQ(Found("experiment_id NOT IN ('4', '1')"), "zoo-Cow zoo-fox");
}

TEST_F(ExperimentQueryTest, OrdersBreakTiesAsDocumented) {
  EXPECT_EQ(Found("", {}), "zoo-emu zoo-fox zoo-Cow zoo-cat");
  EXPECT_EQ(Found("", {"creation_time DESC"}), "zoo-fox zoo-emu zoo-Cow zoo-cat");
  EXPECT_EQ(Found("", {"experiment_id"}), "zoo-cat zoo-Cow zoo-emu zoo-fox");
}

TEST_F(ExperimentQueryTest, ViewsAndPages) {
  EXPECT_EQ(Found("", {"name"}, {.view = ViewType::kDeletedOnly}), "zoo-dog");
  EXPECT_EQ(Found("", {"name"}, {.view = ViewType::kAll}),
            "zoo-Cow zoo-cat zoo-dog zoo-emu zoo-fox");
  EXPECT_EQ(Found("", {"name"}, {.page = {.limit = 2, .offset = 1}}), "zoo-cat zoo-emu");
}

}  // namespace
}  // namespace reeve::mlflow
