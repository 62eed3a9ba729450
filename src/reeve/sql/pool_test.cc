#include "reeve/sql/pool.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/sqlite/sqlite_database.h"

namespace reeve::sql {
namespace {

class PoolTest : public ::testing::Test {
 protected:
  Pool MakePool() {
    return Pool([this] {
      ++opened_;
      return OpenSqlite(folder_.Path("x.db"), {});
    });
  }
  TestFolder folder_;
  std::atomic<int> opened_{0};
};

TEST_F(PoolTest, OpensOnlyWhenAllAreOut) {
  Pool pool = MakePool();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.Read().ok());
  EXPECT_EQ(opened_, 1);
  const Result<Pool::Lease> one = pool.Read();
  const Result<Pool::Lease> other = pool.Read();
  EXPECT_EQ(opened_, 2);
}

TEST_F(PoolTest, WritersComeOneAfterTheOther) {
  Pool pool = MakePool();
  ASSERT_TRUE((*pool.Write())->RunScript("CREATE TABLE t (a); INSERT INTO t VALUES (0)").ok());
  std::vector<std::thread> writers;
  for (int thread = 0; thread < 4; ++thread) {
    writers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const Result<Pool::Lease> lease = pool.Write();
        // Read, then written: lost updates would show.
        Result<Statement> row = (**lease).Prepare("SELECT a FROM t");
        (void)row->Step();
        (void)(**lease).Run("UPDATE t SET a = ?", row->Integer(0) + 1);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const Result<Pool::Lease> lease = pool.Read();
  Statement row = *(*lease)->Prepare("SELECT a FROM t");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Integer(0), 200);
}

class Recorder : public PoolObserver {
 public:
  void OnLease(LeaseKind kind, double waited_seconds) override {
    EXPECT_GE(waited_seconds, 0);
    told += kind == LeaseKind::kRead ? "r" : "w";
  }
  void OnReturn(LeaseKind kind, double held_seconds) override {
    EXPECT_GE(held_seconds, 0);
    told += kind == LeaseKind::kRead ? "R" : "W";
  }
  void OnFailure() override { told += "!"; }
  std::string told;
};

TEST_F(PoolTest, AnObserverIsToldOfEachLoanAndItsEnd) {
  Recorder recorder;
  Pool pool([this] { return OpenSqlite(folder_.Path("x.db"), {}); }, &recorder);
  {
    const Result<Pool::Lease> writer = pool.Write();
    Pool::Lease reader = std::move(pool.Read()).value();
    const Pool::Lease moved = std::move(reader);
  }
  EXPECT_EQ(recorder.told, "wrRW");
}

TEST_F(PoolTest, AFailureToOpenIsTold) {
  Recorder recorder;
  Pool pool([] { return Result<std::unique_ptr<Database>>(Status::Unavailable("away")); },
            &recorder);
  EXPECT_EQ(pool.Read().status().message(), "away");
  EXPECT_EQ(recorder.told, "!");
}

}  // namespace
}  // namespace reeve::sql
