#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/mlflow/search/test_database.h"

namespace reeve::mlflow {
namespace {

/// Eight runs, each with a name that begins as its id does.
constexpr const char* kRows = R"sql(
INSERT INTO experiments(experiment_id, name, lifecycle_stage) VALUES (7, 'seven', 'active'), (8, 'eight', 'active');
INSERT INTO runs(run_uuid, name, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id) VALUES
 ('a1', 'ada', 'FINISHED', 1000, 1500, 'active', 'mlflow-artifacts:/7/a1', 7),
 ('b2', 'bob', 'RUNNING', 2000, NULL, 'active', 'mlflow-artifacts:/7/b2', 7),
 ('c3', 'cyd', 'FAILED', 3000, 3500, 'active', 'mlflow-artifacts:/7/c3', 7),
 ('d4', 'dan', 'RUNNING', 4000, NULL, 'active', 'mlflow-artifacts:/7/d4', 7),
 ('e5', 'eve', 'RUNNING', 5000, NULL, 'active', 'mlflow-artifacts:/7/e5', 7),
 ('f6', 'fay', 'RUNNING', 6000, NULL, 'active', 'mlflow-artifacts:/7/f6', 7),
 ('g7', 'gus', 'RUNNING', 7000, NULL, 'active', 'mlflow-artifacts:/7/g7', 7),
 ('d8', 'del', 'RUNNING', 8000, NULL, 'deleted', 'mlflow-artifacts:/7/d8', 7),
 ('z9', 'zoe', 'RUNNING', 500, NULL, 'active', 'mlflow-artifacts:/8/z9', 8);
INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES
 ('auc', 0.91, 0, 0, false, 'a1'), ('auc', 0.85, 0, 0, false, 'b2'), ('auc', 0.78, 0, 0, false, 'c3'), ('auc', 0, 0, 0, true, 'd4'),
 ('auc', 0.99, 0, 0, false, 'f6'), ('auc', 0.91, 0, 0, false, 'g7'), ('auc', 0.50, 0, 0, false, 'd8'),
 ('val/f1 score', 0.99, 0, 0, false, 'f6'),
 ('loss', 0.30, 0, 0, false, 'a1'), ('loss', 0.55, 0, 0, false, 'c3'), ('loss', 0.10, 0, 0, false, 'd4'), ('loss', 0.20, 0, 0, false, 'e5'),
 ('loss', -1.5, 0, 0, false, 'f6'), ('loss', 0.30, 0, 0, false, 'g7');
INSERT INTO params(key, value, run_uuid) VALUES ('depth', '3', 'a1'), ('depth', '5', 'b2'), ('depth', '5', 'c3'),
 ('depth', '10', 'e5'), ('depth', '3', 'f6'), ('depth', '7', 'g7'), ('depth', '3', 'd8');
INSERT INTO tags(key, value, run_uuid) SELECT 'mlflow.runName', name, run_uuid FROM runs;
INSERT INTO tags(key, value, run_uuid) VALUES ('team', 'Red', 'a1'), ('kind', 'tree', 'a1'), ('team', 'red', 'b2'),
 ('team', 'blue', 'c3'), ('kind', 'linear', 'c3'), ('kind', 'Tree', 'd4'), ('team', 'blue', 'f6'),
 ('my.dotted tag', 'yes', 'f6'), ('team', 'green', 'g7'), ('team', 'Red', 'd8');
INSERT INTO datasets(dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source) VALUES
 ('u1', 7, 'loan', 'd1', 'local', '{}'), ('u2', 7, 'claims', 'd2', 'local', '{}');
INSERT INTO inputs(input_uuid, source_type, source_id, destination_type, destination_id) VALUES
 ('i1', 'DATASET', 'u1', 'RUN', 'a1'), ('i2', 'DATASET', 'u2', 'RUN', 'b2'), ('i3', 'DATASET', 'u1', 'RUN', 'b2');
INSERT INTO input_tags(input_uuid, name, value) VALUES ('i1', 'mlflow.data.context', 'train'),
 ('i2', 'mlflow.data.context', 'eval');
)sql";

class RunQueryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!database_.why().empty()) GTEST_SKIP() << database_.why();
  }
  RunQueryTest() { database_.Fill(kRows); }

  std::string Names(const std::string& filter, const std::vector<std::string>& order,
                    RunSearch search = {.experiment_ids = {7}}) {
    auto parsed = ParseFilter(SearchTarget::kRuns, filter);
    if (!parsed.ok()) return parsed.status().message();
    auto keys = ParseOrderBy(SearchTarget::kRuns, order);
    if (!keys.ok()) return keys.status().message();
    search.filter = *parsed;
    search.order = *keys;
    std::istringstream ids(database_.Answer(RunQuery(search, database_.dialect())));
    std::string names;
    for (std::string id; ids >> id;) {
      const auto at = names_.find(id);
      names += (names.empty() ? "" : " ") + (at == names_.end() ? id : at->second);
    }
    return names;
  }
  std::string Found(const std::string& filter) { return Names(filter, {"run_name"}); }

  TestDatabase database_;
  const std::map<std::string, std::string> names_ = {{"a1", "ada"}, {"b2", "bob"}, {"c3", "cyd"},
                                                     {"d4", "dan"}, {"e5", "eve"}, {"f6", "fay"},
                                                     {"g7", "gus"}, {"d8", "del"}, {"z9", "zoe"}};
};

