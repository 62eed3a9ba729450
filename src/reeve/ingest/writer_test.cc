#include "reeve/ingest/writer.h"

#include <cmath>
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "reeve/base/random.h"
#include "reeve/ingest/test_folder.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WriterTest : public FolderTest {
 protected:
  // Every type and storage, with a missing value each.
  static Table Sample() {
    Table table;
    table.Add(Column::Numbers("i", ColumnType::kInteger, {1, kMissingNumber, -3}));
    table.Add(Column::Numbers("r", ColumnType::kReal, {0.1, 1e300, kMissingNumber}));
    table.Add(Column::Numbers("b", ColumnType::kBoolean, {1, 0, kMissingNumber}));
    table.Add(Column::Numbers("d", ColumnType::kDatetime, {86400, kMissingNumber, 0.5}));
    Column texts = Column::Texts("t");
    for (const char* const text : {"a,\"b\"", "", "ü\n"}) texts.AppendText(text);
    table.Add(std::move(texts));
    table.Add(Column::Codes("c", ColumnType::kCategory, {1, kMissingCode, 0}, {"x", "y z"}));
    return table;
  }
  static std::vector<OutputColumn> ColumnsOf(const Table& table) {
    std::vector<OutputColumn> columns;
    for (const Column& column : table.columns()) columns.push_back({column.name(), column.type()});
    return columns;
  }
  Status WriteTable(const std::string& name, const Table& table, const WriteOptions& options = {}) {
    REEVE_ASSIGN_OR_RETURN(const auto writer,
                           TableWriter::Open(PathOf(name), ColumnsOf(table), options));
    REEVE_RETURN_IF_ERROR(writer->Append(table));
    return writer->Commit();
  }
  static Table Numbers(const std::string& name, std::vector<double> numbers) {
    Table table;
    table.Add(Column::Numbers(name, ColumnType::kInteger, std::move(numbers)));
    return table;
  }
};

const char* const kFiles[] = {"o.csv", "o.jsonl", "o.parquet", "o.csv.gz", "o.jsonl.gz"};

TEST_F(WriterTest, CsvQuotesWhatNeedsIt) {
  ASSERT_TRUE(WriteTable("o.csv", Sample()).ok());
  EXPECT_EQ(Read("o.csv"),
            "i,r,b,d,t,c\n1,0.1,true,1970-01-02,\"a,\"\"b\"\"\",y z\n,1e+300,false,,,\n"
            "-3,,,1970-01-01T00:00:00.500Z,\"ü\n\",x\n");
}

TEST_F(WriterTest, JsonLinesHoldTypedValues) {
  ASSERT_TRUE(WriteTable("o.jsonl", Sample()).ok());
  EXPECT_EQ(
      Read("o.jsonl"),
      "{\"i\":1,\"r\":0.1,\"b\":true,\"d\":\"1970-01-02\",\"t\":\"a,\\\"b\\\"\",\"c\":\"y z\"}\n"
      "{\"i\":null,\"r\":1e+300,\"b\":false,\"d\":null,\"t\":null,\"c\":null}\n"
      "{\"i\":-3,\"r\":null,\"b\":null,\"d\":\"1970-01-01T00:00:00.500Z\",\"t\":\"ü\\u000a\","
      "\"c\":\"x\"}\n");
}

TEST_F(WriterTest, ParquetKeepsTypes) {
  ASSERT_TRUE(WriteTable("o.parquet", Sample()).ok());
  const ReadOutcome outcome = ReadWhole(PathOf("o.parquet"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(outcome.table.column(0).type(), ColumnType::kInteger);
  EXPECT_EQ(outcome.table.column(1).type(), ColumnType::kReal);
  EXPECT_EQ(outcome.table.column(2).type(), ColumnType::kBoolean);
  EXPECT_EQ(outcome.table.column(3).type(), ColumnType::kDatetime);
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "0.1", "true", "1970-01-02", "a,\"b\"", "y z"));
  EXPECT_THAT(outcome.Row(1), ElementsAre("", "1e+300", "false", "", "", ""));
  EXPECT_THAT(outcome.Row(2), ElementsAre("-3", "", "", "1970-01-01T00:00:00.500Z", "ü", "x"));
}

