#include "reeve/tracking/pending_metrics.h"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

class PendingMetricsTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    run_ = NewTestRun().id;
    database_ = Raw();
    pending_ = Open();
    ASSERT_NE(pending_, nullptr);
  }
  std::string File() const { return Path() + "-pending"; }
  std::unique_ptr<PendingMetrics> Open() const {
    Result<std::unique_ptr<PendingMetrics>> pending = PendingMetrics::Open(Path());
    EXPECT_TRUE(pending.ok()) << pending.status().message();
    return pending.ok() ? std::move(*pending) : nullptr;
  }
  void Add(std::string_view key, int points = 1) { Add(run_, key, points); }
  void Add(std::string_view run, std::string_view key, int points) {
    std::vector<MetricRow> rows;
    for (int i = 0; i < points; ++i) {
      rows.push_back({.run_id = run, .key = key, .value = 0.5 * i, .timestamp = 7, .step = i});
    }
    const Status added = pending_->Add(rows);
    ASSERT_TRUE(added.ok()) << added.message();
  }
  void Settle() {
    const Status settled = pending_->Settle(*database_);
    ASSERT_TRUE(settled.ok()) << settled.message();
  }
  std::string Points() const { return Select("SELECT count(*) FROM metrics"); }
  std::string Latest() const {
    return Select(
        "SELECT group_concat(key || '=' || value || '@' || step, ' ') FROM (SELECT * FROM "
        "latest_metrics ORDER BY key)");
  }

  std::string run_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<PendingMetrics> pending_;
};

TEST_F(PendingMetricsTest, PointsWaitUntilTheyAreSettled) {
  EXPECT_FALSE(*pending_->Any());
  Add("loss", 3);
  Add("auc");
  EXPECT_TRUE(*pending_->Any());
  EXPECT_EQ(Points(), "0");
  Settle();
  EXPECT_FALSE(*pending_->Any());
  EXPECT_EQ(Points(), "4");
  EXPECT_EQ(Latest(), "auc=0.0@0 loss=1.0@2");
}

TEST_F(PendingMetricsTest, TheyOutliveWhoAddedThem) {
  Add("loss", 3);
  pending_ = Open();
  EXPECT_TRUE(*pending_->Any());
  Settle();
  EXPECT_EQ(Points(), "3");
}

// A process dies after the database has the points and before they leave the file.
TEST_F(PendingMetricsTest, ToSettleThemTwiceChangesNothing) {
  Add("loss", 3);
  pending_.reset();
  std::filesystem::copy_file(File(), File() + ".before");
  pending_ = Open();
  Settle();
  Add("loss", 4);
  Settle();
  pending_.reset();
  std::filesystem::rename(File() + ".before", File());
  pending_ = Open();
  EXPECT_TRUE(*pending_->Any());
  Settle();
  EXPECT_EQ(Points(), "4");
  EXPECT_EQ(Latest(), "loss=1.5@3");
}

// Else one process could take away what another has just added.
TEST_F(PendingMetricsTest, NumbersAreNotGivenAgain) {
  const auto last = [&] {
    const auto file = *sql::Open("sqlite:///" + File(), {.create = false});
    sql::Statement row = *file->Prepare("SELECT max(id) FROM points");
    EXPECT_TRUE(*row.Step());
    return row.Integer(0);
  };
  Add("loss", 3);
  EXPECT_EQ(last(), 3);
  Settle();
  Add("loss", 2);
  EXPECT_EQ(last(), 5);
}

TEST_F(PendingMetricsTest, PointsOfRunsThatAreGoneGoToo) {
  Add("gone", "loss", 2);
  Add("loss", 1);
  Settle();
  EXPECT_FALSE(*pending_->Any());
  EXPECT_EQ(Select("SELECT count(*) || min(run_uuid) FROM metrics"), "1" + run_);
}

TEST_F(PendingMetricsTest, TheyStayWhileTheDatabaseCannotBeWritten) {
  Add("loss", 2);
  Result<std::unique_ptr<sql::Database>> impatient =
      sql::Open(Uri(), {.create = false, .busy_ms = 0});
  ASSERT_TRUE(impatient.ok());
  {
    const Result<sql::Transaction> other = sql::Transaction::Begin(*database_);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(pending_->Settle(**impatient).code(), StatusCode::kUnavailable);
    // Whoever holds the database does not hold up those who add.
    Add("auc");
  }
  EXPECT_TRUE(*pending_->Any());
  Settle();
  EXPECT_EQ(Points(), "3");
}

TEST_F(PendingMetricsTest, ProcessesAddAndSettleAtOnceAndNothingIsLost) {
  constexpr int kBatches = 50;
  const auto work = [this](int number) {
    const std::unique_ptr<PendingMetrics> pending = Open();
    const std::unique_ptr<sql::Database> database = Raw();
    const std::string key = "m" + std::to_string(number);
    for (int i = 0; i < kBatches; ++i) {
      const MetricRow row = {.run_id = run_, .key = key, .step = i};
      EXPECT_TRUE(pending->Add(std::span(&row, 1)).ok());
      if (i % 3 != number) continue;
      EXPECT_TRUE(pending->Settle(*database).ok());
    }
  };
  std::vector<std::thread> threads;
  for (int number = 0; number < 3; ++number) threads.emplace_back(work, number);
  for (std::thread& thread : threads) thread.join();
  Settle();
  EXPECT_EQ(Points(), std::to_string(3 * kBatches));
  EXPECT_EQ(Latest(), "m0=0.0@49 m1=0.0@49 m2=0.0@49");
}

TEST_F(PendingMetricsTest, TheFileMayBeReadByThoseWhoMayReadTheDatabase) {
  pending_.reset();
  std::filesystem::remove(File());
  const auto mode = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  std::filesystem::permissions(Path(), mode);
  pending_ = Open();
  EXPECT_EQ(std::filesystem::status(File()).permissions(), mode);
}

TEST_F(PendingMetricsTest, ALinkToTheDatabaseHasTheSameFile) {
  Add("loss");
  const std::string link = folder_.Path("link.db");
  std::filesystem::create_symlink(Path(), link);
  EXPECT_TRUE(PendingMetrics::SettleLeftovers(link, *database_).ok());
  EXPECT_EQ(Points(), "1");
  EXPECT_FALSE(std::filesystem::exists(link + "-pending"));
}

TEST_F(PendingMetricsTest, AStoreThatIsOpenedHasThem) {
  Add("loss", 2);
  const std::unique_ptr<Store> store = Reopen({});
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->MetricHistory(run_, "loss")->size(), 2U);
  EXPECT_FALSE(*pending_->Any());
}

TEST_F(PendingMetricsTest, AStoreWithoutTheFileMakesNone) {
  pending_.reset();
  std::filesystem::remove(File());
  ASSERT_NE(Reopen({}), nullptr);
  EXPECT_FALSE(std::filesystem::exists(File()));
}

}  // namespace
}  // namespace reeve::tracking
