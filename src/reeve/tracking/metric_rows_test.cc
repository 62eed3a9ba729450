#include "reeve/tracking/metric_rows.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

class MetricRowsTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    runs_ = {NewTestRun("a").id, NewTestRun("b").id};
    database_ = Raw();
  }
  void Write(std::span<const MetricRow> rows) {
    Result<sql::Transaction> transaction = sql::Transaction::Begin(*database_);
    ASSERT_TRUE(transaction.ok());
    const Status written = WriteMetricRows(*database_, rows);
    ASSERT_TRUE(written.ok()) << written.message();
    ASSERT_TRUE(transaction->Commit().ok());
  }
  // Both tables as one text.
  std::string All() const {
    return Select(
        "SELECT group_concat(row, ' ') FROM (SELECT concat AS row FROM (SELECT key || ',' || "
        "value || ',' || timestamp || ',' || step || ',' || is_nan || ',' || run_uuid AS concat "
        "FROM metrics ORDER BY 1) UNION ALL SELECT concat FROM (SELECT 'latest ' || key || ',' || "
        "value || ',' || timestamp || ',' || step || ',' || is_nan || ',' || run_uuid AS concat "
        "FROM latest_metrics ORDER BY 1))");
  }
  void Clear() {
    ASSERT_TRUE(database_->RunScript("DELETE FROM metrics; DELETE FROM latest_metrics").ok());
  }

  std::vector<std::string> runs_;
  std::unique_ptr<sql::Database> database_;
};

TEST_F(MetricRowsTest, ManyAtOnceAreTheSameAsOneByOneAndTwiceTheSameAsOnce) {
  std::mt19937 random(7);
  const std::vector<std::string> keys = {"loss", "auc", "f1"};
  for (int round = 0; round < 20; ++round) {
    std::vector<MetricRow> rows;
    for (int i = 0; i < 60; ++i) {
      // Few values, so that there are equal points and ties.
      const bool is_nan = random() % 5 == 0;
      rows.push_back({.run_id = runs_[random() % 2],
                      .key = keys[random() % 3],
                      .value = is_nan ? 0.0 : static_cast<double>(random() % 3),
                      .timestamp = static_cast<std::int64_t>(random() % 3),
                      .step = static_cast<std::int64_t>(random() % 3),
                      .is_nan = is_nan});
    }
    for (const MetricRow& row : rows) Write(std::span(&row, 1));
    const std::string one_by_one = All();
    Clear();
    Write(rows);
    EXPECT_EQ(All(), one_by_one);
    Write(rows);
    EXPECT_EQ(All(), one_by_one);
    Clear();
  }
}

TEST_F(MetricRowsTest, OfEqualPointsTheFirstStaysTheLatest) {
  const MetricRow zero = {.run_id = runs_[0], .key = "m", .step = 1};
  MetricRow nan = zero;
  nan.is_nan = true;
  Write(std::vector<MetricRow>{nan, zero});
  EXPECT_EQ(Select("SELECT is_nan FROM latest_metrics"), "1");
  EXPECT_EQ(Select("SELECT count(*) FROM metrics"), "2");
}

TEST_F(MetricRowsTest, ValuesAreThoseThatTablesTake) {
  EXPECT_EQ(StoredMetricValue(std::numeric_limits<double>::quiet_NaN()), 0);
  EXPECT_EQ(StoredMetricValue(std::numeric_limits<double>::infinity()),
            std::numeric_limits<double>::max());
  EXPECT_EQ(StoredMetricValue(-std::numeric_limits<double>::infinity()),
            std::numeric_limits<double>::lowest());
  EXPECT_EQ(StoredMetricValue(-0.25), -0.25);
}

}  // namespace
}  // namespace reeve::tracking
