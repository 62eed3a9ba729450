#include "reeve/server/scoring/csv_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/scoring/test_service.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Rows as "a|b", or their error in brackets.
std::vector<std::string> Cut(const std::string& text, std::size_t piece) {
  CsvCutter cutter;
  Refusal refusal;
  std::vector<std::string> rows;
  bool has_header = false;
  for (std::size_t at = 0;; at += piece) {
    if (at < text.size()) {
      cutter.Append(text.substr(at, piece));
    } else {
      cutter.End();
    }
    has_header = has_header || cutter.ReadHeader(refusal);
    if (!refusal.ok()) return {"refused " + std::to_string(refusal.status)};
    CsvCutter::Row row;
    std::string scratch;
    while (has_header && cutter.Next(row)) {
      rows.emplace_back();
      if (row.fields == nullptr) rows.back() = "[" + row.error + "]";
      for (std::size_t i = 0; row.fields != nullptr && i < row.fields->size(); ++i)
        rows.back() += (i > 0 ? "|" : "") + std::string(CsvValue((*row.fields)[i], scratch));
    }
    if (at >= text.size()) return rows;
  }
}

TEST(CsvCutterTest, PiecesMakeNoDifference) {
  const std::string text =
      "\xEF\xBB\xBF\r\na,\"b\r\nc\"\r\n1,\"x\r\ny\"\r\r\n\"\"\"\",\n3\n\"4\",5 "
      "\n\"6\"7,8\n9,\"10\n";
  const auto whole = Cut(text, text.size());
  EXPECT_THAT(whole, ElementsAre("1|x\r\ny", "\"|", "[found 1 fields, expected 2]", "4|5",
                                 HasSubstr("[found text behind"), "[a quote is not closed]"));
  for (std::size_t piece = 1; piece < text.size(); ++piece) EXPECT_EQ(Cut(text, piece), whole);
}

TEST(CsvCutterTest, ReadingGoesOnBehindAnUnclosedQuote) {
  EXPECT_THAT(Cut("a,b\n1,\"2\n3,4\n5,6\n", 5),
              ElementsAre("[a quote is not closed]", "3|4", "5|6"));
}

TEST(CsvCutterTest, ARecordBeyondTheLimitIsOneBadRow) {
  const std::string longest(CsvCutter::kMaxRecordBytes, 'x');
  for (const std::size_t piece : {std::size_t{4096}, std::size_t{1} << 23}) {
    EXPECT_THAT(Cut("a,b\n1,2\n1," + longest + "\r\n3,4\n", piece),
                ElementsAre("1|2", HasSubstr("longer than"), "3|4"));
    const auto quoted = Cut("a,b\n1,\"" + longest + "\n" + longest + "\n3,4\n", piece);
    ASSERT_EQ(quoted.size(), 3U);
    EXPECT_EQ(quoted.back(), "3|4");
    EXPECT_THAT(Cut("a,b\n1," + longest, piece), ElementsAre(HasSubstr("longer than")));
  }
}

TEST(CsvCutterTest, AHeaderBeyondTheLimitsIsRefused) {
  EXPECT_THAT(Cut(std::string(3 * CsvCutter::kMaxRecordBytes, 'a'), 100'000),
              ElementsAre("refused 400"));
  std::string wide = "a";
  for (std::size_t i = 0; i < CsvCutter::kMaxColumns; ++i) wide += ",a" + std::to_string(i);
  EXPECT_THAT(Cut(wide + "\n", wide.size()), ElementsAre("refused 413"));
}

TEST(CsvCutterTest, HostileQuotesAreNotReadOverAndOver) {
  // Each line opens a quote that reaches to the end, or to a text behind a quote there.
  for (const char* end : {"", "\"y"}) {
    std::string text = "a,b\n";
    while (text.size() < (3U << 20)) text += "x\",\"\n";
    text += end;
    const auto rows = Cut(text, 1 << 16);
    EXPECT_LT(rows.size(), 300U);
  }
}

TEST(CsvColumnsTest, FillsWhatTheContractKnows) {
  const auto model = MakeLoanModel({"no", "yes"});
  CsvColumns columns;
  ASSERT_TRUE(CsvColumns::Match({"id", "city", "x", "age", "answer"}, *model, "id", columns).ok());
  EXPECT_THAT(columns.unknown(), ElementsAre("x"));
  ingest::CsvRecord record;
  ReadCsvRecord("7,\"a\"\"b\",c,30,yes", ',', true, record);
  RequestRows rows;
  rows.Begin(model->contract());
  columns.Fill(record.fields, rows);
  EXPECT_EQ(rows.cells().At(0, 0).text, "30");
  EXPECT_EQ(rows.cells().At(0, 1).kind, contract::Cell::Kind::kMissing);
  EXPECT_EQ(rows.cells().At(0, 2).text, "a\"b");
  EXPECT_EQ(rows.keys()[0], "7");
}

TEST(CsvColumnsTest, NamesARequiredColumnThatIsMissing) {
  const auto model = MakeLoanModel({"no", "yes"});
  CsvColumns columns;
  const Refusal refusal = CsvColumns::Match({"agee", "city"}, *model, "", columns);
  EXPECT_EQ(refusal.status, 400);
  EXPECT_THAT(refusal.message, HasSubstr("\"age\""));
  EXPECT_THAT(refusal.message, HasSubstr("\"agee\""));
  EXPECT_THAT(columns.missing(), ElementsAre("age"));
}

}  // namespace
}  // namespace reeve::server
