#include "reeve/ingest/csv_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/ingest/csv_record.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> ValuesOf(std::string_view text, char separator = ',') {
  CsvRecord record;
  EXPECT_EQ(ReadCsvRecord(text, separator, true, record), CsvOutcome::kRecord) << text;
  std::vector<std::string> values;
  std::string scratch;
  for (const CsvField& field : record.fields) values.emplace_back(CsvValue(field, scratch));
  return values;
}

TEST(CsvRecordTest, CutsFieldsAtSeparators) {
  EXPECT_THAT(ValuesOf("a,b,c\n1,2,3\n"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ValuesOf(",,\n"), ElementsAre("", "", ""));
  EXPECT_THAT(ValuesOf("a"), ElementsAre("a"));
  EXPECT_THAT(ValuesOf("a\tb", '\t'), ElementsAre("a", "b"));
}

TEST(CsvRecordTest, QuotesHideSeparatorsLineEndsAndDoubledQuotes) {
  EXPECT_THAT(ValuesOf("\"a,b\",\"c\nd\",\"e \"\"f\"\"\"\n"),
              ElementsAre("a,b", "c\nd", "e \"f\""));
  EXPECT_THAT(ValuesOf("\"\",x\n"), ElementsAre("", "x"));
  EXPECT_THAT(ValuesOf("\"\"\"\"\n"), ElementsAre("\""));
}

TEST(CsvRecordTest, BlanksRoundQuotedFieldsAreAllowed) {
  EXPECT_THAT(ValuesOf("1, \"a, b\" ,  x \n"), ElementsAre("1", "a, b", "x"));
}

TEST(CsvRecordTest, QuotesInsideUnquotedFieldsAreText) {
  EXPECT_THAT(ValuesOf("5\" pipe,x\n"), ElementsAre("5\" pipe", "x"));
}

TEST(CsvRecordTest, EveryLineEndEndsARecord) {
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    CsvRecord record;
    const std::string text = "a,b" + std::string(line_end) + "c,d";
    ASSERT_EQ(ReadCsvRecord(text, ',', true, record), CsvOutcome::kRecord);
    EXPECT_EQ(record.bytes, 3 + line_end.size());
    EXPECT_EQ(record.lines, 1);
  }
}

TEST(CsvRecordTest, CountsTheLinesWithinQuotes) {
  CsvRecord record;
  ASSERT_EQ(ReadCsvRecord("\"a\nb\r\nc\rd\"\nnext", ',', true, record), CsvOutcome::kRecord);
  EXPECT_EQ(record.lines, 4);
}

TEST(CsvRecordTest, AnythingShortOfTheEndIsIncomplete) {
  const std::string text = "ab, \"c \"\"d\"\"\n\" ,e\r\n";
  CsvRecord whole, part;
  ASSERT_EQ(ReadCsvRecord(text, ',', false, whole), CsvOutcome::kRecord);
  EXPECT_EQ(whole.bytes, text.size());
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(ReadCsvRecord(text.substr(0, length), ',', false, part), CsvOutcome::kIncomplete)
        << length;
  }
}

TEST(CsvRecordTest, ReadingGoesOnBehindTheFirstLineOfABrokenRecord) {
  CsvRecord record;
  EXPECT_EQ(ReadCsvRecord("1,\"x\r\n2,y\n", ',', true, record), CsvOutcome::kOpenQuote);
  EXPECT_EQ(record.bytes, 6U);
  EXPECT_EQ(ReadCsvRecord("1,\"x\"y\n2,y\n", ',', true, record), CsvOutcome::kTextBehindQuote);
  EXPECT_EQ(record.bytes, 7U);
  EXPECT_EQ(record.lines, 1);
}

Result<CsvDialect> Head(std::string_view text, CsvHeadOptions options = {}) {
  return ReadCsvHead(text, options, "t.csv");
}

