#include "reeve/server/http_date.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(HttpDateTest, IsThatOfRfc9110) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(HttpDate(1'709'164'799), "Wed, 28 Feb 2024 23:59:59 GMT");
}

TEST(HttpDateTest, ReadsWhatItWrites) {
  for (std::int64_t seconds = 0; seconds < 4'000'000'000; seconds += 86'399'123) {
    EXPECT_EQ(ReadHttpDate(HttpDate(seconds)), seconds);
  }
}

TEST(HttpDateTest, ReadsNothingElse) {
  for (const char* text : {"", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"}) {
    EXPECT_EQ(ReadHttpDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace reeve::server
