#include <gtest/gtest.h>

#include "reeve/contract/typing.h"

namespace reeve::contract {
namespace {

constexpr double kDay = 86400;
// 2025-12-31
constexpr double kLastOf2025 = 20453 * kDay;

TEST(LocalDatesTest, DayFirst) {
  for (const char* const text :
       {"31.12.2025", "31/12/2025", "31-12-2025", "31.12.25", "31/12/25", "2025-12-31"})
    EXPECT_EQ(ReadDatetime(text, DateFormat::kDayFirst), kLastOf2025) << text;
  EXPECT_EQ(ReadDatetime("2.1.1970", DateFormat::kDayFirst), kDay);
  EXPECT_EQ(ReadDatetime("02.01.69", DateFormat::kDayFirst), (1 - 365) * kDay);
  EXPECT_EQ(ReadDatetime("02.01.68", DateFormat::kDayFirst), ReadDatetime("2068-01-02"));
}

TEST(LocalDatesTest, MonthFirst) {
  for (const char* const text : {"12/31/2025", "12-31-2025", "12/31/25", "2025-12-31"})
    EXPECT_EQ(ReadDatetime(text, DateFormat::kMonthFirst), kLastOf2025) << text;
  EXPECT_EQ(ReadDatetime("1/2/1970", DateFormat::kMonthFirst), kDay);
}

TEST(LocalDatesTest, Times) {
  const std::pair<const char*, double> times[] = {
      {"31.12.2025 14:05", 14 * 3600 + 5 * 60},     {"31.12.2025, 9:05:30", 9 * 3600 + 330},
      {"31/12/2025 2:05 PM", 14 * 3600 + 5 * 60},   {"31/12/2025 12:00 am", 0},
      {"31/12/2025 12:30:00 PM", 12 * 3600 + 1800}, {"31.12.2025T01:00:00+01:00", 0}};
  for (const auto& [text, seconds] : times)
    EXPECT_EQ(ReadDatetime(text, DateFormat::kDayFirst), kLastOf2025 + seconds) << text;
}

TEST(LocalDatesTest, OtherTextsAreNoDates) {
  for (const char* const text :
       {"", "31.12.", "31.12", "32.12.2025", "12.31.2025", "30.02.2025", "31.12/2025", "1.2.03",
        "03-02-01", "1.2.3", "31.12.125", "31.12.20255", "31.12.2025x", "31.12.2025 25:00",
        "31.12.2025 13:00 PM", "31.12.2025 0:10 am", "10.100.200.7", "31.12.2025 "}) {
    EXPECT_FALSE(ReadDatetime(text, DateFormat::kDayFirst)) << text;
  }
  EXPECT_FALSE(ReadDatetime("12.31.2025", DateFormat::kMonthFirst));
  EXPECT_FALSE(ReadDatetime("31/12/2025", DateFormat::kMonthFirst));
  EXPECT_FALSE(ReadDatetime("31.12.2025", DateFormat::kIso));
}

}  // namespace
}  // namespace reeve::contract
