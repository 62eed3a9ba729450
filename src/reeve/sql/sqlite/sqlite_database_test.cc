#include "reeve/sql/sqlite/sqlite_database.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "reeve/base/test_folder.h"

namespace reeve::sql {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = Open({});
    ASSERT_NE(database_, nullptr);
    ASSERT_TRUE(database_
                    ->RunScript("CREATE TABLE t (a, b); CREATE TABLE child (a REFERENCES p "
                                "(a)); CREATE TABLE p (a PRIMARY KEY);")
                    .ok());
  }

  std::string Path() const { return folder_.Path("x.db"); }

  std::unique_ptr<Database> Open(const DatabaseOptions& options) {
    Result<std::unique_ptr<Database>> database = OpenSqlite(Path(), options);
    EXPECT_TRUE(database.ok()) << database.status().message();
    return database.ok() ? std::move(*database) : nullptr;
  }

  std::int64_t Count() {
    Result<Statement> row = database_->Prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(row.ok() && row->Step().ok());
    return row->Integer(0);
  }

  TestFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, BindsAndReadsBackEveryKind) {
  const std::string text("a\0b\xC3\xA4", 5);
  ASSERT_TRUE(database_->Run("INSERT INTO t VALUES (?, ?)", text, 0.1).ok());
  ASSERT_TRUE(database_->Run("INSERT INTO t VALUES (?, ?)", INT64_MIN, true).ok());
  ASSERT_TRUE(database_->Run("INSERT INTO t VALUES (NULL, ?)", std::string_view()).ok());
  Statement row = *database_->Prepare("SELECT a, b FROM t ORDER BY rowid");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Text(0), text);
  EXPECT_EQ(row.Real(1), 0.1);
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Integer(0), INT64_MIN);
  EXPECT_EQ(row.Integer(1), 1);
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Text(0), "");
  EXPECT_FALSE(*row.Step());
}

TEST_F(DatabaseTest, DescribesWhatItDoesNotRun) {
  const auto columns = database_->Describe("SELECT a, b AS \"c d\" FROM t");
  ASSERT_TRUE(columns.ok()) << columns.status().message();
  ASSERT_EQ(columns->size(), 2U);
  EXPECT_EQ((*columns)[1].name, "c d");
  EXPECT_EQ((*columns)[1].type, ResultType::kOther);
  EXPECT_FALSE(database_->Describe("SELECT nothing").ok());
}

TEST_F(DatabaseTest, EmptyTextIsNotNull) {
  ASSERT_TRUE(
      database_->Run("INSERT INTO t VALUES (?, ?)", std::string(), std::string_view()).ok());
  Statement row = *database_->Prepare("SELECT a IS NULL, b IS NULL FROM t");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Integer(0), 0);
  EXPECT_EQ(row.Integer(1), 0);
}

TEST_F(DatabaseTest, TransactionWithoutCommitLeavesNothing) {
  {
    Result<Transaction> transaction = Transaction::Begin(*database_);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database_->Run("INSERT INTO t VALUES (1, 1)").ok());
  }
  EXPECT_EQ(Count(), 0);
  Result<Transaction> transaction = Transaction::Begin(*database_);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(database_->Run("INSERT INTO t VALUES (1, 1)").ok());
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(Count(), 1);
}

TEST_F(DatabaseTest, ReferencesAreEnforced) {
  const Status status = database_->Run("INSERT INTO child VALUES (7)");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("FOREIGN KEY"), std::string::npos) << status.message();
}

TEST_F(DatabaseTest, MistakesInSqlNameTheFile) {
  const Result<Statement> row = database_->Prepare("SELECT nothing FROM nowhere");
  ASSERT_FALSE(row.ok());
  EXPECT_EQ(row.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(row.status().message().find(Path()), std::string::npos);
}

TEST_F(DatabaseTest, ALockThatStaysIsUnavailable) {
  const Result<Transaction> transaction = Transaction::Begin(*database_);
  ASSERT_TRUE(transaction.ok());
  const std::unique_ptr<Database> other = Open({.busy_ms = 50});
  const Status status = other->Run("INSERT INTO t VALUES (1, 1)");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("locked by another process"), std::string::npos)
      << status.message();
  EXPECT_FALSE(status.fixes().empty());
}

