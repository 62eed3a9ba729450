#include "reeve/server/scoring/json_rows.h"

#include <bit>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::server {
namespace {

using Kind = contract::Cell::Kind;

contract::Contract SmallContract() {
  contract::Contract contract;
  contract.columns = {{.name = "age", .type = ColumnType::kInteger, .required = true},
                      {.name = "city", .type = ColumnType::kCategory},
                      {.name = "tags", .type = ColumnType::kList},
                      {.name = "odd \"name\"", .type = ColumnType::kReal}};
  return contract;
}

class JsonRowsTest : public testing::Test {
 protected:
  bool ReadArray(const std::string& body, JsonRowOptions options = {}) {
    body_ = body;
    rows_.Begin(contract_);
    reader_.Begin(fields_, options, rows_);
    JsonCursor cursor(body_);
    const bool read = reader_.ReadArray(cursor) && cursor.TakeEnd();
    message_ = cursor.problem().message;
    problem_at_ = cursor.problem().at;
    return read;
  }
  contract::Cell Cell(std::size_t row, std::size_t field) const {
    return rows_.cells().At(row, field);
  }

  const contract::Contract contract_ = SmallContract();
  const FieldIndex fields_{contract_};
  JsonRowReader reader_;
  RequestRows rows_;
  std::string body_, message_;
  std::size_t problem_at_ = 0;
};

TEST_F(JsonRowsTest, ValuesBecomeCellsInTheContractsOrder) {
  ASSERT_TRUE(ReadArray(
      R"([{"city":"Yo\u0072k","age":41,"odd \"name\"":1.5,"tags":[1,"a"]},{"age":"42","city":true},{}])"));
  EXPECT_EQ(rows_.rows(), 3);
  EXPECT_EQ(Cell(0, 0).number, 41);
  EXPECT_EQ(Cell(0, 1).text, "York");
  EXPECT_EQ(Cell(0, 2).text, "[1,\"a\"]");
  EXPECT_EQ(Cell(0, 3).number, 1.5);
  EXPECT_EQ(Cell(1, 0).text, "42");
  EXPECT_EQ(Cell(1, 1).kind, Kind::kBoolean);
  EXPECT_EQ(Cell(1, 2).kind, Kind::kMissing);
  for (std::size_t field = 0; field < 4; ++field) EXPECT_EQ(Cell(2, field).kind, Kind::kMissing);
  EXPECT_TRUE(rows_.problems().empty());
}

TEST_F(JsonRowsTest, TheOrderOfMembersMayChangeFromRowToRow) {
  ASSERT_TRUE(ReadArray(
      R"([{"age":1,"city":"a"},{"city":"b","age":2},{"x":0,"age":3,"city":"c"},{"age":4}])"));
  for (std::size_t row = 0; row < 4; ++row)
    EXPECT_EQ(Cell(row, 0).number, static_cast<double>(row + 1));
  EXPECT_EQ(Cell(2, 1).text, "c");
  ASSERT_EQ(rows_.unknown().size(), 1U);
  EXPECT_EQ(rows_.unknown()[0], (std::pair<std::string, std::int64_t>("x", 2)));
}

TEST_F(JsonRowsTest, ContainersAndHugeNumbersAreProblemsOfTheirField) {
  ASSERT_TRUE(ReadArray(R"([{"age":{"a":[1]},"city":[1],"odd \"name\"":1e999}])"));
  ASSERT_EQ(rows_.problems().size(), 3U);
  EXPECT_EQ(rows_.problems()[0].field, "age");
  EXPECT_EQ(rows_.problems()[0].got, "{\"a\":[1]}");
  EXPECT_EQ(rows_.problems()[0].expected, "integer");
  EXPECT_EQ(rows_.problems()[2].field, "odd \"name\"");
}

TEST_F(JsonRowsTest, MembersThatStandTwiceAreRefused) {
  EXPECT_FALSE(ReadArray(R"([{"age":1,"age":2}])"));
  EXPECT_THAT(message_, testing::HasSubstr("\"age\" stands twice"));
  EXPECT_FALSE(ReadArray(R"([{"x":1,"x":2}])"));
  EXPECT_TRUE(ReadArray(R"([{"age":1,"x":0},{"age":1,"x":0}])"));
}

TEST_F(JsonRowsTest, RowsThatAreNoObjectsAreRefused) {
  for (const char* body : {"[1]", "[[1]]", "[null]", "{}", "[{}", "[{},]", "[{}}", "[{\"age\" 1}]"})
    EXPECT_FALSE(ReadArray(body)) << body;
  EXPECT_TRUE(ReadArray("[]"));
  EXPECT_EQ(rows_.rows(), 0);
}