TEST_F(RunQueryTest, FiltersFindWhatTheySay) {
  struct Case {
    const char* filter;
    const char* names;
  };
  const std::vector<Case> cases = {
      {"", "ada bob cyd dan eve fay gus"},
      {"metrics.auc > 0.9", "ada fay gus"},
      {"metrics.auc = 0.91", "ada gus"},
      {"metrics.auc <= 0.85", "bob cyd"},
      {"metrics.loss > -2 and metrics.loss < 0.25", "dan eve fay"},
      {"metrics.`val/f1 score` > 0.98", "fay"},
      {"metrics.nothing > 0", ""},
      {"params.depth != '3'", "bob cyd eve gus"},
      {"params.depth LIKE '1%'", "eve"},
      {"params.depth IS NULL", "dan"},
      {"params.depth IS NOT NULL", "ada bob cyd eve fay gus"},
      {"tags.team = 'red'", "bob"},
      {"tags.team LIKE 're%'", "bob"},
      {"tags.team ILIKE 're%'", "ada bob"},
      {"tags.team IS NULL", "dan eve"},
      {"tags.team IS NOT NULL and metrics.auc > 0.9", "ada fay gus"},
      {"tags.`my.dotted tag` = 'yes'", "fay"},
      {"status != 'RUNNING'", "ada cyd"},
      {"attributes.run_name LIKE '%a%'", "ada dan fay"},
      {"run.run_name != 'ada' AND run.start_time < 3500", "bob cyd"},
      {"tags.mlflow.runName = 'gus'", "gus"},
      {"created < 2500.5", "ada bob"},
      {"end_time = 1500", "ada"},
      {"artifact_uri LIKE 'mlflow-artifacts:/%' AND run_id IN ('a1', 'b2', 'd8')", "ada bob"},
      {"run_id NOT IN ('a1', 'b2')", "cyd dan eve fay gus"},
      {"datasets.name = 'loan'", "ada bob"},
      {"dataset.digest LIKE 'd%'", "ada bob"},
      {"datasets.context = 'eval'", "bob"},
      {"datasets.name IN ('loan', 'claims') and metrics.auc > 0.9", "ada"},
      {"datasets.name = 'loan' AND datasets.name = 'claims'", "bob"},
  };
  for (const Case& c : cases) EXPECT_EQ(Found(c.filter), c.names) << c.filter;
}

TEST_F(RunQueryTest, NanDiffersFromAllNumbersAndComparesWithNone) {
  EXPECT_EQ(Found("metrics.auc != 0.91"), "bob cyd dan fay");
  EXPECT_EQ(Found("metrics.auc < 0.5"), "");
  EXPECT_EQ(Found("metrics.auc = 0"), "");
}

TEST_F(RunQueryTest, OrdersSortNanBehindNumbersAndTheMissingLast) {
  EXPECT_EQ(Names("", {}), "gus fay eve dan cyd bob ada");
  EXPECT_EQ(Names("", {"metrics.auc DESC"}), "fay gus ada bob cyd dan eve");
  EXPECT_EQ(Names("", {"metrics.auc ASC"}), "cyd bob gus ada fay dan eve");
  EXPECT_EQ(Names("", {"metrics.loss ASC", "start_time ASC"}), "fay dan eve ada gus cyd bob");
  EXPECT_EQ(Names("", {"params.depth ASC", "start_time ASC"}), "eve ada fay bob cyd gus dan");
  EXPECT_EQ(Names("", {"tags.team ASC", "start_time ASC"}), "ada cyd fay gus bob dan eve");
  EXPECT_EQ(Names("", {"end_time", "run_name DESC"}), "ada cyd gus fay eve dan bob");
  EXPECT_EQ(Names("", {"metrics.`val/f1 score` DESC", "metrics.auc", "run_name ASC"}),
            "fay cyd bob ada gus dan eve");
  EXPECT_EQ(Names("", {"metrics.nothing DESC", "run_name DESC"}), "gus fay eve dan cyd bob ada");
}

