#include "reeve/server/description/form_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(FormDataTest, ReadsPairsInTheirOrder) {
  EXPECT_THAT(ParseFormData("a=1&b=x+y&a=%C3%A9"),
              ElementsAre(Pair("a", "1"), Pair("b", "x y"), Pair("a", "é")));
}

TEST(FormDataTest, NamesMayHoldAnything) {
  EXPECT_THAT(ParseFormData("a%26b%3Dc=%3D&%3Cscript%3E="),
              ElementsAre(Pair("a&b=c", "="), Pair("<script>", "")));
}

TEST(FormDataTest, HalfOfAPairIsTakenAsItIs) {
  EXPECT_THAT(ParseFormData(""), IsEmpty());
  EXPECT_THAT(ParseFormData("&&"), IsEmpty());
  EXPECT_THAT(ParseFormData("a&=b&c="), ElementsAre(Pair("a", ""), Pair("", "b"), Pair("c", "")));
  EXPECT_THAT(ParseFormData("a=%4&b=%&c=%zz&d=%41"),
              ElementsAre(Pair("a", "%4"), Pair("b", "%"), Pair("c", "%zz"), Pair("d", "A")));
}

TEST(FormDataTest, FindsTheFirstValue) {
  const FormData data = ParseFormData("a=1&a=2");
  EXPECT_EQ(FindValue(data, "a"), "1");
  EXPECT_EQ(FindValue(data, "b"), std::nullopt);
}

TEST(FormDataTest, AnEncodedValueReadsBack) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_THAT(ParseFormData("x=" + EncodeQueryValue(every)), ElementsAre(Pair("x", every)));
}

}  // namespace
}  // namespace reeve::server