TEST_F(DatabaseTest, AFileThatIsNotThereIsNotMade) {
  const std::string path = folder_.Path("absent.db");
  EXPECT_FALSE(OpenSqlite(path, {.create = false}).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(DatabaseTest, OtherFilesAreRefusedAndLeftAlone) {
  const std::string path = folder_.Path("table.csv");
  const std::string bytes(5000, 'x');
  std::ofstream(path) << bytes;
  const Result<std::unique_ptr<Database>> database = OpenSqlite(path, {});
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(database.status().message().find("not a database"), std::string::npos)
      << database.status().message();
  EXPECT_EQ(std::filesystem::file_size(path), bytes.size());
}

TEST_F(DatabaseTest, ADamagedFileIsCorrupt) {
  ASSERT_TRUE(database_
                  ->RunScript("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 "
                              "FROM n WHERE i < 5000) INSERT INTO t SELECT i, hex(i) FROM n")
                  .ok());
  database_.reset();
  {
    std::fstream file(Path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(40'000, '\xFF');
  }
  database_ = Open({});
  ASSERT_NE(database_, nullptr);
  Result<Statement> row = database_->Prepare("SELECT sum(length(b)) FROM t");
  ASSERT_TRUE(row.ok());
  const Result<bool> found = row->Step();
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.status().code(), StatusCode::kCorrupt) << found.status().message();
}

// Somebody who may write nothing here: root becomes "nobody" for as long as this lives.
class Guest {
 public:
  Guest() : is_root_(::geteuid() == 0) { EXPECT_TRUE(!is_root_ || ::seteuid(65'534) == 0); }
  ~Guest() { EXPECT_TRUE(!is_root_ || ::seteuid(0) == 0); }

 private:
  const bool is_root_;
};

TEST_F(DatabaseTest, AFileThatMayOnlyBeReadFailsToBeWritten) {
  for (const char* const mode : {"DELETE", "WAL"}) {
    SCOPED_TRACE(mode);
    ASSERT_TRUE(database_->RunScript((std::string("PRAGMA journal_mode = ") + mode).c_str()).ok());
    ASSERT_TRUE(database_->Run("INSERT INTO t VALUES (1, 1)").ok());
    database_.reset();
    using std::filesystem::perms;
    const std::string folder = folder_.Path();
    const perms reads = perms::owner_read | perms::group_read | perms::others_read;
    std::filesystem::permissions(Path(), reads);
    std::filesystem::permissions(
        folder, reads | perms::owner_exec | perms::group_exec | perms::others_exec);
    {
      const Guest guest;
      database_ = Open({.create = false});
      ASSERT_NE(database_, nullptr);
      EXPECT_GT(Count(), 0);
      const Status status = database_->Run("INSERT INTO t VALUES (1, 1)");
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(status.code(), StatusCode::kIo) << status.message();
      database_.reset();
    }
    std::filesystem::permissions(folder, perms::owner_all);
    std::filesystem::permissions(Path(), perms::owner_all);
    database_ = Open({});
  }
}

TEST_F(DatabaseTest, AFolderCannotBeOpened) {
  const Result<std::unique_ptr<Database>> database = OpenSqlite(folder_.Path(), {});
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.status().code(), StatusCode::kUnavailable);
}

TEST_F(DatabaseTest, OneTextMayRunTwiceAtOnce) {
  ASSERT_TRUE(database_->RunScript("INSERT INTO t VALUES (1, 1), (2, 2)").ok());
  for (int round = 0; round < 2; ++round) {
    sql::Statement outer = *database_->Prepare("SELECT a FROM t ORDER BY a");
    sql::Statement inner = *database_->Prepare("SELECT a FROM t ORDER BY a");
    ASSERT_TRUE(*outer.Step() && *outer.Step() && *inner.Step());
    EXPECT_EQ(outer.Integer(0), 2);
    EXPECT_EQ(inner.Integer(0), 1);
  }
}

TEST_F(DatabaseTest, ValuesCollectedAtRunTimeBindAsOthersDo) {
  ASSERT_TRUE(database_->RunWith("INSERT INTO t VALUES (?, ?)", {nullptr, std::string("x")}).ok());
  sql::Statement row = *database_->PrepareWith("SELECT a, b FROM t WHERE b = ?", {"x"});
  ASSERT_TRUE(*row.Step());
  EXPECT_TRUE(row.IsNull(0));
  EXPECT_EQ(row.OptionalText(0), std::nullopt);
  EXPECT_EQ(row.OptionalText(1), "x");
}

TEST_F(DatabaseTest, ABrokenRuleIsAlreadyExists) {
  ASSERT_TRUE(database_->Run("INSERT INTO p VALUES (1)").ok());
  EXPECT_EQ(database_->Run("INSERT INTO p VALUES (1)").code(), StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace reeve::sql
