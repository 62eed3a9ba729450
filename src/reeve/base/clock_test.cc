#include "reeve/base/clock.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(FormatIsoTest, WritesUtcTimes) {
  EXPECT_EQ(FormatIsoSeconds(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatIsoSeconds(1773397800000), "2026-03-13T10:30:00Z");
  EXPECT_EQ(FormatIsoSeconds(1773397800999), "2026-03-13T10:30:00Z");
  EXPECT_EQ(FormatIsoSeconds(951782400000), "2000-02-29T00:00:00Z");
  EXPECT_EQ(FormatIsoMilliseconds(1773397800123), "2026-03-13T10:30:00.123Z");
  EXPECT_EQ(FormatIsoMilliseconds(1773397800000), "2026-03-13T10:30:00.000Z");
  EXPECT_EQ(FormatIsoMilliseconds(-1), "1969-12-31T23:59:59.999Z");
}

TEST(SystemClockTest, IsInThisCenturyAndNeverGoesBack) {
  const Clock& clock = Clock::System();
  EXPECT_GT(clock.NowMs(), 1'700'000'000'000);
  double last = clock.MonotonicSeconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = clock.MonotonicSeconds();
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace reeve