TEST_F(WriterTest, NumbersAreReadBackExactly) {
  Random random(3);
  std::vector<double> numbers;
  for (int i = 0; i < 5000; ++i) numbers.push_back(random.Uniform());
  Table table;
  table.Add(Column::Numbers("p", ColumnType::kReal, numbers));
  for (const char* const file : {"o.jsonl", "o.parquet"}) {
    ASSERT_TRUE(WriteTable(file, table).ok());
    const ReadOutcome outcome = ReadWhole(PathOf(file));
    ASSERT_EQ(outcome.table.rows(), 5000) << file;
    EXPECT_THAT(outcome.table.column(0).numbers(), testing::ElementsAreArray(numbers)) << file;
  }
}

TEST_F(WriterTest, MissingValuesOfASingleColumnAreRows) {
  ASSERT_TRUE(WriteTable("o.csv", Numbers("a", {1, kMissingNumber, 3})).ok());
  EXPECT_EQ(ReadWhole(PathOf("o.csv")).table.rows(), 3);
}

TEST_F(WriterTest, NoRowsStillMakeAFile) {
  for (const char* const file : {"o.csv", "o.parquet", "o.csv.gz"}) {
    ASSERT_TRUE(WriteTable(file, Numbers("a", {})).ok());
    const ReadOutcome outcome = ReadWhole(PathOf(file));
    EXPECT_TRUE(outcome.status.ok()) << file << outcome.status.message();
    EXPECT_THAT(outcome.names, ElementsAre("a")) << file;
  }
}

TEST_F(WriterTest, ExistingFilesAreNotOverwrittenByAccident) {
  for (const std::string file : kFiles) {
    Write(file, "yesterday\n");
    const Status status = WriteTable(file, Numbers("a", {1}));
    EXPECT_EQ(status.code(), StatusCode::kAlreadyExists) << file;
    EXPECT_THAT(status.message(), HasSubstr(file));
    EXPECT_THAT(status.message(), HasSubstr("exist"));
    EXPECT_EQ(Read(file), "yesterday\n");
  }
}

TEST_F(WriterTest, ModesReplaceAndAppend) {
  for (const char* const file : kFiles) {
    ASSERT_TRUE(WriteTable(file, Numbers("a", {1, 2}), {.mode = WriteMode::kAppend}).ok()) << file;
    const Status status = WriteTable(file, Numbers("a", {3}), {.mode = WriteMode::kAppend});
    ASSERT_TRUE(status.ok()) << file << ": " << status.message();
    const ReadOutcome appended = ReadWhole(PathOf(file));
    ASSERT_EQ(appended.table.rows(), 3) << file;
    EXPECT_THAT(appended.Row(2), ElementsAre("3")) << file;
    ASSERT_TRUE(WriteTable(file, Numbers("a", {9}), {.mode = WriteMode::kReplace}).ok()) << file;
    EXPECT_THAT(ReadWhole(PathOf(file)).Row(0), ElementsAre("9")) << file;
  }
  EXPECT_EQ(Names().size(), std::size(kFiles)) << "no temporary file is left";
}

TEST_F(WriterTest, AppendingToOtherColumnsIsRefused) {
  for (const char* const file : {"o.csv", "o.parquet", "o.csv.gz"}) {
    ASSERT_TRUE(WriteTable(file, Numbers("a", {1})).ok());
    const std::string before = Read(file);
    const Status status = WriteTable(file, Numbers("b", {2}), {.mode = WriteMode::kAppend});
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << file;
    EXPECT_THAT(status.message(), HasSubstr("\"a\"")) << file;
    EXPECT_THAT(status.message(), HasSubstr("\"b\"")) << file;
    EXPECT_EQ(Read(file), before) << file;
  }
}

TEST_F(WriterTest, AppendingAcceptsAHeaderInAnotherHand) {
  Write("o.csv", "\xEF\xBB\xBF\"a\"\r\n1");
  ASSERT_TRUE(WriteTable("o.csv", Numbers("a", {2}), {.mode = WriteMode::kAppend}).ok());
  EXPECT_EQ(Read("o.csv"), "\xEF\xBB\xBF\"a\"\r\n1\n2\n");
  Write("e.csv", "");
  ASSERT_TRUE(WriteTable("e.csv", Numbers("a", {2}), {.mode = WriteMode::kAppend}).ok());
  EXPECT_EQ(Read("e.csv"), "a\n2\n");
}

