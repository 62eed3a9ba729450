#include "reeve/tracking/sql/sql_store.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reeve/tracking/sql/schema.h"
#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;

using SqlStoreTest = StoreTest;

TEST_F(SqlStoreTest, ANewFileHasTheRevisionAndOneExperiment) {
  EXPECT_EQ(Select("SELECT version_num FROM alembic_version"), kSchemaRevision);
  EXPECT_EQ(Select("SELECT count(*) FROM experiments"), "1");
  EXPECT_EQ(Select("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(Select("PRAGMA integrity_check"), "ok");
}

TEST_F(SqlStoreTest, WhatOneConnectionWroteAnotherReads) {
  const ModelVersion version = NewTestVersion("loans", "champion");
  store_.reset();
  store_ = Reopen({.create = false});
  EXPECT_EQ(store_->GetVersion("loans", 1)->storage_location, version.storage_location);
  EXPECT_EQ(store_->ListRuns("", 10)->size(), 1u);
}

TEST_F(SqlStoreTest, AMissingStoreIsNotMadeForReading) {
  const std::string path = folder_.Path("sub/absent.db");
  const auto store = Store::Open("sqlite:///" + path, {.create = false});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.status().code(), StatusCode::kNotFound);
  EXPECT_FALSE(store.status().fixes().empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("sub")));
}

TEST_F(SqlStoreTest, AFileThatIsNotSqliteIsRefused) {
  std::ofstream(folder_.Path("table.csv")) << "a,b\n1,2\n";
  for (const bool create : {true, false}) {
    const auto store = Store::Open("sqlite:///" + folder_.Path("table.csv"), {.create = create});
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.status().code(), StatusCode::kUnavailable);
    EXPECT_THAT(store.status().message(), HasSubstr("not a database"));
    EXPECT_FALSE(store.status().fixes().empty());
  }
  EXPECT_EQ(std::filesystem::file_size(folder_.Path("table.csv")), 8u);
}

// Somebody's own SQLite file with one table.
std::string ForeignFile(const TestFolder& folder, const char* sql) {
  const std::string path = folder.Path("foreign.db");
  EXPECT_TRUE((*sql::Open("sqlite:///" + path, {}))->RunScript(sql).ok());
  return path;
}

std::int64_t TableCount(const std::string& path) {
  const std::unique_ptr<sql::Database> database =
      *sql::Open("sqlite:///" + path, {.create = false});
  sql::Statement row =
      *database->Prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'");
  return *row.Step() ? row.Integer(0) : -1;
}

TEST_F(SqlStoreTest, ReadingLeavesOtherPeoplesTablesAlone) {
  const std::string path = ForeignFile(folder_, "CREATE TABLE loans (a)");
  const auto store = Store::Open("sqlite:///" + path, {.create = false});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.status().code(), StatusCode::kNotFound) << store.status().message();
  EXPECT_EQ(TableCount(path), 1);
}

TEST_F(SqlStoreTest, TablesOfTheSameNameThatAreNotMlflowsAreNamed) {
  for (const char* sql : {"CREATE TABLE runs (a)", "CREATE TABLE alembic_version (version_num)"}) {
    const std::string path = ForeignFile(folder_, sql);
    const auto store = Store::Open("sqlite:///" + path, {});
    ASSERT_FALSE(store.ok()) << sql;
    EXPECT_EQ(store.status().code(), StatusCode::kUnavailable);
    EXPECT_THAT(store.status().message(), HasSubstr("of another program"));
    EXPECT_FALSE(store.status().fixes().empty());
    EXPECT_EQ(TableCount(path), 1) << sql;
    std::filesystem::remove(path);
  }
}

TEST_F(SqlStoreTest, TheStoreMayLieBesideOtherTables) {
  const std::string path = ForeignFile(folder_, "CREATE TABLE loans (a)");
  const auto store = Store::Open("sqlite:///" + path, {});
  ASSERT_TRUE(store.ok()) << store.status().message();
  EXPECT_EQ(TableCount(path), 24);
}

TEST_F(SqlStoreTest, AnEmptyFileBecomesAStoreOnlyForWriting) {
  const std::string path = folder_.Path("empty.db");
  std::ofstream(path).flush();
  EXPECT_EQ(Store::Open("sqlite:///" + path, {.create = false}).status().code(),
            StatusCode::kNotFound);
  EXPECT_TRUE(Store::Open("sqlite:///" + path, {}).ok());
}

