#include "reeve/contract/day_text.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/contract/day_lanes.h"

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
        (void)std::snprintf(text, sizeof text, "%04d-%02u-%02u", y, m, d);
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

#ifdef REEVE_WIDE
// Texts are given again and again until there are so many; every other one of them is no day.
void ExpectReadAlike(const std::string& text, std::size_t rows) {
  const std::string other = "2024-02-30 and more";
  std::vector<std::string_view> texts;
  std::vector<TextHead> heads;
  for (std::size_t row = 0; row < rows; ++row) {
    texts.push_back(row % 2 == 0 ? text : other);
    heads.push_back(TextHead::Of(texts.back()));
  }
  std::vector<double> seconds(rows);
  const std::uint64_t others = ReadDaysWide(texts.data(), heads.data(), rows, seconds.data());
  const std::int32_t day = text.size() == kDayBytes ? ReadDay(text.data()) : kNoDay;
  for (std::size_t row = 0; row < rows; ++row) {
    ASSERT_EQ(others >> row & 1, row % 2 == 1 || day == kNoDay ? 1U : 0U) << text;
    if (others >> row & 1) continue;
    ASSERT_EQ(seconds[row], day * kSecondsOfDay) << text;
  }
}

TEST(ReadDaysWideTest, ReadsWhatIsReadOneByOne) {
  if (!HasWideVectors()) GTEST_SKIP();
  char text[40];
  for (int y = 0; y <= 9999; y = y < 2200 ? y + 1 : y + 37) {
    for (unsigned m = 0; m <= 13; ++m) {
      for (unsigned d = 0; d <= 32; ++d) {
        (void)std::snprintf(text, sizeof text, "%04d-%02u-%02u", y, m, d);
        ExpectReadAlike(text, 1);
      }
    }
  }
  const std::string plain = "2024-02-12";
  for (std::size_t rows = 0; rows <= 64; ++rows) ExpectReadAlike(plain, rows);
  for (const std::string odd : {"1970/01/02", "1970-01/02", "1970/01-02", "1970.01.02", "2024-02-1",
                                "2024-02-12 ", "2024-02-12T00:00:00", ""})
    ExpectReadAlike(odd, 3);
  for (std::size_t at = 0; at < kDayBytes; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string bytes = plain;
      bytes[at] = static_cast<char>(byte);
      ExpectReadAlike(bytes, 3);
    }
  }
}
#endif

}  // namespace
}  // namespace reeve::contract
