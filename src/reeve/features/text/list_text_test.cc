#include "reeve/features/text/list_text.h"

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/base/text.h"
#include "reeve/features/text/tokeniser.h"

namespace reeve::features {
namespace {

// Words of a flattened list, and its number of elements.
std::string Flat(std::string_view json) {
  std::string flat;
  const std::int64_t count = FlattenList(json, flat);
  Tokeniser tokeniser({.longest = 1});
  std::string words;
  tokeniser.ForEachTerm(flat, [&](std::string_view word) { words.append(word).append(" "); });
  return words + std::to_string(count);
}

TEST(FlattenListTest, ElementsAndTheirNumber) {
  EXPECT_EQ(Flat(R"(["Blue oak","top"])"), "blue oak top 2");
  EXPECT_EQ(Flat(R"([ "a" , 2.5, true, null ])"), "a 2 5 true null 4");
  EXPECT_EQ(Flat("[]"), "0");
  EXPECT_EQ(Flat("[ ]"), "0");
  EXPECT_EQ(Flat(""), "0");
  EXPECT_EQ(Flat(R"([["a","b"],["c"]])"), "a b c 2");
  EXPECT_EQ(Flat(R"({"k":"v","n":[1,2]})"), "k v n 1 2 2");
}

TEST(FlattenListTest, ElementsDoNotRunIntoEachOther) { EXPECT_EQ(Flat(R"(["a","b"])"), "a b 2"); }

TEST(FlattenListTest, EscapesAreWhatTheyStandFor) {
  EXPECT_EQ(Flat(R"(["caf\u00e9","x\ny","\"q\"","\ud835\udfd8"])"), "café x y q 𝟘 4");
  EXPECT_EQ(Flat(R"(["caf\u00E9"])"), Flat(R"(["café"])"));
  std::string flat;
  FlattenList(R"(["\ud83d","\ud83d\u0041","\u12"])", flat);
  EXPECT_TRUE(IsUtf8(flat)) << flat;
}

TEST(FlattenListTest, WhatIsNoListStaysAsItIs) {
  std::string flat;
  EXPECT_EQ(FlattenList("a \"b\", c", flat), 1);
  EXPECT_EQ(flat, "a \"b\", c");
}

TEST(FlattenListTest, AnyBytesAreNoFault) {
  Random random(5);
  const std::string_view bytes = "[]{}\",:\\u0dn \xC3";
  std::string flat;
  for (int i = 0; i < 20'000; ++i) {
    std::string json = "[";
    for (int j = 0; j < 12; ++j) json.push_back(bytes[random.Below(bytes.size())]);
    EXPECT_GE(FlattenList(json, flat), 0);
    EXPECT_LE(flat.size(), 3 * json.size());
  }
}

}  // namespace
}  // namespace reeve::features
