#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "reeve/base/random.h"
#include "reeve/ingest/row_text.h"
#include "reeve/ingest/test_folder.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Gzip(const std::string& bytes) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

std::string Numbered(int rows) {
  std::string text = "i,x\n";
  for (int i = 0; i < rows; ++i) text += std::to_string(i) + ",x" + std::to_string(i % 7) + "\n";
  return text;
}

class CsvReaderTest : public FolderTest {
 protected:
  ReadOutcome Of(std::string_view bytes, const ReadOptions& options = {},
                 const std::string& name = "t.csv") {
    return ReadWhole(Write(name, bytes), options);
  }
  void ExpectRefused(const ReadOutcome& outcome, const std::vector<std::string>& parts) {
    EXPECT_EQ(outcome.status.code(), StatusCode::kInvalidData) << outcome.status.message();
    for (const std::string& part : parts) EXPECT_THAT(outcome.status.message(), HasSubstr(part));
    EXPECT_THAT(outcome.status.message(), testing::Not(HasSubstr("\n")));
    EXPECT_LT(outcome.status.message().size(), 900U);
  }
};

TEST_F(CsvReaderTest, ReadsRowsAsTrimmedTexts) {
  const ReadOutcome outcome = Of("id, name ,v\n1, Ann ,\n2,\"B, \"\"b\"\"\n\",0.50\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.names, ElementsAre("id", "name", "v"));
  ASSERT_EQ(outcome.table.rows(), 2);
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "Ann", ""));
  EXPECT_THAT(outcome.Row(1), ElementsAre("2", "B, \"b\"", "0.50"));
  EXPECT_EQ(outcome.table.column(0).storage(), Column::Storage::kTexts);
}

TEST_F(CsvReaderTest, LineEndsMayBeMixed) {
  for (const std::string_view text :
       {"a,b\n1,x\n2,y\n", "a,b\r\n1,x\r\n2,y\r\n", "a,b\r\n1,x\n2,y", "a,b\n1,x\r\n2,y\r",
        "a,b\r1,x\r2,y\r", "a,b\n\n1,x\n\r\n2,y\n\n"}) {
    const ReadOutcome outcome = Of(text);
    ASSERT_TRUE(outcome.status.ok()) << text;
    ASSERT_EQ(outcome.table.rows(), 2) << text;
    EXPECT_THAT(outcome.Row(1), ElementsAre("2", "y")) << text;
  }
}

TEST_F(CsvReaderTest, AHeaderWithoutRowsIsAnEmptyTable) {
  const ReadOutcome outcome = Of("a,b\n");
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.table.rows(), 0);
  EXPECT_EQ(outcome.table.column_count(), 2U);
}

TEST_F(CsvReaderTest, NamesTheLineOfAMalformedRow) {
  ExpectRefused(Of("a,b\n1,x\n2,y,z,w\n3,q\n"), {"t.csv, line 3", "found 4 fields", "expected 2"});
  ExpectRefused(Of("a,b,c\n1,\"x\ny\",1\n2\n"), {"t.csv, line 4", "found 1 field", "expected 3"});
  ExpectRefused(Of("a,b\n\n1,x\n2,\"y\n3,z\n"), {"t.csv, line 4", "quote that does not end"});
  ExpectRefused(Of("a,b\n1,\"x\n2,y\n"), {"line 2", "quote that does not end"});
  ExpectRefused(Of("a,b\n1,\"x\"y\n"), {"line 2", "behind a closing quote"});
  ExpectRefused(Of("a,b\n1,x\n2,gr\xFCn\n"), {"line 3", "UTF-8"});
  ExpectRefused(Of(std::string_view("a,b\n1,x\n2,y\0z\n", 14)), {"line 3", "NUL"});
}

