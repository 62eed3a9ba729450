#include "reeve/server/scoring/json_row_block.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using Kind = contract::Cell::Kind;

// Rows {"age":…,"city":…,"more":…}, of which the contract knows the first two members.
class JsonRowBlockTest : public testing::Test {
 protected:
  JsonRowBlockTest() { cells_.Begin(2); }

  static std::string Row(const std::string& age, const std::string& city,
                         const std::string& more = "null") {
    return "{\"age\":" + age + ",\"city\":" + city + ",\"more\":" + more + "}";
  }
  // How many of the rows are read, followed by one that is not.
  std::size_t Read(const std::vector<std::string>& rows, std::size_t most = 64) {
    body_.clear();
    for (const std::string& row : rows) body_ += row + ",";
    body_ += Row("0", "\"" + std::string(200, 'x') + "\"") + "]";
    at_ = body_.data();
    const std::vector<RowMember> members = {
        {.before = BytePattern("{\"age\":"), .name = "age", .field = 0, .is_plain = true},
        {.before = BytePattern(",\"city\":"), .name = "city", .field = 1, .is_plain = true},
        {.before = BytePattern(",\"more\":"), .name = "more"}};
    // What is before the first row.
    body_.insert(0, "},");
    at_ = body_.data() + 2;
    return block_.Read({members, std::string_view(body_).substr(0, 2)}, most,
                       body_.data() + body_.size(), at_, cells_);
  }

  JsonRowBlock block_;
  contract::CellColumns cells_;
  std::string body_;
  const char* at_ = nullptr;
};

TEST_F(JsonRowBlockTest, ValuesBecomeCells) {
  const std::vector<std::string> rows = {
      Row("41", "\"York\""), Row("-7.25", "\"a }, { b\""),      Row("12345678", "\"\""),
      Row("null", "null"),   Row("0.1234567890123", "17"),      Row("\"42\"", "true"),
      Row("1e3", "false"),   Row("-0", "\"York\"", "\"} ,{\""), Row("123456789", "\"Ely\"", "1")};
  ASSERT_EQ(Read(rows), rows.size());
  EXPECT_EQ(at_, body_.data() + body_.find("1}") + 1);
  ASSERT_EQ(cells_.rows(), rows.size());
  const std::vector<double> numbers = {41, -7.25, 12345678, 0,        0.1234567890123,
                                       0,  1000,  -0.0,     123456789};
  for (const std::size_t row : {0, 1, 2, 4, 6, 7, 8}) {
    EXPECT_EQ(cells_.At(row, 0).kind, Kind::kNumber) << row;
    EXPECT_EQ(cells_.At(row, 0).number, numbers[row]) << row;
  }
  EXPECT_EQ(cells_.At(3, 0).kind, Kind::kMissing);
  EXPECT_EQ(cells_.At(5, 0).text, "42");
  EXPECT_EQ(cells_.At(1, 1).text, "a }, { b");
  EXPECT_EQ(cells_.heads(1)[1], contract::TextHead::Of("a }, { b"));
  EXPECT_EQ(cells_.At(3, 1).kind, Kind::kMissing);
  EXPECT_EQ(cells_.At(4, 1).number, 17);
  EXPECT_EQ(cells_.At(5, 1).kind, Kind::kBoolean);
}

TEST_F(JsonRowBlockTest, TextsOfAnyLengthAndWhateverStandsBehindThem) {
  std::vector<std::string> rows, texts;
  for (std::size_t length = 0; length < 40; ++length) {
    texts.push_back(std::string(length, length % 2 == 0 ? 'a' : '}'));
    rows.push_back(Row("1", "\"" + texts.back() + "\"", length % 3 == 0 ? "\"\"" : "null"));
  }
  ASSERT_EQ(Read(rows), rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    EXPECT_EQ(cells_.At(row, 1).kind, Kind::kText);
    EXPECT_EQ(cells_.At(row, 1).text, texts[row]);
    EXPECT_EQ(cells_.heads(1)[row], contract::TextHead::Of(texts[row]));
  }
}

