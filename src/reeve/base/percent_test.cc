#include "reeve/base/percent.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(PercentTest, EscapesBecomeBytesAndTheRestStays) {
  EXPECT_EQ(PercentDecode("a%20b%2Fc%c3%a9"), "a b/cé");
  EXPECT_EQ(PercentDecode("100%"), "100%");
  EXPECT_EQ(PercentDecode("%zz%4"), "%zz%4");
  EXPECT_EQ(PercentDecode("a+b"), "a+b");
  EXPECT_EQ(PercentDecode(""), "");
}

TEST(PercentTest, FormsWriteBlanksAsPlus) { EXPECT_EQ(DecodeFormValue("a+b%2Bc+%20"), "a b+c  "); }

TEST(PercentTest, DigitsOfBothCases) {
  EXPECT_EQ(HexDigit('7'), 7);
  EXPECT_EQ(HexDigit('a'), 10);
  EXPECT_EQ(HexDigit('F'), 15);
  EXPECT_EQ(HexDigit('g'), -1);
}

}  // namespace
}  // namespace reeve
