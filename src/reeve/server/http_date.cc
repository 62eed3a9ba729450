#include "reeve/server/http_date.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iterator>

namespace reeve::server {

namespace {

// Not strftime: names of days and months must not follow the locale.
constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string HttpDate(std::int64_t unix_seconds) {
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  const auto two = [](int value) { return std::to_string(100 + value % 100).substr(1); };
  return std::string(kDays[utc.tm_wday]) + ", " + two(utc.tm_mday) + " " + kMonths[utc.tm_mon] +
         " " + std::to_string(1900 + utc.tm_year) + " " + two(utc.tm_hour) + ":" + two(utc.tm_min) +
         ":" + two(utc.tm_sec) + " GMT";
}

std::optional<std::int64_t> ReadHttpDate(std::string_view text) {
  if (text.size() != 29) return {};
  const std::string date(text);
  const auto number = [&](std::size_t at, std::size_t size) {
    return std::atoi(date.substr(at, size).c_str());
  };
  const auto month = std::find(std::begin(kMonths), std::end(kMonths), date.substr(8, 3));
  if (month == std::end(kMonths)) return {};
  std::tm utc{};
  utc.tm_mday = number(5, 2);
  utc.tm_mon = static_cast<int>(month - std::begin(kMonths));
  utc.tm_year = number(12, 4) - 1900;
  utc.tm_hour = number(17, 2);
  utc.tm_min = number(20, 2);
  utc.tm_sec = number(23, 2);
  const auto seconds = static_cast<std::int64_t>(::timegm(&utc));
  // Whatever is no date, or not written as one, is not what this one is written as.
  return HttpDate(seconds) == text ? std::optional(seconds) : std::nullopt;
}

}  // namespace reeve::server
