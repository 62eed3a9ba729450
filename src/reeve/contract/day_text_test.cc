#include "reeve/contract/day_text.h"

#include <chrono>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace reeve::contract {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

TEST(ReadDayTest, EveryDayOfTenThousandYearsAndNoOther) {
  char text[40];
  for (int y = 0; y <= 9999; ++y) {
    for (unsigned m = 0; m <= 13; ++m) {
      for (unsigned d = 0; d <= 32; ++d) {
        std::snprintf(text, sizeof text, "%04d-%02u-%02u", y, m, d);
        const year_month_day date{year(y), month(m), day(d)};
        const int expected = date.ok() ? sys_days(date).time_since_epoch().count() : kNoDay;
        ASSERT_EQ(ReadDay(text), expected) << text;
      }
    }
  }
}

TEST(ReadDayTest, SlashesAreTakenWhereBothAre) {
  EXPECT_EQ(ReadDay("1970/01/02"), 1);
  EXPECT_EQ(ReadDay("1970-01/02"), kNoDay);
  EXPECT_EQ(ReadDay("1970/01-02"), kNoDay);
  EXPECT_EQ(ReadDay("1970.01.02"), kNoDay);
  EXPECT_EQ(ReadDay("1970001002"), kNoDay);
}

TEST(ReadDayTest, AnyOtherByteMakesItNone) {
  const std::string plain = "2024-02-12";
  for (std::size_t at = 0; at < kDayBytes; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      const auto c = static_cast<char>(byte);
      const bool may_be = at == 4 || at == 7 ? c == plain[at] : c >= '0' && c <= '9';
      if (may_be) continue;
      std::string text = plain;
      text[at] = c;
      EXPECT_EQ(ReadDay(text.data()), kNoDay) << at << " " << byte;
    }
  }
}

}  // namespace
}  // namespace reeve::contract