TEST_F(WriterTest, WithoutACommitNothingIsThere) {
  for (const char* const file : kFiles) {
    const auto writer = TableWriter::Open(PathOf(file), {{"a", ColumnType::kInteger}}, {});
    ASSERT_TRUE(writer.ok()) << file;
    ASSERT_TRUE((*writer)->Append(Numbers("a", std::vector<double>(100'000, 1))).ok());
    EXPECT_FALSE(std::filesystem::exists(PathOf(file))) << file;
  }
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_F(WriterTest, TargetsThatCannotBeAreRefusedBeforeAnyWork) {
  std::filesystem::create_directories(folder_ / "dir.csv");
  struct Case {
    std::string target;
    WriteOptions options;
    StatusCode code;
    std::string part;
  };
  const Case cases[] = {
      {PathOf("o.xyz"), {}, StatusCode::kInvalidArgument, "xyz"},
      {PathOf("nowhere/o.csv"), {}, StatusCode::kNotFound, "nowhere"},
      {PathOf("dir.csv"), {}, StatusCode::kIo, "folder"},
      {PathOf("o.csv"), {.batch_id = "d"}, StatusCode::kInvalidArgument, "table"},
      {"-", {.batch_id = "d"}, StatusCode::kInvalidArgument, "table"},
      {"sqlite:///f.db?query=SELECT 1", {}, StatusCode::kInvalidArgument, "table"},
      {"sqlite:///f.db", {}, StatusCode::kInvalidArgument, "table"},
      {"postgresql://h/d?query=SELECT 1", {}, StatusCode::kInvalidArgument, "table"},
      {"postgresql://h/d", {}, StatusCode::kInvalidArgument, "table"},
  };
  for (const Case& c : cases) {
    const Status status = TableWriter::CheckTarget(c.target, c.options);
    EXPECT_EQ(status.code(), c.code) << c.target << status.message();
    EXPECT_THAT(status.message(), HasSubstr(c.part)) << c.target;
  }
}

TEST_F(WriterTest, ColumnsNeedNamesOfTheirOwn) {
  const std::vector<OutputColumn> same = {{"a", ColumnType::kText}, {"a", ColumnType::kReal}};
  const std::vector<OutputColumn> folded = {{"a", ColumnType::kText}, {"A", ColumnType::kReal}};
  const auto code = [&](const std::string& file, const std::vector<OutputColumn>& columns) {
    return TableWriter::Open(PathOf(file), columns, {}).status().code();
  };
  EXPECT_EQ(code("o.csv", same), StatusCode::kInvalidArgument);
  EXPECT_EQ(code("o.csv", folded), StatusCode::kOk);
  EXPECT_EQ(code("o.parquet", folded), StatusCode::kInvalidArgument);
}

TEST_F(WriterTest, ModesHaveNames) {
  EXPECT_EQ(*ParseWriteMode("append"), WriteMode::kAppend);
  EXPECT_EQ(*ParseWriteMode("replace"), WriteMode::kReplace);
  EXPECT_THAT(ParseWriteMode("replce").status().message(), HasSubstr("\"replace\""));
}

// A file that may not grow past a limit stands for a disk that is full.
TEST_F(WriterTest, AFullDiskLeavesNothingThatLooksWhole) {
  std::vector<double> numbers(400'000);
  Random random(5);
  for (double& number : numbers) number = static_cast<double>(random.Next() >> 12);
  const Table table = Numbers("a", numbers);
  struct rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {300'000, before.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  for (const char* const file : kFiles) {
    ::setrlimit(RLIMIT_FSIZE, &small);
    const Status status = WriteTable(file, table);
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(status.code(), StatusCode::kIo) << file << ": " << status.message();
    EXPECT_THAT(status.message(), HasSubstr(PathOf(file))) << file;
  }
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_F(WriterTest, AClosedStandardOutputIsAnError) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);
  const int saved = ::dup(STDOUT_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  const auto writer = TableWriter::Open("-", {{"a", ColumnType::kInteger}}, {});
  const Status appended = (*writer)->Append(Numbers("a", {1, 2}));
  const Status committed = (*writer)->Commit();
  ::dup2(saved, STDOUT_FILENO);
  ::close(saved);
  ::close(ends[1]);
  std::signal(SIGPIPE, old_handler);
  EXPECT_TRUE(appended.ok());
  EXPECT_EQ(committed.code(), StatusCode::kIo);
  EXPECT_THAT(committed.message(), HasSubstr("closed"));
}

}  // namespace
}  // namespace reeve::ingest
