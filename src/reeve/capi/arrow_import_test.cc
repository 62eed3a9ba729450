#include "reeve/capi/arrow_import.h"

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/capi/test_arrow.h"
#include "reeve/capi/test_bundle.h"

namespace reeve::capi {
namespace {

using testing::HasSubstr;

Result<Table> Import(const TestBatch& batch) {
  static const contract::Contract contract = MakeTestBundle().contract;
  return ImportArrow(contract, batch.schema, batch.array);
}

// The values, as texts, of a column "age" of the given layout.
std::vector<std::string> TextsOf(const std::string& format, std::int64_t rows,
                                 std::vector<std::vector<char>> buffers) {
  TestBatch batch(rows);
  batch.Add("age", format, std::move(buffers));
  const Result<Table> table = Import(batch);
  if (!table.ok()) return {table.status().message()};
  std::vector<std::string> texts;
  for (std::int64_t row = 0; row < rows; ++row) texts.push_back(table->column(0).ToText(row));
  return texts;
}

TEST(ArrowImportTest, ReadsEveryLayout) {
  using Texts = std::vector<std::string>;
  const auto bits = [](std::uint8_t b) { return Bytes<std::uint8_t>({b}); };
  EXPECT_EQ(TextsOf("n", 2, {}), (Texts{"", ""}));
  EXPECT_EQ(TextsOf("b", 3, {bits(0b101), bits(0b011)}), (Texts{"true", "", "false"}));
  EXPECT_EQ(TextsOf("c", 1, {{}, Bytes<std::int8_t>({-5})}), (Texts{"-5"}));
  EXPECT_EQ(TextsOf("C", 1, {{}, Bytes<std::uint8_t>({200})}), (Texts{"200"}));
  EXPECT_EQ(TextsOf("s", 1, {{}, Bytes<std::int16_t>({-500})}), (Texts{"-500"}));
  EXPECT_EQ(TextsOf("S", 1, {{}, Bytes<std::uint16_t>({65'000})}), (Texts{"65000"}));
  EXPECT_EQ(TextsOf("i", 2, {bits(0b10), Bytes<std::int32_t>({1, -2})}), (Texts{"", "-2"}));
  EXPECT_EQ(TextsOf("I", 1, {{}, Bytes<std::uint32_t>({4'000'000'000})}), (Texts{"4000000000"}));
  EXPECT_EQ(TextsOf("l", 1, {{}, Bytes<std::int64_t>({-7})}), (Texts{"-7"}));
  EXPECT_EQ(TextsOf("L", 1, {{}, Bytes<std::uint64_t>({7})}), (Texts{"7"}));
  EXPECT_EQ(TextsOf("f", 2, {{}, Bytes<float>({0.5F, std::nanf("")})}), (Texts{"0.5", ""}));
  EXPECT_EQ(TextsOf("g", 2, {{}, Bytes<double>({0.1, HUGE_VAL})}), (Texts{"0.1", ""}));
  EXPECT_EQ(TextsOf("u", 2, {bits(0b11), Bytes<std::int32_t>({0, 3, 3}), Bytes(" a ")}),
            (Texts{"a", ""}));
  EXPECT_EQ(TextsOf("U", 2, {bits(0b10), Bytes<std::int64_t>({0, 1, 2}), Bytes("ab")}),
            (Texts{"", "b"}));
  EXPECT_EQ(TextsOf("tdD", 1, {{}, Bytes<std::int32_t>({1})}), (Texts{"1970-01-02"}));
  EXPECT_EQ(TextsOf("tdm", 1, {{}, Bytes<std::int64_t>({86'400'000})}), (Texts{"1970-01-02"}));
  EXPECT_EQ(TextsOf("tss:", 1, {{}, Bytes<std::int64_t>({1})}), (Texts{"1970-01-01T00:00:01Z"}));
  EXPECT_EQ(TextsOf("tsm:Europe/London", 1, {{}, Bytes<std::int64_t>({1'500})}),
            (Texts{"1970-01-01T00:00:01.500Z"}));
  EXPECT_EQ(TextsOf("tsu:UTC", 2, {bits(0b10), Bytes<std::int64_t>({1, 86'400'000'000})}),
            (Texts{"", "1970-01-02"}));
}

TEST(ArrowImportTest, NanosecondsAreCutToMicrosecondsTowardsThePast) {
  TestBatch batch(3);
  batch.Add("since", "tsn:", {{}, Bytes<std::int64_t>({1'234'567'899, -1, -1'000})});
  const auto table = Import(batch);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->column(0).numbers()[0], 1'234'567 / 1e6);
  EXPECT_EQ(table->column(0).numbers()[1], -1 / 1e6);
  EXPECT_EQ(table->column(0).numbers()[2], -1 / 1e6);
}

TEST(ArrowImportTest, KeepsEveryDigitOfIntegersThatNoDoubleHolds) {
  EXPECT_EQ(TextsOf("l", 2, {{}, Bytes<std::int64_t>({9'007'199'254'740'993, 1})}),
            (std::vector<std::string>{"9007199254740993", "1"}));
  EXPECT_EQ(TextsOf("L", 1, {{}, Bytes<std::uint64_t>({18'446'744'073'709'551'615U})}),
            (std::vector<std::string>{"18446744073709551615"}));
}

TEST(ArrowImportTest, OffsetsOfBatchAndColumnAddUp) {
  TestBatch batch(2);
  TestColumn& age =
      batch.Add("age", "i", {Bytes<std::uint8_t>({0b10111}), Bytes<std::int32_t>({0, 1, 2, 3, 4})});
  age.array.offset = 1;
  age.array.length = 4;
  TestColumn& city =
      batch.Add("city", "u", {{}, Bytes<std::int32_t>({0, 1, 2, 3, 4}), Bytes("abcd")});
  city.array.length = 4;
  batch.array.offset = 2;
  const auto table = Import(batch);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_TRUE(table->column(0).IsMissing(0));
  EXPECT_EQ(table->column(0).numbers()[1], 4);
  EXPECT_EQ(table->column(1).ToText(0), "c");
  EXPECT_EQ(table->column(1).ToText(1), "d");
}

// A batch of one dictionary column "city".
std::unique_ptr<TestBatch> DictionaryBatch(const std::string& format, std::vector<char> indices,
                                           std::unique_ptr<TestColumn> values) {
  auto batch = std::make_unique<TestBatch>(3);
  batch->Add("city", format, {Bytes<std::uint8_t>({0b101}), std::move(indices)})
      .SetDictionary(std::move(values));
  return batch;
}

std::unique_ptr<TestColumn> Cities() {
  return std::make_unique<TestColumn>(
      "", "u", 3,
      std::vector<std::vector<char>>{{}, Bytes<std::int32_t>({0, 3, 7, 8}), Bytes("ElyEly  ")});
}

TEST(ArrowImportTest, DictionariesBecomeCodes) {
  const auto table = Import(*DictionaryBatch("c", Bytes<std::int8_t>({1, 99, 2}), Cities()));
  ASSERT_TRUE(table.ok()) << table.status().message();
  const Column& city = table->column(0);
  ASSERT_EQ(city.storage(), Column::Storage::kCodes);
  EXPECT_EQ(city.ToText(0), "Ely");
  EXPECT_TRUE(city.IsMissing(1)) << "null, whatever its index";
  EXPECT_TRUE(city.IsMissing(2)) << "blank";
  EXPECT_EQ(city.codes()[0], 0) << "equal after trimming, so one entry";
}

TEST(ArrowImportTest, DictionariesOfNumbersBecomeNumbers) {
  auto values = std::make_unique<TestColumn>(
      "", "g", 2, std::vector<std::vector<char>>{{}, Bytes<double>({1.5, 2.5})});
  const auto table =
      Import(*DictionaryBatch("L", Bytes<std::uint64_t>({1, 0, 0}), std::move(values)));
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->column(0).numbers()[0], 2.5);
  EXPECT_TRUE(table->column(0).IsMissing(1));
  EXPECT_EQ(table->column(0).numbers()[2], 1.5);
}

// An entry of a view column: text in place, or where it stands.
std::vector<char> View(std::int32_t length, const std::string& in_place) {
  std::vector<char> view = Bytes<std::int32_t>({length});
  view.insert(view.end(), in_place.begin(), in_place.end());
  view.resize(16);
  return view;
}
std::vector<char> View(std::int32_t length, std::int32_t buffer, std::int32_t offset) {
  return Bytes<std::int32_t>({length, 0, buffer, offset});
}
std::vector<std::string> ViewTexts(const std::vector<char>& view) {
  return TextsOf("vu", 1, {{}, view, Bytes("0123456789abcdef"), Bytes<std::int64_t>({16})});
}

TEST(ArrowImportTest, ReadsViewsInPlaceAndInBuffers) {
  EXPECT_EQ(ViewTexts(View(4, "York")), std::vector<std::string>{"York"});
  EXPECT_EQ(ViewTexts(View(12, "York or Ely?")), std::vector<std::string>{"York or Ely?"});
  EXPECT_EQ(ViewTexts(View(13, 0, 3)), std::vector<std::string>{"3456789abcdef"});
}

TEST(ArrowImportTest, RefusesHostileViews) {
  EXPECT_THAT(ViewTexts(View(-1, ""))[0], HasSubstr("length -1"));
  EXPECT_THAT(ViewTexts(View(13, 1, 0))[0], HasSubstr("buffer 1, expected 0 to 0"));
  EXPECT_THAT(ViewTexts(View(13, -1, 0))[0], HasSubstr("buffer -1"));
  EXPECT_THAT(ViewTexts(View(13, 0, 4))[0], HasSubstr("bytes 4 to 17 of a buffer of 16"));
  EXPECT_THAT(ViewTexts(View(13, 0, -1))[0], HasSubstr("bytes -1"));
  EXPECT_THAT(ViewTexts(View(std::numeric_limits<std::int32_t>::max(), 0,
                             std::numeric_limits<std::int32_t>::max()))[0],
              HasSubstr("of a buffer of 16"));
  EXPECT_THAT(ViewTexts(View(1, "\xff"))[0], HasSubstr("no UTF-8"));
}

TEST(ArrowImportTest, ColumnsAreFoundByNameAndOthersPassedOver) {
  TestBatch batch(1);
  batch.Add("unknown", "+l", {});
  batch.Add(" income ", "g", {{}, Bytes<double>({2})});
  batch.Add("age", "i", {{}, Bytes<std::int32_t>({1})});
  batch.Add("member", "b", {{}, Bytes<std::uint8_t>({1})});
  batch.Add("since", "tdD", {{}, Bytes<std::int32_t>({1})});
  const auto table = Import(batch);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->Names(), (std::vector<std::string>{"income", "age", "member", "since"}));
}

TEST(ArrowImportTest, UnknownColumnsAreShownWhenARequiredOneIsAbsent) {
  TestBatch batch(1);
  batch.Add("agee", "i", {{}, Bytes<std::int32_t>({1})});
  batch.Add("income", "g", {{}, Bytes<double>({2})});
  const auto scored = MakeTestScorer().Score(*Import(batch), 0, 1);
  EXPECT_THAT(scored.status().message(), HasSubstr("Is it \"age\"?"));
}

TEST(ArrowImportTest, NoRowsAreFine) {
  TestBatch batch(0);
  batch.Add("age", "l", {{}, {}});
  batch.Add("city", "u", {{}, {}, {}});
  const auto table = Import(batch);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->rows(), 0);
}

// What somebody hostile, or a bug, may hand over. Each case spoils a good batch in one way.
struct HostileCase {
  const char* label;
  std::function<void(TestBatch&)> spoil;
  const char* message;
};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

const HostileCase kHostileBatches[] = {
    {"released schema", [](TestBatch& b) { b.schema.release = nullptr; }, "released already"},
    {"released array", [](TestBatch& b) { b.array.release = nullptr; }, "released already"},
    {"no format", [](TestBatch& b) { b.schema.format = nullptr; }, "expected a struct array"},
    {"no struct", [](TestBatch& b) { b.schema.format = "l"; }, "type \"l\", expected a struct"},
    {"negative length", [](TestBatch& b) { b.array.length = -1; }, "length -1"},
    {"huge length", [](TestBatch& b) { b.array.length = kMost; }, "length 9223372036854775807"},
    {"negative offset", [](TestBatch& b) { b.array.offset = -1; }, "offset -1"},
    {"huge offset", [](TestBatch& b) { b.array.offset = kMost; }, "offset 9223372036854775807"},
    {"offset behind the columns", [](TestBatch& b) { b.array.offset = 1; }, "2 values, expected 3"},
    {"length beyond the columns", [](TestBatch& b) { b.array.length = 3; }, "2 values, expected 3"},
    {"other columns", [](TestBatch& b) { b.array.n_children = 4; }, "5 columns, the array 4"},
    {"negative columns", [](TestBatch& b) { b.schema.n_children = b.array.n_children = -1; },
     "-1 columns"},
    {"no schemas", [](TestBatch& b) { b.schema.children = nullptr; }, "no columns, a null pointer"},
    {"no arrays", [](TestBatch& b) { b.array.children = nullptr; }, "no columns, a null pointer"},
    {"no buffers", [](TestBatch& b) { b.array.n_buffers = 0; }, "0 buffers, expected 1"},
    {"null buffers", [](TestBatch& b) { b.array.buffers = nullptr; }, "expected 1"},
    {"null row",
     [](TestBatch& b) {
       static const std::uint8_t bitmap = 0b01;
       b.bitmap = &bitmap;
     },
     "row 1 is null as a whole"},
    {"null child schema", [](TestBatch& b) { b.SetChild(0, nullptr, &b.column(0).array); },
     "column 0 has no schema"},
    {"null child array", [](TestBatch& b) { b.SetChild(0, &b.column(0).schema, nullptr); },
     "column \"age\": no array"},
    {"no columns", [](TestBatch& b) { b.schema.n_children = b.array.n_children = 0; },
     "none of the 0 columns is one of the model's, expected age, income"},
    {"a name twice", [](TestBatch& b) { b.column(1).schema.name = "age"; }, "two of that name"},
};

const HostileCase kHostileColumns[] = {
    {"released schema", [](TestBatch& b) { b.column(0).schema.release = nullptr; }, "released"},
    {"released array", [](TestBatch& b) { b.column(0).array.release = nullptr; }, "released"},
    {"no format", [](TestBatch& b) { b.column(0).schema.format = nullptr; }, "no format"},
    {"empty format", [](TestBatch& b) { b.column(0).schema.format = ""; }, "\"\" is not read"},
    {"list", [](TestBatch& b) { b.column(0).schema.format = "+l"; }, "type \"+l\" is not read"},
    {"decimal", [](TestBatch& b) { b.column(0).schema.format = "d:9,2"; }, "is not read"},
    {"binary", [](TestBatch& b) { b.column(0).schema.format = "z"; }, "is not read"},
    {"half float", [](TestBatch& b) { b.column(0).schema.format = "e"; }, "is not read"},
    {"run ends", [](TestBatch& b) { b.column(0).schema.format = "+r"; }, "is not read"},
    {"no such timestamp", [](TestBatch& b) { b.column(0).schema.format = "tsx:"; }, "is not read"},
    {"longer format", [](TestBatch& b) { b.column(0).schema.format = "ll"; }, "is not read"},
    {"negative length", [](TestBatch& b) { b.column(0).array.length = -1; }, "length -1"},
    {"short", [](TestBatch& b) { b.column(0).array.length = 1; }, "1 values, expected 2"},
    {"negative offset", [](TestBatch& b) { b.column(0).array.offset = -1; }, "offset -1"},
    {"huge offset", [](TestBatch& b) { b.column(0).array.offset = kMost; }, "offset 92233"},
    {"few buffers", [](TestBatch& b) { b.column(0).array.n_buffers = 1; }, "1 buffers, expected 2"},
    {"many buffers", [](TestBatch& b) { b.column(0).array.n_buffers = 3; }, "3 buffers"},
    {"negative buffers", [](TestBatch& b) { b.column(0).array.n_buffers = -1; }, "-1 buffers"},
    {"null buffers", [](TestBatch& b) { b.column(0).array.buffers = nullptr; }, "no buffers"},
    {"no values", [](TestBatch& b) { b.column(0).SetBuffer(1, nullptr); }, "no values"},
    {"nulls without a bitmap", [](TestBatch& b) { b.column(0).array.null_count = 1; },
     "1 nulls, but no bitmap"},
    {"no dictionary", [](TestBatch& b) { b.column(0).schema.dictionary = &b.column(2).schema; },
     "a dictionary without values"},
};

void ExpectRefused(const HostileCase& c, TestBatch& batch) {
  c.spoil(batch);
  const Status status = Import(batch).status();
  EXPECT_FALSE(status.ok()) << c.label;
  EXPECT_THAT(status.message(), HasSubstr(c.message)) << c.label;
}

TEST(ArrowImportTest, RefusesHostileBatches) {
  for (const HostileCase& c : kHostileBatches) ExpectRefused(c, *MakeTestBatch());
}

TEST(ArrowImportTest, RefusesHostileColumns) {
  for (const HostileCase& c : kHostileColumns) ExpectRefused(c, *MakeTestBatch());
}

TEST(ArrowImportTest, RefusesHostileTexts) {
  const auto message = [](const std::vector<std::int32_t>& offsets, const std::string& bytes) {
    return TextsOf("u", 2, {{}, Bytes(offsets), Bytes(bytes)})[0];
  };
  EXPECT_THAT(message({-1, 0, 1}, "ab"), HasSubstr("row 0 has a text from byte -1 to 0"));
  EXPECT_THAT(message({0, 2, 1}, "ab"), HasSubstr("row 1 has a text from byte 2 to 1"));
  EXPECT_THAT(message({0, 1, 2}, ""), HasSubstr("of no bytes"));
  EXPECT_THAT(message({0, 1, 2}, "a\xc3"), HasSubstr("row 1 has the text"));
  EXPECT_EQ(message({0, 0, 0}, ""), "") << "only empty texts need no bytes";
}

TEST(ArrowImportTest, RefusesHostileDictionaries) {
  const HostileCase cases[] = {
      {"no array", [](TestBatch& b) { b.column(0).array.dictionary = nullptr; }, "without values"},
      {"text indices", [](TestBatch& b) { b.column(0).schema.format = "g"; }, "no integers"},
      {"negative length", [](TestBatch& b) { b.column(0).dictionary().array.length = -1; },
       "dictionary: "},
      {"huge length", [](TestBatch& b) { b.column(0).dictionary().array.length = kMost; },
       "expected at most 2^31 - 1"},
      {"empty", [](TestBatch& b) { b.column(0).dictionary().array.length = 0; },
       "index 0, expected 0 to -1"},
      {"released", [](TestBatch& b) { b.column(0).dictionary().array.release = nullptr; },
       "dictionary: the array was released"},
      {"nested",
       [](TestBatch& b) {
         b.column(0).dictionary().schema.dictionary = &b.column(0).dictionary().schema;
       },
       "dictionary of dictionaries"},
  };
  for (const HostileCase& c : cases) {
    ExpectRefused(c, *DictionaryBatch("i", Bytes<std::int32_t>({0, 0, 1}), Cities()));
  }
  const auto batch = DictionaryBatch("i", Bytes<std::int32_t>({0, 0, 3}), Cities());
  EXPECT_THAT(Import(*batch).status().message(),
              HasSubstr("column \"city\": row 2 has dictionary index 3, expected 0 to 2"));
  const auto negative = DictionaryBatch("c", Bytes<std::int8_t>({-1, 0, 0}), Cities());
  EXPECT_THAT(Import(*negative).status().message(), HasSubstr("index -1"));
}

}  // namespace
}  // namespace reeve::capi