TEST_F(CsvReaderTest, LeavesOutAsManyMalformedRowsAsAllowed) {
  const std::string_view text = "a,b\n1,x\n2\n3,\"q\n4,gr\xFCn\n5,\"v\"w\n6,z\n";
  const ReadOutcome outcome = Of(text, {.skip_bad_rows = {.rows = 4}});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  ASSERT_EQ(outcome.table.rows(), 2);
  EXPECT_THAT(outcome.Row(1), ElementsAre("6", "z"));
  std::vector<std::int64_t> lines;
  for (const BadRow& bad : outcome.bad_rows) lines.push_back(bad.line);
  EXPECT_THAT(lines, ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(outcome.bad_rows[0].reason, HasSubstr("found 1 field"));
  ExpectRefused(Of(text, {.skip_bad_rows = {.rows = 3}}), {"line 3", "--skip-bad-rows"});
}

TEST_F(CsvReaderTest, AShareOfMalformedRowsIsOfAllRows) {
  std::string text = Numbered(98) + "bad\nbad\n";
  EXPECT_TRUE(Of(text, {.skip_bad_rows = {.share = 0.02}}).status.ok());
  ExpectRefused(Of(text, {.skip_bad_rows = {.share = 0.019}}), {"line 100", "2 malformed rows"});
}

TEST_F(CsvReaderTest, RowsKeepTheirOrderOverBlocksAndChunks) {
  const int rows = 300'000;
  const ReadOutcome outcome = Of(Numbered(rows), {.threads = 2, .chunk_rows = 1000});
  ASSERT_TRUE(outcome.status.ok());
  ASSERT_EQ(outcome.table.rows(), rows);
  EXPECT_EQ(outcome.chunks, 300U);
  for (std::int64_t i = 0; i < rows; ++i) {
    ASSERT_EQ(outcome.table.column(0).text(i), std::to_string(i));
  }
}

TEST_F(CsvReaderTest, ALongFieldIsRead) {
  const std::string field(10'000'000, 'x');
  const ReadOutcome outcome = Of("a,b\n1,\"" + field + "\"\n2," + field + "\n3,y\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(outcome.table.column(1).text(0).size(), field.size());
  EXPECT_THAT(outcome.Row(2), ElementsAre("3", "y"));
}

TEST_F(CsvReaderTest, ReadsOnlyTheColumnsAskedFor) {
  const ReadOptions options{.only_columns = std::vector<std::string>{"c", "nobody", "a"}};
  const ReadOutcome outcome = Of("a,b,c\n1,2,3\n", options);
  EXPECT_THAT(outcome.names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(outcome.table.Names(), ElementsAre("a", "c"));
  const ReadOutcome none = Of("a,b\n1,2\n3,4\n", {.only_columns = std::vector<std::string>{}});
  EXPECT_EQ(none.table.rows(), 2) << "rows are counted whatever is read of them";
}

TEST_F(CsvReaderTest, FilesOfAGlobFollowEachOtherByName) {
  Write("p2.csv", "b,a\n4,3\n");
  Write("p1.csv", "a,b\n1,2\n");
  Write("p3.csv", "a;b\n5;6\n");
  const ReadOutcome outcome = ReadWhole(PathOf("p*.csv"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.Row(1), ElementsAre("3", "4")) << "found by name, not by position";
  EXPECT_THAT(outcome.Row(2), ElementsAre("5", "6"));
}

TEST_F(CsvReaderTest, FilesWithOtherColumnsAreRefusedBeforeAnyRow) {
  Write("p1.csv", "a,b,y\n1,2,3\n");
  Write("p2.csv", "a,c,y\n1,2,3\n");
  ExpectRefused(ReadWhole(PathOf("p*.csv")), {"p2.csv", "\"b\"", "p1.csv"});
  Write("p2.csv", "a,b,y,z\n1,2,3,4\n");
  ExpectRefused(ReadWhole(PathOf("p*.csv")), {"p2.csv", "\"z\""});
}

TEST_F(CsvReaderTest, OddFileNamesAreTakenLiterally) {
  for (const std::string name : {"a[1] 'x'.csv", "*.csv", "~x.csv", "what?.csv", "ä \"q\".csv"}) {
    const ReadOutcome outcome = Of("a,b\n1,x\n", {}, name);
    ASSERT_TRUE(outcome.status.ok()) << name << ": " << outcome.status.message();
    EXPECT_EQ(outcome.table.rows(), 1) << name;
  }
}

TEST_F(CsvReaderTest, ReadsCompressedFiles) {
  const std::string text = Numbered(200'000);
  const std::string half = text.substr(0, text.size() / 2), rest = text.substr(text.size() / 2);
  const std::pair<std::string, std::string> cases[] = {
      {"t.csv.gz", Gzip(text)},
      {"two.csv.gz", Gzip(half) + Gzip(rest)},
      {"padded.csv.gz", Gzip(text) + std::string(512, '\0')},
      {"t.csv.zst", Zstd(text)},
      {"two.csv.zst", Zstd(half) + Zstd(rest)},
  };
  for (const auto& [name, bytes] : cases) {
    const ReadOutcome outcome = Of(bytes, {}, name);
    ASSERT_TRUE(outcome.status.ok()) << name << ": " << outcome.status.message();
    EXPECT_EQ(outcome.table.rows(), 200'000) << name;
    EXPECT_THAT(outcome.Row(199'999), ElementsAre("199999", "x2")) << name;
  }
}

TEST_F(CsvReaderTest, DamagedCompressionIsRefused) {
  const std::string text = Numbered(50'000);
  std::string wrong_checksum = Gzip(text);
  wrong_checksum[wrong_checksum.size() - 6] ^= '\x7F';
  std::string wrong_length = Gzip(text);
  wrong_length[wrong_length.size() - 1] ^= '\x01';
  const std::string gzip = Gzip(text), zstd = Zstd(text);
  ExpectRefused(Of(wrong_checksum, {}, "a.csv.gz"), {"a.csv.gz", "checksum"});
  ExpectRefused(Of(wrong_length, {}, "a.csv.gz"), {"a.csv.gz", "damaged"});
  ExpectRefused(Of(text, {}, "a.csv.gz"), {"a.csv.gz", "no gzip"});
  ExpectRefused(Of("", {}, "a.csv.gz"), {"a.csv.gz", "no gzip"});
  ExpectRefused(Of(gzip + "garbage", {}, "a.csv.gz"), {"a.csv.gz", "damaged"});
  ExpectRefused(Of(text, {}, "a.csv.zst"), {"a.csv.zst", "no zstd"});
  for (const std::size_t cut : {std::size_t{1}, std::size_t{9}, gzip.size() / 2}) {
    ExpectRefused(Of(gzip.substr(0, gzip.size() - cut), {}, "a.csv.gz"), {"truncated"});
  }
  for (const std::size_t cut : {std::size_t{1}, zstd.size() / 2}) {
    ExpectRefused(Of(zstd.substr(0, zstd.size() - cut), {}, "a.csv.zst"), {"truncated"});
  }
}

TEST_F(CsvReaderTest, ACancelledReadStops) {
  Cancellation cancellation;
  cancellation.Request();
  EXPECT_EQ(Of("a\n1\n", {.cancellation = &cancellation}).status.code(), StatusCode::kCancelled);
}

// What is written is read back, whatever the texts hold.
TEST_F(CsvReaderTest, ReadsBackWhatIsWritten) {
  constexpr std::string_view kPieces[] = {"a", ",", "\"", "\n", "\r\n", ";",
                                          "ü", " ", "'",  "\t", "|"};
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    Table table;
    for (const char* const name : {"p", "q", "r"}) {
      Column column = Column::Texts(name);
      for (int row = 0; row < 20; ++row) {
        std::string text = "x";  // blanks at the ends are trimmed, so the ends are letters
        for (std::uint64_t i = random.Below(6); i > 0; --i) {
          text += kPieces[random.Below(std::size(kPieces))];
        }
        column.AppendText(random.Below(5) == 0 ? "" : text + "x");
      }
      table.Add(std::move(column));
    }
    std::string bytes = "p,q,r\n";
    for (std::int64_t row = 0; row < table.rows(); ++row) AppendCsvRow(table, row, bytes);
    const ReadOutcome outcome = Of(bytes);
    ASSERT_TRUE(outcome.status.ok()) << outcome.status.message() << "\n" << bytes;
    EXPECT_EQ(DigestOf(outcome.table), DigestOf(table)) << bytes;
  }
}

// Standard input of this process is put aside for the time of a test.
class StandardInputTest : public FolderTest {
 protected:
  ReadOutcome Piped(const std::string& bytes) {
    const std::string path = Write("input", bytes);
    const int saved = ::dup(STDIN_FILENO);
    const int file = ::open(path.c_str(), O_RDONLY);
    ::dup2(file, STDIN_FILENO);
    ReadOutcome outcome = ReadWhole("-");
    ::dup2(saved, STDIN_FILENO);
    ::close(file);
    ::close(saved);
    return outcome;
  }
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::create_directories(folder_ / "tmp");
    ::setenv("TMPDIR", (folder_ / "tmp").c_str(), 1);
  }
  void TearDown() override {
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp")) << "the copy is removed";
    ::unsetenv("TMPDIR");
    FolderTest::TearDown();
  }
};

TEST_F(StandardInputTest, TellsTheFormatByTheFirstBytes) {
  EXPECT_THAT(Piped("a,b\n1,x\n").Row(0), ElementsAre("1", "x"));
  EXPECT_THAT(Piped(Gzip("a,b\n1,x\n")).Row(0), ElementsAre("1", "x"));
  EXPECT_THAT(Piped(Zstd("a,b\n1,x\n")).Row(0), ElementsAre("1", "x"));
  EXPECT_THAT(Piped("\n {\"a\":1,\"b\":\"x\"}\n").Row(0), ElementsAre("1", "x"));
  EXPECT_THAT(Piped(Gzip("{\"a\":1,\"b\":\"x\"}\n")).Row(0), ElementsAre("1", "x"));
}

TEST_F(StandardInputTest, MessagesCallItByName) {
  EXPECT_THAT(Piped("a,b\n1\n").status.message(), HasSubstr("standard input, line 2"));
  EXPECT_THAT(Piped("").status.message(), HasSubstr("standard input is empty"));
}

}  // namespace
}  // namespace reeve::ingest