TEST_F(RunQueryTest, LooksOnlyIntoTheExperimentsAndStagesAskedFor) {
  EXPECT_EQ(Names("", {"start_time ASC"}, {.experiment_ids = {7, 8}}),
            "zoe ada bob cyd dan eve fay gus");
  EXPECT_EQ(Names("", {}, {.experiment_ids = {}}), "");
  EXPECT_EQ(Names("", {}, {.experiment_ids = {99}}), "");
  EXPECT_EQ(Names("", {}, {.experiment_ids = {7}, .view = ViewType::kDeletedOnly}), "del");
  EXPECT_EQ(Names("", {}, {.experiment_ids = {7}, .view = ViewType::kAll}),
            "del gus fay eve dan cyd bob ada");
}

TEST_F(RunQueryTest, PagesJoinToTheWhole) {
  const std::string whole = Names("", {"metrics.auc DESC"});
  for (const std::int64_t size : {1, 2, 3, 7, 100}) {
    std::string joined;
    for (std::int64_t offset = 0; offset < 7; offset += size) {
      if (offset > 0) joined += ' ';
      joined += Names("", {"metrics.auc DESC"},
                      {.experiment_ids = {7}, .page = {.limit = size, .offset = offset}});
    }
    EXPECT_EQ(joined, whole) << size;
  }
  EXPECT_EQ(Names("", {}, {.experiment_ids = {7}, .page = {.offset = 5}}), "bob ada");
}

TEST_F(RunQueryTest, TextsOfUsersAreValuesAndNeverSql) {
  EXPECT_EQ(Found("tags.team = \"x'; DROP TABLE runs; --\""), "");
  EXPECT_EQ(Found("tags.`a' OR '1' = '1` = 'x'"), "");
  EXPECT_EQ(Names("", {"tags.`x'; DROP TABLE runs; --`", "start_time"}),
            "ada bob cyd dan eve fay gus");
}

/// The plan of SQLite: every table but runs is reached by an index.
TEST_F(RunQueryTest, KeyedTablesAreProbedAndNeverScanned) {
  if (database_.dialect() != sql::Dialect::kSqlite) GTEST_SKIP() << "reads the plans of SQLite";
  RunSearch search{.experiment_ids = {7}};
  search.filter =
      *ParseFilter(SearchTarget::kRuns,
                   "metrics.auc > 0.5 AND params.depth = '3' AND tags.team IS NULL AND "
                   "run_name LIKE 'a%' AND dataset.name = 'loan' AND dataset.context = 'train'");
  search.order = *ParseOrderBy(SearchTarget::kRuns, {"metrics.loss DESC", "tags.kind"});
  Query query = RunQuery(search, database_.dialect());
  query.sql = "EXPLAIN QUERY PLAN " + query.sql;
  const std::string plan = database_.Answer(query, 3);
  EXPECT_NE(plan.find("SEARCH o0 USING INDEX"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("MATERIALIZE"), std::string::npos) << plan;
  for (const char* const alias : {"SCAN o", "SCAN x", "SCAN i"}) {
    EXPECT_EQ(plan.find(alias), std::string::npos) << plan;
  }
}

TEST(RunQueryTextTest, DialectsDifferWhereTheyMust) {
  RunSearch search{.experiment_ids = {7}, .page = {.offset = 3}};
  search.filter = *ParseFilter(SearchTarget::kRuns, "tags.a ILIKE 'B%' AND start_time > 1.5");
  const Query lite = RunQuery(search, sql::Dialect::kSqlite);
  const Query postgres = RunQuery(search, sql::Dialect::kPostgres);
  EXPECT_NE(lite.sql.find("lower(x.value) LIKE lower(?)"), std::string::npos);
  EXPECT_NE(lite.sql.find("LIMIT -1 OFFSET ?"), std::string::npos);
  EXPECT_NE(postgres.sql.find("x.value ILIKE ? ESCAPE ''"), std::string::npos);
  EXPECT_NE(postgres.sql.find("r.start_time > CAST(? AS DOUBLE PRECISION)"), std::string::npos);
  EXPECT_EQ(postgres.sql.find("LIMIT"), std::string::npos);
  // A run without a start sorts as on SQLite.
  EXPECT_NE(postgres.sql.find("r.start_time DESC NULLS LAST"), std::string::npos);
  EXPECT_EQ(lite.sql.find("NULLS"), std::string::npos);
  EXPECT_EQ(lite.values, postgres.values);
}

}  // namespace
}  // namespace reeve::mlflow
