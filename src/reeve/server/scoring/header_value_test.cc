#include "reeve/server/scoring/header_value.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(HeaderValueTest, TakesWordsAndParametersApart) {
  const HeaderValue value = ReadHeaderValue(
      "Multipart/Form-Data ; Boundary=\"a;b\\\"c\" ;x; charset = utf-8;y=;filename=a b.csv");
  EXPECT_EQ(value.first, "multipart/form-data");
  EXPECT_EQ(value.Parameter("boundary"), "a;b\"c");
  EXPECT_EQ(value.Parameter("charset"), "utf-8");
  EXPECT_EQ(value.Parameter("filename"), "a b.csv");
  EXPECT_EQ(value.Parameter("x"), "");
  EXPECT_EQ(value.Parameter("y"), "");
}

TEST(HeaderValueTest, ReadsWhateverComes) {
  for (const char* header : {"", ";", ";;=", "a;b=\"", "a;b=\"\\", "=;=", "a;=\"x\"y;z=1"})
    (void)ReadHeaderValue(header);
  EXPECT_EQ(ReadHeaderValue("a;=\"x\"y;z=1").Parameter("z"), "1");
}

TEST(HeaderValueTest, KnowsUtf8) {
  EXPECT_TRUE(ReadHeaderValue("text/csv").IsUtf8());
  EXPECT_TRUE(ReadHeaderValue("text/csv; charset=\"UTF-8\"; header=present").IsUtf8());
  EXPECT_FALSE(ReadHeaderValue("text/csv; charset=latin-1").IsUtf8());
}

}  // namespace
}  // namespace reeve::server
