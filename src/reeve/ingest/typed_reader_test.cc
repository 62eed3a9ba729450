#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/ingest/duck.h"
#include "reeve/ingest/test_folder.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TypedReaderTest : public FolderTest {
 protected:
  // Has DuckDB write the rows of a query.
  std::string WriteParquet(const std::string& name, const std::string& query,
                           const std::string& options = "") {
    const auto duck = Duck::Open({});
    const Status status = (*duck)->Run("COPY (" + query + ") TO " + SqlText(PathOf(name)) +
                                       " (FORMAT parquet" + options + ")");
    EXPECT_TRUE(status.ok()) << status.message();
    return PathOf(name);
  }
  ReadOutcome Json(std::string_view text, const ReadOptions& options = {}) {
    return ReadWhole(Write("t.jsonl", text), options);
  }
  static void ExpectColumn(const ReadOutcome& outcome, const std::string& name, ColumnType type,
                           Column::Storage storage) {
    const auto column = outcome.table.Get(name);
    ASSERT_TRUE(column.ok()) << name;
    EXPECT_EQ((*column)->type(), type) << name;
    EXPECT_EQ((*column)->storage(), storage) << name;
  }
  static void ExpectRefused(const ReadOutcome& outcome, const std::vector<std::string>& parts) {
    EXPECT_EQ(outcome.status.code(), StatusCode::kInvalidData) << outcome.status.message();
    for (const std::string& part : parts) EXPECT_THAT(outcome.status.message(), HasSubstr(part));
    EXPECT_THAT(outcome.status.message(), testing::Not(HasSubstr("\n")));
    EXPECT_LT(outcome.status.message().size(), 900U);
  }
};

constexpr auto kNumbers = Column::Storage::kNumbers;
constexpr auto kTexts = Column::Storage::kTexts;