TEST_F(SqlStoreTest, ALockedStoreIsUnavailableAndWorksAgainAfterwards) {
  const std::unique_ptr<sql::Database> raw = Raw();
  const std::unique_ptr<Store> impatient = Reopen({.busy_ms = 50});
  const Run run = NewTestRun();
  {
    const Result<sql::Transaction> lock = sql::Transaction::Begin(*raw);
    ASSERT_TRUE(lock.ok());
    for (const Status& status : {impatient->CreateRun({.experiment_id = "0"}).status(),
                                 impatient->SetTags(run.id, {{"a", "b"}}),
                                 impatient->EndRun(run.id, RunStatus::kFinished)}) {
      EXPECT_EQ(status.code(), StatusCode::kUnavailable);
      EXPECT_THAT(status.message(), HasSubstr("locked"));
    }
    EXPECT_TRUE(impatient->GetRun(run.id).ok()) << "readers do not wait";
  }
  EXPECT_TRUE(impatient->EndRun(run.id, RunStatus::kFinished).ok());
}

// What MLflow 3.10 and later do to the keys of experiments and of the registry.
constexpr const char* kWorkspaces = R"sql(
PRAGMA foreign_keys = OFF;
ALTER TABLE experiments RENAME TO old_experiments;
CREATE TABLE experiments (experiment_id INTEGER NOT NULL, name VARCHAR(256) NOT NULL,
  artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32), creation_time BIGINT,
  last_update_time BIGINT, workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), UNIQUE (workspace, name));
INSERT INTO experiments SELECT *, 'default' FROM old_experiments;
DROP TABLE registered_model_tags; DROP TABLE registered_model_aliases;
DROP TABLE model_version_tags; DROP TABLE model_versions; DROP TABLE registered_models;
CREATE TABLE registered_models (name VARCHAR(256) NOT NULL, creation_time BIGINT,
  last_updated_time BIGINT, description VARCHAR(5000),
  workspace VARCHAR(63) DEFAULT 'default' NOT NULL, PRIMARY KEY (workspace, name));
CREATE TABLE registered_model_tags (key VARCHAR(250) NOT NULL, value VARCHAR(5000),
  name VARCHAR(256) NOT NULL, workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY (workspace, key, name),
  FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE);
CREATE TABLE registered_model_aliases (alias VARCHAR(256) NOT NULL, version INTEGER NOT NULL,
  name VARCHAR(256) NOT NULL, workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY (workspace, name, alias),
  FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name)
  ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE model_versions (name VARCHAR(256) NOT NULL, version INTEGER NOT NULL,
  creation_time BIGINT, last_updated_time BIGINT, description VARCHAR(5000), user_id VARCHAR(256),
  current_stage VARCHAR(20), source VARCHAR(500), run_id VARCHAR(32), status VARCHAR(20),
  status_message VARCHAR(500), run_link VARCHAR(500), storage_location VARCHAR(500),
  workspace VARCHAR(63) DEFAULT 'default' NOT NULL, PRIMARY KEY (workspace, name, version),
  FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE);
CREATE TABLE model_version_tags (key VARCHAR(250) NOT NULL, value TEXT, name VARCHAR(256) NOT NULL,
  version INTEGER NOT NULL, workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY (workspace, key, name, version), FOREIGN KEY(workspace, name, version)
  REFERENCES model_versions (workspace, name, version) ON UPDATE CASCADE);
UPDATE alembic_version SET version_num = 'ffffffffffff';
DROP TABLE old_experiments;
)sql";

TEST_F(SqlStoreTest, ANewerRevisionIsUsedAsItIs) {
  store_.reset();
  {
    const std::unique_ptr<sql::Database> raw = Raw();
    // References to the renamed table stay with the name.
    const Status upgraded =
        raw->RunScript((std::string("PRAGMA legacy_alter_table = ON;") + kWorkspaces).c_str());
    ASSERT_TRUE(upgraded.ok()) << upgraded.message();
  }
  store_ = Reopen({});
  ASSERT_NE(store_, nullptr);
  EXPECT_EQ(store_->GetOrCreateExperiment("new")->id, "1");
  EXPECT_EQ(store_->GetOrCreateExperiment("new")->id, "1");
  NewTestVersion("loans", "champion");
  EXPECT_EQ(NewTestVersion("loans", "champion").version, 2);
  EXPECT_EQ(store_->GetModel("loans")->aliases.at("champion"), 2);
  EXPECT_TRUE(store_->SetAlias("loans", "champion", 1).ok());
  EXPECT_TRUE(store_->SetStage("loans", 1, "Production").ok());
  EXPECT_TRUE(store_->DeleteVersion("loans", 1).ok());
  EXPECT_TRUE(store_->GetModel("loans")->aliases.empty());
  EXPECT_EQ(Select("SELECT version_num FROM alembic_version"), "ffffffffffff");
  EXPECT_EQ(Select("SELECT group_concat(DISTINCT workspace) FROM model_versions"), "default");
}

