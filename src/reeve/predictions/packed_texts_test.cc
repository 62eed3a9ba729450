#include "reeve/predictions/packed_texts.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/contract/typing.h"

namespace reeve::predictions {
namespace {

using Texts = std::vector<std::string>;

// Bytes that the texts take; they have to come back.
std::size_t Pack(const Texts& texts, const ReadTexts& read) {
  std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<contract::TextHead> heads;
  for (const std::string_view text : views) heads.push_back(contract::TextHead::Of(text));
  ByteBuffer packed;
  PackTexts({.texts = views, .heads = heads, .read = read}, packed);
  ByteReader reader(packed.view());
  std::size_t budget = 1 << 20;
  TextCells unpacked;
  EXPECT_TRUE(UnpackTexts(reader, texts.size(), budget, &unpacked));
  EXPECT_EQ(reader.left(), 0U);
  EXPECT_EQ(unpacked.Views(), views);
  return packed.size();
}

Texts Repeat(const Texts& texts) {
  Texts all;
  for (int i = 0; i < 100; ++i) all.insert(all.end(), texts.begin(), texts.end());
  return all;
}

TEST(PackedTextsTest, DaysTakeTwoBytesWhoeverReadsThem) {
  const Texts texts = Repeat({"2024-02-12", "2024-02-29", "2100-12-31", "1999-01-01"});
  std::vector<double> dates;
  for (const std::string& text : texts) dates.push_back(*contract::ReadDatetime(text));
  EXPECT_EQ(Pack(texts, {}), 5 + 2 * texts.size());
  EXPECT_EQ(Pack(texts, {.dates = dates}), 5 + 2 * texts.size());
}

TEST(PackedTextsTest, TextsThatAreNearlyDaysComeBackToTheByte) {
  for (const std::string odd :
       {"2024/02/12", "2024-02-30", "2024-2-012", "12-02-2024", "2024-02-1 ", "2024-02-12 ",
        "0000-00-00", "9999-12-31", "0000-01-01", "2024-02-1\xb2", ""}) {
    SCOPED_TRACE(odd);
    const Texts texts = Repeat({"2024-02-12", odd});
    std::vector<double> dates;
    for (const std::string& text : texts)
      dates.push_back(contract::ReadDatetime(text).value_or(std::nan("")));
    Pack(texts, {});
    Pack(texts, {.dates = dates});
  }
}

TEST(PackedTextsTest, DatesWithATimeOfDayAreNoDays) {
  const Texts texts = Repeat({"2024-02-12"});
  const std::vector<double> dates(texts.size(), 1'707'696'000.5);
  Pack(texts, {.dates = dates});
}

TEST(PackedTextsTest, CodesAreTheNumbersOfTheirTexts) {
  const Texts texts = Repeat({"a", "self-employed", "", "a"});
  std::vector<std::int32_t> codes;
  for (int i = 0; i < 100; ++i) codes.insert(codes.end(), {7, 0, 3, 7});
  // Eight lengths, whether they occur or not.
  EXPECT_EQ(Pack(texts, {.codes = codes}), 1 + texts.size() + 2 + 8 * 4 + 1 + 13);
}

TEST(PackedTextsTest, CodesThatAreNoNumbersOfABlockDoNoHarm) {
  const Texts texts = Repeat({"a", std::string(40, 'b')});
  for (const std::int32_t code : {-1, 199, 255, 256, 1'000'000, 1}) {
    SCOPED_TRACE(code);
    std::vector<std::int32_t> codes;
    for (int i = 0; i < 100; ++i) codes.insert(codes.end(), {0, code});
    Pack(texts, {.codes = codes});
    Pack(Repeat({"a", "b"}), {.codes = codes});
  }
}

}  // namespace
}  // namespace reeve::predictions
