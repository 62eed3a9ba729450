#include "reeve/base/clock.h"

#include <chrono>
#include <cstdio>

namespace reeve {
namespace {

class SystemClock : public Clock {
 public:
  std::int64_t NowMs() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
  double MonotonicSeconds() const override {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
  }
};

std::string FormatIso(std::int64_t unix_ms, bool with_milliseconds) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(unix_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[64];
  int length = std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  if (with_milliseconds) {
    length += std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ".%03d",
                            static_cast<int>(clock.subseconds().count()));
  }
  return std::string(text, static_cast<std::size_t>(length)) + "Z";
}

}  // namespace

const Clock& Clock::System() {
  static const SystemClock clock;
  return clock;
}

std::string FormatIsoSeconds(std::int64_t unix_ms) { return FormatIso(unix_ms, false); }
std::string FormatIsoMilliseconds(std::int64_t unix_ms) { return FormatIso(unix_ms, true); }

}  // namespace reeve