TEST_F(SqlStoreTest, AFileOfMlflow2IsReadAndRefusedForWriting) {
  const std::string run = NewTestRun().id;
  ASSERT_TRUE(Raw()
                  ->RunScript("DROP TABLE logged_model_metrics; DROP TABLE logged_model_params; "
                              "DROP TABLE logged_model_tags; DROP TABLE logged_models; "
                              "UPDATE alembic_version SET version_num = '0584bdc529eb'")
                  .ok());
  const std::unique_ptr<Store> old = Reopen({.create = false});
  EXPECT_EQ(old->ListRuns("", 10)->size(), 1u);
  EXPECT_TRUE(old->FindLoggedModels(run).ok());
  const Result<Run> refused = old->CreateRun({.experiment_id = "0"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(refused.status().message(), HasSubstr("0584bdc529eb"));
  ASSERT_FALSE(refused.status().fixes().empty());
  EXPECT_THAT(refused.status().fixes()[0], HasSubstr("mlflow db upgrade"));
}

constexpr int kWriters = 4;
constexpr int kRunsEach = 10;

// What one of several writers does; returns how many steps failed.
int WriteALot(Store& store) {
  int failed = 0;
  for (int i = 0; i < kRunsEach; ++i) {
    const Result<Experiment> experiment = store.GetOrCreateExperiment("shared");
    const Result<Run> run =
        experiment.ok() ? store.CreateRun({.experiment_id = experiment->id}) : experiment.status();
    if (!run.ok()) {
      ++failed;
      continue;
    }
    failed += !store.LogMetrics(run->id, {{"m", 1, 1, i}}).ok();
    failed += !store.LogInput(run->id, {.name = "t", .digest = "d", .source_type = "local"}).ok();
    const Result<LoggedModel> model = store.CreateLoggedModel(*run, "model");
    failed += !model.ok() || !store
                                  .Publish({.run_id = run->id,
                                            .model_id = model->id,
                                            .registered_name = "loans",
                                            .alias = "champion"})
                                  .ok();
  }
  return failed;
}

void ExpectAllWritten(Store& store) {
  EXPECT_EQ(store.ListRuns("", 1000)->size(), static_cast<std::size_t>(kWriters * kRunsEach));
  const std::vector<ModelVersion> versions = *store.ListVersions("loans");
  ASSERT_EQ(versions.size(), static_cast<std::size_t>(kWriters * kRunsEach));
  EXPECT_EQ(versions.front().version, kWriters * kRunsEach);
  EXPECT_EQ(store.GetModel("loans")->aliases.at("champion"), kWriters * kRunsEach);
  EXPECT_EQ(store.ListExperiments()->size(), 2u);
}

TEST_F(SqlStoreTest, ConnectionsInThreadsWriteAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> failed(kWriters, -1);
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      const std::unique_ptr<Store> store = Reopen({});
      if (store != nullptr) failed[static_cast<std::size_t>(i)] = WriteALot(*store);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(failed, testing::Each(0));
  ExpectAllWritten(*store_);
}

TEST_F(SqlStoreTest, ThreadsShareOneConnection) {
  std::vector<std::thread> threads;
  std::vector<int> failed(kWriters, -1);
  for (int i = 0; i < kWriters; ++i)
    threads.emplace_back([&, i] { failed[static_cast<std::size_t>(i)] = WriteALot(*store_); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(failed, testing::Each(0));
  ExpectAllWritten(*store_);
}

TEST_F(SqlStoreTest, ProcessesMakeTheFileAndWriteAtOnce) {
  store_.reset();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(Path() + end);
  std::vector<pid_t> children;
  for (int i = 0; i < kWriters; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const Result<std::unique_ptr<Store>> store = Store::Open(Uri(), {});
      if (!store.ok()) std::fprintf(stderr, "%s\n", store.status().message().c_str());
      ::_exit(store.ok() ? WriteALot(**store) : 99);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  store_ = Reopen({.create = false});
  ExpectAllWritten(*store_);
  EXPECT_EQ(Select("PRAGMA integrity_check"), "ok");
}

TEST_F(SqlStoreTest, AProcessKilledInTheMiddleLeavesAWholeStore) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Result<std::unique_ptr<sql::Database>> raw = sql::Open("sqlite:///" + Path(), {});
    if (!raw.ok() || !(*raw)->RunScript("BEGIN IMMEDIATE; DELETE FROM experiments").ok())
      ::_exit(1);
    (void)!::write(ends[1], "x", 1);
    ::pause();
  }
  char ready = 0;
  ASSERT_EQ(::read(ends[0], &ready, 1), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(store_->ListExperiments()->size(), 1u);
  EXPECT_TRUE(store_->CreateRun({.experiment_id = "0"}).ok());
}

}  // namespace
}  // namespace reeve::tracking
