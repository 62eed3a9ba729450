#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/test_clock.h"
#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"
#include "reeve/sql/test_postgres.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// For tests: a store in a folder of its own, and a second connection to look behind it.
class StoreTest : public ::testing::Test {
 protected:
  /// testing::Test has a member of this name.
  using Run = tracking::Run;

  void SetUp() override {
    store_ = Reopen({});
    ASSERT_NE(store_, nullptr);
  }

  std::string Path() const { return folder_.Path("mlflow.db"); }
  virtual std::string Uri() const { return "sqlite:///" + Path(); }

  /// One more connection to the same file; null with a failure noted when it cannot be had.
  std::unique_ptr<Store> Reopen(StoreOptions options) {
    options.clock = &clock_;
    Result<std::unique_ptr<Store>> store = Store::Open(Uri(), options);
    EXPECT_TRUE(store.ok()) << store.status().message();
    return store.ok() ? std::move(*store) : nullptr;
  }

  std::unique_ptr<sql::Database> Raw() const {
    Result<std::unique_ptr<sql::Database>> database = sql::Open(Uri(), {.create = false});
    EXPECT_TRUE(database.ok()) << database.status().message();
    return std::move(*database);
  }

  /// The first column of the first row as text, "" without a row.
  std::string Select(const char* sql) const {
    const std::unique_ptr<sql::Database> database = Raw();
    Result<sql::Statement> row = database->Prepare(sql);
    EXPECT_TRUE(row.ok()) << row.status().message();
    const Result<bool> found = row->Step();
    EXPECT_TRUE(found.ok()) << found.status().message();
    return *found ? row->Text(0) : "";
  }

  Run NewTestRun(const std::string& name = "first") {
    Result<Run> run = store_->CreateRun({.experiment_id = "0", .name = name, .user = "ada"});
    EXPECT_TRUE(run.ok()) << run.status().message();
    return *run;
  }

  /// A finished run whose model is the next version of `name`.
  ModelVersion NewTestVersion(const std::string& name, const std::string& alias = "") {
    const Run run = NewTestRun();
    const Result<LoggedModel> model = store_->CreateLoggedModel(run, "model");
    EXPECT_TRUE(model.ok()) << model.status().message();
    const Result<std::optional<ModelVersion>> version = store_->Publish(
        {.run_id = run.id, .model_id = model->id, .registered_name = name, .alias = alias});
    EXPECT_TRUE(version.ok()) << version.status().message();
    return version->value();
  }

  TestFolder folder_;
  SteppingClock clock_;
  std::unique_ptr<Store> store_;
};

/// For tests that hold for every kind of database. Those of PostgreSQL are skipped where there is
/// no server.
class AnyStoreTest : public StoreTest, public ::testing::WithParamInterface<sql::Dialect> {
 public:
  static auto Kinds() { return ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgres); }
  static std::string KindName(const ::testing::TestParamInfo<sql::Dialect>& info) {
    return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgres";
  }

 protected:
  void SetUp() override {
    if (GetParam() == sql::Dialect::kPostgres) {
      std::string why;
      sql::TestPostgres* const server = sql::TestPostgres::Get(why);
      if (server == nullptr) GTEST_SKIP() << why;
      postgres_uri_ = server->UrlOfNewSchema();
    }
    StoreTest::SetUp();
  }
  std::string Uri() const override {
    return postgres_uri_.empty() ? StoreTest::Uri() : postgres_uri_;
  }

 private:
  std::string postgres_uri_;
};

}  // namespace reeve::tracking
