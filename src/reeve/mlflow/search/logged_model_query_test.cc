#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/mlflow/search/test_database.h"

namespace reeve::mlflow {
namespace {

class LoggedModelQueryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!database_.why().empty()) GTEST_SKIP() << database_.why();
  }
  LoggedModelQueryTest() {
    database_.Fill(R"sql(
INSERT INTO experiments(experiment_id, name, lifecycle_stage) VALUES (7, 'shelf', 'active');
INSERT INTO runs(run_uuid, lifecycle_stage, experiment_id) VALUES ('r1', 'active', 7), ('r2', 'active', 7);
INSERT INTO logged_models(model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status,
 lifecycle_stage, model_type, source_run_id) VALUES
 ('m-a', 7, 'alpha', 'x', 10, 10, 1, 'active', 'a', 'r1'), ('m-b', 7, 'beta', 'x', 20, 20, 2, 'active', 'b', 'r1'),
 ('m-c', 7, 'gamma', 'x', 30, 30, 1, 'active', NULL, 'r1'), ('m-d', 7, 'delta', 'x', 30, 30, 1, 'active', 'd', 'r1'),
 ('m-e', 7, 'gone', 'x', 50, 50, 2, 'deleted', 'd', 'r1');
INSERT INTO logged_model_params(model_id, experiment_id, param_key, param_value) VALUES ('m-a', 7, 'depth', '3'), ('m-b', 7, 'depth', '5'),
 ('m-c', 7, 'depth', '5');
INSERT INTO logged_model_tags(model_id, experiment_id, tag_key, tag_value) VALUES ('m-a', 7, 'kind', 'tree'), ('m-b', 7, 'kind', 'tree');
INSERT INTO logged_model_metrics(model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, experiment_id, run_id, dataset_name,
 dataset_digest) VALUES
 ('m-a', 'auc', 1, 0, 0.95, 7, 'r1', 'other', '1'), ('m-a', 'auc', 2, 0, 0.7, 7, 'r1', 'loan', '1'), ('m-b', 'auc', 1, 0, 0.9, 7, 'r1', 'loan', '1'),
 ('m-b', 'auc', 1, 1, 0.8, 7, 'r1', 'loan', '2'), ('m-c', 'auc', 1, 0, 0.75, 7, 'r1', 'loan', '1'), ('m-c', 'val/f1', 1, 0, NULL, 7, 'r1', NULL, NULL);
)sql");
  }

  std::string Found(const std::string& filter, LoggedModelSearch search = {.experiment_ids = {7}}) {
    auto parsed = ParseFilter(SearchTarget::kLoggedModels, filter);
    if (!parsed.ok()) return parsed.status().message();
    search.filter = *parsed;
    const Result<Query> query = LoggedModelQuery(search, database_.dialect());
    return query.ok() ? database_.Answer(*query, 2) : query.status().message();
  }
  std::string Sorted(const std::vector<LoggedModelOrder>& order) {
    return Found("", {.experiment_ids = {7}, .order = order});
  }

  TestDatabase database_;
};

TEST_F(LoggedModelQueryTest, FiltersFindWhatTheySay) {
  EXPECT_EQ(Found(""), "gamma delta beta alpha");
  EXPECT_EQ(Found("name LIKE '%ta'"), "delta beta");
  EXPECT_EQ(Found("attributes.name ILIKE 'GA%'"), "gamma");
  EXPECT_EQ(Found("model_type != 'b'"), "delta alpha");
  EXPECT_EQ(Found("model_id IN ('m-a', 'm-e')"), "alpha");
  EXPECT_EQ(Found("metrics.auc > 0.85"), "beta alpha");
  EXPECT_EQ(Found("metrics.val/f1 > 0"), "");
  EXPECT_EQ(Found("params.depth = '5' AND tags.kind = 'tree'"), "beta");
  EXPECT_EQ(Found("creation_timestamp > 10 AND creation_time < 30"), "beta");
  EXPECT_EQ(Found("experiment_id = '7' AND source_run_id = 'r1' AND name = alpha"), "alpha");
}

TEST_F(LoggedModelQueryTest, StatusIsComparedByItsName) {
  EXPECT_EQ(Found("status = 'READY'"), "beta");
  EXPECT_EQ(Found("status IN ('PENDING', 'FAILED')"), "gamma delta alpha");
  EXPECT_EQ(Found("status = 'LOGGED_MODEL_READY'"), "beta");
  EXPECT_EQ(Found("status = 'SLEEPING'"), "");
}

TEST_F(LoggedModelQueryTest, DatasetsNarrowMetrics) {
  LoggedModelSearch search{.experiment_ids = {7}, .datasets = {{"loan", std::nullopt}}};
  EXPECT_EQ(Found("metrics.auc > 0.85", search), "beta");
  EXPECT_EQ(Found("", search), "gamma beta alpha");
  search.datasets = {{"loan", "2"}, {"other", std::nullopt}};
  EXPECT_EQ(Found("", search), "beta alpha");
  search.datasets = {{"nothing", std::nullopt}};
  EXPECT_EQ(Found("metrics.auc > 0.1", search), "");
  search.datasets = {{"", std::nullopt}};
  EXPECT_EQ(Found("", search), "`dataset_name` in the `datasets` clause must be specified.");
}

TEST_F(LoggedModelQueryTest, OrdersTakeTheLatestValueAndPutTheMissingLast) {
  EXPECT_EQ(Sorted({{"name", true}}), "alpha beta delta gamma");
  EXPECT_EQ(Sorted({{"creation_timestamp", true}}), "alpha beta gamma delta");
  EXPECT_EQ(Sorted({{"model_type", false}}), "delta beta alpha gamma");
  EXPECT_EQ(Sorted({{"metrics.auc", false}}), "beta gamma alpha delta");
  EXPECT_EQ(Sorted({{"metrics.auc", true}}), "alpha gamma beta delta");
  EXPECT_EQ(Sorted({{"metrics.auc", false, "other"}}), "alpha gamma delta beta");
  EXPECT_EQ(Sorted({{"metrics.auc", false, "loan", "1"}}), "beta gamma alpha delta");
  EXPECT_EQ(Sorted({{"metrics.val/f1", false}, {"name", false}}), "gamma delta beta alpha");
}

TEST_F(LoggedModelQueryTest, Pages) {
  EXPECT_EQ(
      Found("",
            {.experiment_ids = {7}, .order = {{"name", true}}, .page = {.limit = 2, .offset = 1}}),
      "beta delta");
  EXPECT_EQ(Found("", {.experiment_ids = {}}), "");
}

TEST_F(LoggedModelQueryTest, RefusesUnknownOrders) {
  EXPECT_EQ(Sorted({{"colour", true}}), "Invalid order by field name: colour");
  EXPECT_EQ(Sorted({{"params.depth", true}}),
            "Invalid order by field name: params.depth. Only metrics are supported.");
}

}  // namespace
}  // namespace reeve::mlflow