TEST_F(TypedReaderTest, ParquetTypesBecomeColumns) {
  const ReadOutcome outcome = ReadWhole(WriteParquet(
      "t.parquet",
      "SELECT 3::INTEGER i, 9007199254740993::BIGINT w, 1.25::DECIMAL(6,2) d, 'nan'::DOUBLE n, "
      "true b, DATE '2020-02-29' AS dd, TIMESTAMP '2020-01-01 10:00:00.5' ts, "
      "TIMESTAMPTZ '2020-01-01 10:00:00+02' tz, [1,2] l, {'x': 1} s, ' x ' t, 12::BIGINT g "
      "UNION ALL SELECT NULL, 1, NULL, 'inf'::DOUBLE, NULL, NULL, NULL, NULL, [], NULL, NULL, "
      "NULL"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  ExpectColumn(outcome, "i", ColumnType::kInteger, kNumbers);
  ExpectColumn(outcome, "w", ColumnType::kText, kTexts);
  ExpectColumn(outcome, "d", ColumnType::kReal, kNumbers);
  ExpectColumn(outcome, "n", ColumnType::kReal, kNumbers);
  ExpectColumn(outcome, "b", ColumnType::kBoolean, kNumbers);
  ExpectColumn(outcome, "dd", ColumnType::kDatetime, kNumbers);
  ExpectColumn(outcome, "ts", ColumnType::kDatetime, kNumbers);
  ExpectColumn(outcome, "tz", ColumnType::kDatetime, kNumbers);
  ExpectColumn(outcome, "l", ColumnType::kList, kTexts);
  ExpectColumn(outcome, "g", ColumnType::kInteger, kNumbers);
  EXPECT_THAT(outcome.Row(0), ElementsAre("3", "9007199254740993", "1.25", "", "true", "2020-02-29",
                                          "2020-01-01T10:00:00.500Z", "2020-01-01T08:00:00Z",
                                          "[1,2]", "{\"x\":1}", "x", "12"));
  EXPECT_THAT(outcome.Row(1), ElementsAre("", "1", "", "", "", "", "", "", "", "", "", ""));
}

TEST_F(TypedReaderTest, TimesDoNotDependOnTheMachinesZone) {
  const std::string path =
      WriteParquet("t.parquet", "SELECT TIMESTAMPTZ '2020-07-01 10:00:00+00' tz");
  ::setenv("TZ", "America/New_York", 1);
  EXPECT_THAT(ReadWhole(path).Row(0), ElementsAre("2020-07-01T10:00:00Z"));
  ::unsetenv("TZ");
}

TEST_F(TypedReaderTest, ParquetRowsKeepTheirOrderWithSeveralThreads) {
  const std::string path =
      WriteParquet("t.parquet", "SELECT i FROM range(500000) t(i)", ", ROW_GROUP_SIZE 20000");
  const ReadOutcome outcome = ReadWhole(path, {.threads = 2, .chunk_rows = 10'000});
  ASSERT_EQ(outcome.table.rows(), 500'000);
  for (std::int64_t i = 0; i < outcome.table.rows(); ++i) {
    ASSERT_EQ(outcome.table.column(0).numbers()[static_cast<std::size_t>(i)],
              static_cast<double>(i));
  }
}

TEST_F(TypedReaderTest, AColumnHasOneTypeInAllFiles) {
  WriteParquet("p1.parquet", "SELECT 1 a, 2 b, 3 c");
  WriteParquet("p2.parquet", "SELECT 'x' c, 0.5 b, NULL::INTEGER a");
  const ReadOutcome outcome = ReadWhole(PathOf("p*.parquet"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  ExpectColumn(outcome, "a", ColumnType::kInteger, kNumbers);
  ExpectColumn(outcome, "b", ColumnType::kReal, kNumbers);
  ExpectColumn(outcome, "c", ColumnType::kText, kTexts);
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "2", "3"));
  EXPECT_THAT(outcome.Row(1), ElementsAre("", "0.5", "x"));
}

TEST_F(TypedReaderTest, ParquetFilesWithOtherColumnsAreRefused) {
  WriteParquet("p1.parquet", "SELECT 1 a, 2 b");
  WriteParquet("p2.parquet", "SELECT 1 a, 2 c");
  ExpectRefused(ReadWhole(PathOf("p*.parquet")), {"p2.parquet", "\"b\""});
}

TEST_F(TypedReaderTest, FoldersCalledLikePartitionsAddNoColumn) {
  std::filesystem::create_directories(folder_ / "year=2020");
  const ReadOutcome outcome = ReadWhole(WriteParquet("year=2020/a[1] 'x'.parquet", "SELECT 1 a"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.names, ElementsAre("a"));
}

TEST_F(TypedReaderTest, DamagedParquetIsRefused) {
  const std::string path =
      WriteParquet("t.parquet", "SELECT i, 'text ' || i t FROM range(5000) t(i)");
  const std::string whole = Read("t.parquet");
  ExpectRefused(ReadWhole(Write("cut.parquet", whole.substr(0, whole.size() - 200))),
                {"cut.parquet", "Parquet"});
  ExpectRefused(ReadWhole(Write("empty.parquet", "")), {"empty.parquet", "Parquet"});
  ExpectRefused(ReadWhole(Write("csv.parquet", "a,b\n1,2\n")), {"csv.parquet", "Parquet"});
  std::string hurt = whole;
  for (std::size_t i = 30; i < 300; ++i) hurt[i] ^= '\x5A';
  ExpectRefused(ReadWhole(Write("hurt.parquet", hurt)), {"hurt.parquet", "Parquet"});
}

TEST_F(TypedReaderTest, OnlyTheColumnsAskedForAreRead) {
  const std::string path = WriteParquet("t.parquet", "SELECT 1 a, 2 b, 3 c");
  const ReadOutcome outcome =
      ReadWhole(path, {.only_columns = std::vector<std::string>{"c", "nobody", "a"}});
  EXPECT_THAT(outcome.names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(outcome.table.Names(), ElementsAre("a", "c"));
}

TEST_F(TypedReaderTest, JsonMembersAreTheUnionOfAllLines) {
  const ReadOutcome outcome = Json(
      "{\"a\":1,\"b\":\" x \"}\n\n{\"b\":\"y\",\"c\":[1,2]}\r\n{\"a\":2.5,\"c\":[],\"d\":true}\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.names, ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "x", "", ""));
  EXPECT_THAT(outcome.Row(1), ElementsAre("", "y", "[1,2]", ""));
  EXPECT_THAT(outcome.Row(2), ElementsAre("2.5", "", "", "true"));
}

TEST_F(TypedReaderTest, JsonValuesStandAsTheyAre) {
  const ReadOutcome outcome = Json(
      "{\"wide\":9007199254740993,\"huge\":18446744073709551616,\"day\":\"2020-01-01\","
      "\"mixed\":1,\"nested\":{\"x\":1.5},\"zero\":\"007\",\"none\":null}\n"
      "{\"wide\":1,\"huge\":2,\"day\":\"2020-01-02\",\"mixed\":\"q\",\"nested\":{\"y\":[]},"
      "\"zero\":\"008\",\"none\":null}\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.Row(0), ElementsAre("9007199254740993", "18446744073709551616", "2020-01-01",
                                          "1", "{\"x\":1.5}", "007", ""));
  EXPECT_THAT(outcome.Row(1), ElementsAre("1", "2", "2020-01-02", "q", "{\"y\":[]}", "008", ""));
}

TEST_F(TypedReaderTest, JsonFilesTogetherMakeOneTable) {
  Write("p1.jsonl", "{\"a\":1,\"b\":null}\n");
  Write("p2.jsonl", "{\"b\":\"x\",\"c\":2.5,\"a\":0.5}\n");
  const ReadOutcome outcome = ReadWhole(PathOf("p*.jsonl"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "", ""));
  EXPECT_THAT(outcome.Row(1), ElementsAre("0.5", "x", "2.5"));
}

TEST_F(TypedReaderTest, BrokenJsonNamesFileAndLine) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "{\"a\":" + std::to_string(i) + "}\n";
  ExpectRefused(Json(text + "{\"a\":2\n" + text), {"t.jsonl, line 51", "JSON"});
  ExpectRefused(Json("{\"a\":\"gr\xFCn\"}\n"), {"t.jsonl, line 1", "UTF-8"});
  ExpectRefused(Json("{\"a\":1}\n[1,2]\n"), {"t.jsonl, line 2", "no object"});
  ExpectRefused(Json("[{\"a\":1}]\n"), {"t.jsonl, line 1", "no object"});
  ExpectRefused(Json("{\"a\":1,\"a\":2}\n"), {"t.jsonl, line 1", "twice"});
  ExpectRefused(Json("{\"a\":1}\n{\"A\":2}\n"), {"t.jsonl", "\"a\"", "\"A\""});
  ExpectRefused(Json("{\"\":1}\n"), {"t.jsonl", "without a name"});
  ExpectRefused(Json(""), {"t.jsonl", "empty"});
  ExpectRefused(Json("\n \n"), {"t.jsonl", "empty"});
  ExpectRefused(ReadWhole(Write("t.jsonl.gz", "{\"a\":1}\n")), {"t.jsonl.gz", "no gzip"});
}

TEST_F(TypedReaderTest, NamesThatOnlyLookRenamedAreRead) {
  const ReadOutcome outcome = Json("{\"a\":1,\"a_1\":2,\"C0\":3}\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "2", "3"));
}

}  // namespace
}  // namespace reeve::ingest