TEST_F(JsonRowBlockTest, TextsWithEscapesOrControlCharactersAreNotPlain) {
  for (std::size_t length = 1; length < 20; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (const char odd : {'\\', '\n', '\0', '\x1F'}) {
        std::string text(length, 'a');
        text[at] = odd;
        std::vector<std::string> rows(10, Row("1", "\"a\""));
        rows[7] = Row("1", "\"" + text + "\"");
        ASSERT_EQ(Read(rows), 0U) << length << ' ' << at;
        cells_.Begin(2);
      }
    }
  }
}

TEST_F(JsonRowBlockTest, OneThatIsNotLikeTheOthersLeavesAllUnread) {
  for (const char* const odd :
       {"{\"age\":1,\"city\":\"a\\n\",\"more\":1}", "{\"age\":[1],\"city\":\"a\",\"more\":1}",
        "{\"age\":01,\"city\":\"a\",\"more\":1}", "{\"age\":1,\"city\":\"a\",\"more\":1 }",
        "{\"age\":-,\"city\":\"a\",\"more\":1}", "{\"age\":1.,\"city\":\"a\",\"more\":1}"}) {
    std::vector<std::string> rows(20, Row("1", "\"a\""));
    rows[13] = odd;
    EXPECT_EQ(Read(rows), 0U) << odd;
    EXPECT_EQ(cells_.rows(), 0U);
    cells_.AddRow();
    EXPECT_EQ(cells_.At(0, 0).kind, Kind::kMissing);
    EXPECT_EQ(cells_.At(0, 1).kind, Kind::kMissing);
    cells_.Begin(2);
  }
}

TEST_F(JsonRowBlockTest, OtherMembersEndTheRowsThatAreRead) {
  std::vector<std::string> rows(20, Row("1", "\"a\""));
  rows[13] = "{\"city\":\"a\",\"age\":1,\"more\":1}";
  EXPECT_EQ(Read(rows), 12U);
  cells_.Begin(2);
  rows[13] = Row("1", "\"a text with },{\"");
  EXPECT_EQ(Read(rows), 13U) << "the text looks like the end of a row";
  cells_.Begin(2);
  rows[3] = "{\"age\":1}";
  EXPECT_EQ(Read(rows), 0U) << "few rows are not worth it";
}

TEST_F(JsonRowBlockTest, NoMoreRowsThanAskedForAreRead) {
  const std::vector<std::string> rows(100, Row("1", "\"a\""));
  EXPECT_EQ(Read(rows, 10), 10U);
  cells_.Begin(2);
  EXPECT_EQ(Read(rows, 1000), JsonRowBlock::kMostRows);
  cells_.Begin(2);
  EXPECT_EQ(Read(rows, 0), 0U);
}

// Bodies end at once behind the last row, so that whoever reads too far is seen by sanitizers.
TEST_F(JsonRowBlockTest, RowsOfAnyLengthUpToTheEndOfTheBody) {
  for (std::size_t length = 0; length < 200; ++length) {
    const std::vector<std::string> rows(90, Row("-12.5", "\"" + std::string(length, 'a') + "\""));
    std::string body = "},";
    for (const std::string& row : rows) body += row + ",";
    body.back() = ']';
    const std::vector<char> exact(body.begin(), body.end());
    const std::vector<RowMember> members = {
        {.before = BytePattern("{\"age\":"), .name = "age", .field = 0, .is_plain = true},
        {.before = BytePattern(",\"city\":"), .name = "city", .field = 1, .is_plain = true},
        {.before = BytePattern(",\"more\":"), .name = "more"}};
    const char* const end = exact.data() + exact.size();
    const char* at = exact.data() + 2;
    cells_.Begin(2);
    std::size_t read = 0;
    while (const std::size_t more =
               block_.Read({members, {exact.data(), 2}}, 64, end, at, cells_)) {
      read += more;
      at += 2;
    }
    EXPECT_GE(read, 83U) << length;
    for (std::size_t row = 0; row < read; ++row) {
      ASSERT_EQ(cells_.At(row, 0).number, -12.5);
      ASSERT_EQ(cells_.At(row, 1).text.size(), length);
    }
  }
}

TEST_F(JsonRowBlockTest, ManyBracesWithinTexts) {
  const std::vector<std::string> rows(70, Row("1", "\"" + std::string(300, '}') + "\""));
  EXPECT_EQ(Read(rows), JsonRowBlock::kMostRows);
}

}  // namespace
}  // namespace reeve::server