TEST(CsvHeadTest, FindsTheSeparator) {
  const std::pair<std::string_view, char> cases[] = {
      {"a,b\n1,2\n", ','}, {"a;b\n1,5;2,5\n3,1;4,2\n", ';'}, {"a\tb\n1,5\t2,5\n", '\t'},
      {"a|b\n1|2\n", '|'}, {"\"a;b\",c\n\"1;2\",3\n", ','},  {"a,b;c\n1,2;3\n4,5\n6,7\n", ','},
      {"a\n1\n", ','},
  };
  for (const auto& [text, separator] : cases) {
    const auto dialect = Head(text);
    ASSERT_TRUE(dialect.ok()) << text;
    EXPECT_EQ(dialect->separator, separator) << text;
  }
}

TEST(CsvHeadTest, OneColumnOfTextMayHoldSeparators) {
  EXPECT_THAT(Head("text\nhello, world\nbye\n")->separator, testing::Ne(','));
}

TEST(CsvHeadTest, TabsWinTiesWhenPreferred) {
  EXPECT_EQ(Head("a,b\tc\n1,2\t3\n", {.prefers_tabs = true})->separator, '\t');
  EXPECT_EQ(Head("a,b\tc\n1,2\t3\n")->separator, ',');
}

TEST(CsvHeadTest, NamesAreTrimmedAndUnquoted) {
  EXPECT_THAT(Head(" a , \"b, \"\"c\"\"\" ,größe\n")->names, ElementsAre("a", "b, \"c\"", "größe"));
}

TEST(CsvHeadTest, ColumnsWithoutANameAreCalledByPosition) {
  EXPECT_THAT(Head(",a,\n0,1,2\n")->names, ElementsAre("Unnamed: 0", "a", "Unnamed: 2"));
}

TEST(CsvHeadTest, MarkAndBlankLinesBeforeTheHeaderAreSkipped) {
  const std::string text = "\xEF\xBB\xBF\r\n  \n\"a\nb\",c\n1,2\n";
  const auto dialect = Head(text);
  ASSERT_TRUE(dialect.ok());
  EXPECT_THAT(dialect->names, ElementsAre("a\nb", "c"));
  EXPECT_EQ(text.substr(dialect->header_bytes), "1,2\n");
  EXPECT_EQ(dialect->header_lines, 4);
}

TEST(CsvHeadTest, AHeaderAloneIsEnough) { EXPECT_THAT(Head("a,b")->names, ElementsAre("a", "b")); }

TEST(CsvHeadTest, RefusesWhatIsNoTable) {
  std::string wide;
  for (const char c : std::string("a,b\n1,x\n")) wide += std::string{c, '\0'};
  const std::pair<std::string, const char*> cases[] = {
      {"", "empty"},
      {"\xEF\xBB\xBF", "empty"},
      {"\n \n\r\n", "blank lines only"},
      {"a,b,a\n1,2,3\n", "\"a\" stands twice"},
      {"a, a\n", "stands twice"},
      {"\xFF\xFE" + wide, "UTF-16"},
      {wide, "UTF-16"},
      {"\x7F"
       "ELF\x02\x01\x01",
       "binary"},
      {"PAR1 and so on", "binary"},
      {"gr\xFC"
       "n,b\n1,2\n",
       "UTF-8"},
      {"\"a,b\n1,2\n", "does not end"},
      {"\"a\"b,c\n1,2\n", "behind a closing quote"},
      {std::string(4000, '\x02'), "binary"},
  };
  for (const auto& [text, problem] : cases) {
    const auto dialect = Head(text);
    ASSERT_FALSE(dialect.ok()) << text;
    EXPECT_EQ(dialect.status().code(), StatusCode::kInvalidData);
    EXPECT_THAT(dialect.status().message(), HasSubstr("t.csv"));
    EXPECT_THAT(dialect.status().message(), HasSubstr(problem));
    EXPECT_LT(dialect.status().message().size(), 900U);
  }
}

TEST(CsvHeadTest, ACutHeadIsNotHeldAgainstItsLastRecord) {
  EXPECT_EQ(Head("a;b\n1;2\n3;\"4", {.is_whole = false})->separator, ';');
}

}  // namespace
}  // namespace reeve::ingest