TEST_F(JsonRowsTest, TooManyRowsAreToldFromMalformedOnes) {
  EXPECT_FALSE(ReadArray("[{},{},{}]", {.max_rows = 2}));
  EXPECT_TRUE(reader_.too_many_rows());
  EXPECT_FALSE(ReadArray("[{},{}", {.max_rows = 2}));
  EXPECT_FALSE(reader_.too_many_rows());
}

TEST_F(JsonRowsTest, KeysNameRows) {
  ASSERT_TRUE(ReadArray(R"([{"id":17},{"age":1},{"id":"a\/b"},{"age":7}])", {.key_field = "id"}));
  EXPECT_THAT(rows_.keys(), testing::ElementsAre("17", "", "a/b"));
  EXPECT_TRUE(rows_.unknown().empty());
  ASSERT_TRUE(ReadArray(R"([{"age":12}])", {.key_field = "age"}));
  EXPECT_THAT(rows_.keys(), testing::ElementsAre("12"));
}

TEST_F(JsonRowsTest, UnknownMembersAreCheckedToo) {
  EXPECT_FALSE(ReadArray(R"([{"x":[1,}])"));
  EXPECT_FALSE(ReadArray("[{\"x\":" + std::string(100, '[') + std::string(100, ']') + "}]"));
}

TEST(ShownJsonTest, LongValuesAreCutToAJsonText) {
  EXPECT_EQ(ShownJson("[1]"), "[1]");
  const std::string shown = ShownJson("\"" + std::string(500, 'x') + "\"");
  EXPECT_LT(shown.size(), 120U);
  EXPECT_EQ(shown.front(), '"');
  EXPECT_EQ(shown.back(), '"');
}

TEST_F(JsonRowsTest, WhatIsRememberedOfABodyOutlivesIt) {
  const std::string row = R"({"age":41, "city":"York"})";
  for (int i = 0; i < 3; ++i) {
    // Memory of its own, which is gone with the next one.
    ASSERT_TRUE(ReadArray("[" + std::string(static_cast<std::size_t>(100 * i), ' ') + row + "]"));
    EXPECT_EQ(Cell(0, 0).number, 41);
    EXPECT_EQ(Cell(0, 1).text, "York");
  }
  ASSERT_TRUE(ReadArray(R"([{"age":42, "town":"Ely"}])"));
  EXPECT_EQ(Cell(0, 1).kind, Kind::kMissing);
  EXPECT_FALSE(ReadArray(R"([{"age":42, "city":"Ely", "age":1}])"));
  EXPECT_EQ(message_, "member \"age\" stands twice in one row");
}

TEST_F(JsonRowsTest, OtherFieldsAndAnotherKeyFieldForgetWhatIsRemembered) {
  const std::string body = R"([{"age":41,"city":"York"}])";
  ASSERT_TRUE(ReadArray(body));
  EXPECT_TRUE(rows_.keys().empty());
  ASSERT_TRUE(ReadArray(body, {.key_field = std::string("city")}));
  EXPECT_EQ(rows_.keys()[0], "York");
  ASSERT_TRUE(ReadArray(body));
  EXPECT_TRUE(rows_.keys().empty());
  contract::Contract turned;
  turned.columns = {contract_.columns[1], contract_.columns[0]};
  const FieldIndex fields(turned);
  rows_.Begin(turned);
  reader_.Begin(fields, {}, rows_);
  JsonCursor cursor(body);
  ASSERT_TRUE(reader_.ReadArray(cursor));
  EXPECT_EQ(Cell(0, 0).text, "York");
  EXPECT_EQ(Cell(0, 1).number, 41);
}

// Bodies of rows that are mostly alike, with changes in names, order, blanks and values: read as a
// whole, and row by row by readers that remember nothing.
class AlikeRows {
 public:
  // Of so many rows one has other members than the row before; of so many values one is no plain
  // number.
  struct Oddness {
    std::uint64_t rows = 6, values = 2;
  };
  AlikeRows(std::uint64_t seed, Oddness oddness) : random_(seed), oddness_(oddness) {}

