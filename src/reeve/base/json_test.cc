#include "reeve/base/json.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve {
namespace {

using testing::HasSubstr;

std::string Nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

TEST(ParseJsonTest, ReadsWhatIsValid) {
  for (const std::string& text :
       {std::string("{}"), std::string("null"), std::string(" [1, -2.5e3, true, \"\\u00e9\"] "),
        std::string(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})"), Nested(kMaxJsonDepth)}) {
    EXPECT_TRUE(ParseJson(text).ok()) << text;
  }
}

TEST(ParseJsonTest, RefusesWhatIsBroken) {
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("{} x"), std::string("{'a':1}"),
        std::string("[1,]"), std::string("{\"a\":}"), std::string("01"), std::string("+1"),
        std::string("NaN"), std::string("-Infinity"), std::string("1e999"), std::string("\"\xFF\""),
        std::string("\"\xED\xA0\x80\""), std::string("\"\\ud800\""), std::string("\"a\nb\""),
        std::string("// c\n1"), std::string("[1]\0", 4), std::string(100'000, '[')}) {
    const Status status = ParseJson(text).status();
    EXPECT_EQ(status.code(), StatusCode::kCorrupt) << text.substr(0, 40);
    EXPECT_LT(status.message().size(), 900u);
    EXPECT_EQ(status.message().find('\n'), std::string::npos);
  }
  EXPECT_THAT(ParseJson("{\"a\" 1}").status().message(), HasSubstr("at byte 6"));
}

TEST(ParseJsonTest, RefusesWhatReadersWouldUnderstandInTwoWays) {
  EXPECT_THAT(ParseJson(R"({"a":1,"b":{"a":1,"c":2,"a":3}})").status().message(),
              HasSubstr("\"a\" stands twice"));
  EXPECT_THAT(ParseJson("{\"a\":1,\"\\u0061\":2}").status().message(), HasSubstr("stands twice"));
}

TEST(ParseJsonTest, RefusesDeepNesting) {
  EXPECT_THAT(ParseJson(Nested(kMaxJsonDepth + 1)).status().message(), HasSubstr("deeper than 64"));
  EXPECT_FALSE(ParseJson(Nested(1'000'000)).ok());
}

TEST(DumpJsonTest, KeepsOrderWritesNullForNoNumberAndReplacesBrokenText) {
  Json json{{"z", 0.1}, {"a", std::nan("")}, {"inf", std::numeric_limits<double>::infinity()}};
  EXPECT_EQ(DumpJson(json), R"({"z":0.1,"a":null,"inf":null})");
  EXPECT_EQ(DumpJson(Json("a\xFF")), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(DumpJson(Json{{"a", 1}}, 2), "{\n  \"a\": 1\n}");
}

TEST(DumpJsonTest, NumbersReadBackEqual) {
  for (const double value : {0.1, 1.0 / 3, 1e-300, -2.5e200, 4.9e-324, 1e22, 0.0}) {
    EXPECT_EQ(ParseJson(DumpJson(Json(value)))->get<double>(), value);
  }
}

TEST(JsonMembersTest, GiveTheValue) {
  const Json json =
      ParseJson(R"({"s":"x","i":-7,"d":2.5,"b":true,"n":null,"ds":[1,2.5],"ss":["a",""],"o":{}})")
          .value();
  EXPECT_EQ(*JsonString(json, "s"), "x");
  EXPECT_EQ(*JsonInteger(json, "i"), -7);
  EXPECT_EQ(*JsonNumber(json, "i"), -7);
  EXPECT_EQ(*JsonNumber(json, "d"), 2.5);
  EXPECT_TRUE(*JsonBool(json, "b"));
  EXPECT_EQ(*JsonNumbers(json, "ds"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(*JsonStrings(json, "ss"), (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(*JsonOptionalNumber(json, "d"), 2.5);
  EXPECT_EQ(*JsonOptionalNumber(json, "n"), std::nullopt);
  EXPECT_EQ(*JsonOptionalNumber(json, "absent"), std::nullopt);
  EXPECT_TRUE((*JsonMember(json, "o"))->is_object());
  EXPECT_EQ((*JsonArray(json, "ds"))->size(), 2u);
}

TEST(JsonMembersTest, NameTheMemberThatIsAbsentOrOfAnotherType) {
  const Json json = ParseJson(R"({"m":{"x":1},"text":"1","mixed":[1,"a"]})").value();
  const std::vector<std::pair<std::string, Status>> refused = {
      {"m", JsonString(json, "m").status()},
      {"gone", JsonString(json, "gone").status()},
      {"text", JsonNumber(json, "text").status()},
      {"text", JsonInteger(json, "text").status()},
      {"text", JsonBool(json, "text").status()},
      {"text", JsonArray(json, "text").status()},
      {"text", JsonOptionalNumber(json, "text").status()},
      {"mixed", JsonNumbers(json, "mixed").status()},
      {"mixed", JsonStrings(json, "mixed").status()},
      {"gone", JsonMember(json, "gone").status()},
      {"x", JsonMember(Json(3), "x").status()},
      {"x", JsonOptionalNumber(Json::array(), "x").status()},
  };
  for (const auto& [member, status] : refused) {
    EXPECT_EQ(status.code(), StatusCode::kCorrupt) << member;
    EXPECT_THAT(status.message(), HasSubstr("\"" + member + "\""));
  }
}

TEST(JsonMembersTest, AnIntegerHasNoFractionAndFitsInto64Bits) {
  const Json json = ParseJson(
                        R"({"most":9223372036854775807,"more":9223372036854775808,
                            "most_negative":-9223372036854775808,"real":1.5,"whole":2.0})")
                        .value();
  EXPECT_EQ(*JsonInteger(json, "most"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(*JsonInteger(json, "most_negative"), std::numeric_limits<std::int64_t>::min());
  for (const char* const member : {"more", "real", "whole"}) {
    EXPECT_FALSE(JsonInteger(json, member).ok()) << member;
  }
}

}  // namespace
}  // namespace reeve