  std::string Row() {
    if (names_.empty() || random_.Below(oddness_.rows) == 0) Change();
    std::string row = "{" + blank_;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (i > 0) row += "," + blank_;
      row += names_[i] + ":" + blank_ + Value();
    }
    row += "}";
    if (random_.Below(50 * oddness_.rows) == 0)
      row[random_.Below(row.size())] = "{}[]\",:0\\ x"[random_.Below(11)];
    return row;
  }

 private:
  void Change() {
    static const std::vector<std::string> kNames = {
        "\"age\"",  "\"city\"", "\"tags\"",     "\"odd \\\"name\\\"\"",
        "\"else\"", "\"id\"",   "\"\\u0061ge\""};
    blank_ = random_.Below(2) == 0 ? "" : " ";
    names_.clear();
    for (const std::string& name : kNames) {
      // The one that is spelt differently is a second "age" where both are chosen.
      if (random_.Below(60) < (name == kNames.back() ? 3U : 40U)) {
        const auto at = static_cast<std::ptrdiff_t>(random_.Below(names_.size() + 1));
        names_.insert(names_.begin() + at, name);
      }
    }
  }
  std::string Value() {
    static const std::vector<std::string> kValues = {"null",
                                                     "true",
                                                     "false",
                                                     "\"\"",
                                                     "\"York\"",
                                                     "\"a \\n b\"",
                                                     "\"longer than sixteen bytes\"",
                                                     "[1,2]",
                                                     "{\"a\":[]}",
                                                     "-0",
                                                     "0",
                                                     "1e3",
                                                     "1e999",
                                                     "12345678",
                                                     "123456789012",
                                                     "0.5",
                                                     "-12.25",
                                                     "3.14159265358979",
                                                     "17 "};
    if (random_.Below(oddness_.values) != 0)
      return std::to_string(random_.Below(100000)) + (random_.Below(3) == 0 ? ".25" : "");
    return kValues[random_.Below(kValues.size())];
  }

  Random random_;
  Oddness oddness_;
  std::string blank_;
  std::vector<std::string> names_;
};

class AlikeRowsTest : public JsonRowsTest,
                      public testing::WithParamInterface<std::pair<AlikeRows::Oddness, int>> {};

// Many rows that are much alike are read side by side.
INSTANTIATE_TEST_SUITE_P(Rows, AlikeRowsTest,
                         testing::Values(std::pair(AlikeRows::Oddness{6, 2}, 30),
                                         std::pair(AlikeRows::Oddness{40, 30}, 150),
                                         std::pair(AlikeRows::Oddness{1000, 1000}, 300)));

TEST_P(AlikeRowsTest, AreReadAsIfThereWereNoOthers) {
  const auto [oddness, count] = GetParam();
  const JsonRowOptions options{.key_field = "id"};
  int whole = 0;
  for (std::uint64_t seed = 0; seed < 12'000 / static_cast<std::uint64_t>(count); ++seed) {
    SCOPED_TRACE(seed);
    AlikeRows source(seed, oddness);
    std::vector<std::string> rows;
    std::string body = "[";
    for (int i = 0; i < count; ++i) {
      rows.push_back(source.Row());
      body += (i > 0 ? ", " : "") + rows.back();
    }
    body += "]";
    const bool read = ReadArray(body, options);
    whole += read ? 1 : 0;
    std::size_t at = 1;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      RequestRows one;
      one.Begin(contract_);
      JsonRowReader reader;
      reader.Begin(fields_, options, one);
      const std::string_view text = std::string_view(body).substr(at);
      JsonCursor cursor(text);
      const bool good = reader.ReadRow(cursor);
      if (!good) {
        EXPECT_FALSE(read);
        EXPECT_EQ(message_, cursor.problem().message);
        EXPECT_EQ(problem_at_, at + cursor.problem().at);
        break;
      }
      for (std::size_t f = 0; f < contract_.columns.size(); ++f) {
        const contract::Cell expected = one.cells().At(0, f), found = Cell(i, f);
        EXPECT_EQ(found.kind, expected.kind);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(found.number),
                  std::bit_cast<std::uint64_t>(expected.number));
        EXPECT_EQ(found.text, expected.text);
      }
      const auto key = i < rows_.keys().size() ? rows_.keys()[i] : std::string_view();
      EXPECT_EQ(key, one.keys().empty() ? std::string_view() : one.keys()[0]);
      std::vector<std::string> problems;
      for (const FieldProblem& problem : rows_.problems()) {
        if (problem.row == std::int64_t(i))
          problems.push_back(problem.field + problem.problem + problem.got);
      }
      std::vector<std::string> expected_problems;
      for (const FieldProblem& problem : one.problems())
        expected_problems.push_back(problem.field + problem.problem + problem.got);
      EXPECT_EQ(problems, expected_problems);
      at += rows[i].size() + 2;
      if (cursor.position() != text.data() + rows[i].size()) break;  // a brace too many or too few
    }
  }
  EXPECT_GT(whole, 6'000 / count);
}

}  // namespace
}  // namespace reeve::server
