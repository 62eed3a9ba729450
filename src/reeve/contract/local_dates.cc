// Dates as people write them: the day or the month first.

#include <optional>
#include <string>
#include <string_view>

#include "reeve/base/text.h"
#include "reeve/contract/typing.h"

namespace reeve::contract {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes digits off the front, at most `most`.
std::string_view TakeDigits(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  while (count < most && count < text.size() && IsDigit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool Take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

std::string TwoDigits(std::string_view digits) {
  return (digits.size() == 1 ? "0" : "") + std::string(digits);
}

// "24" -> "2024"; the border is that of POSIX.
std::string FullYear(std::string_view year) {
  if (year.size() == 4) return std::string(year);
  return (year >= "69" ? "19" : "20") + std::string(year);
}

// A year of two digits stands where no version ("1.2.03") or reversed date ("03-02-01") would.
bool IsYear(std::string_view year, char separator, bool is_padded) {
  if (year.size() == 4) return true;
  return year.size() == 2 && (separator == '/' || (separator == '.' && is_padded));
}

// " 14:05", ", 2:05 PM", "T09:30:00Z" behind the date, as ISO 8601 has it; nothing for other texts.
std::optional<std::string> IsoTime(std::string_view text) {
  Take(text, ',');
  if (!Take(text, ' ') && !Take(text, 'T')) return std::nullopt;
  const std::string_view digits = TakeDigits(text, 2);
  if (digits.empty()) return std::nullopt;
  std::string hour = TwoDigits(digits);
  const std::string end = ToLower(text.substr(text.size() - std::min<std::size_t>(2, text.size())));
  if (end != "am" && end != "pm") return " " + hour + std::string(text);
  if (hour < "01" || hour > "12") return std::nullopt;
  const int twelve = hour == "12" ? 0 : std::stoi(hour);
  hour = TwoDigits(std::to_string(twelve + (end == "pm" ? 12 : 0)));
  return " " + hour + std::string(Trim(text.substr(0, text.size() - 2)));
}

// "31.12.2025 14:05" -> "2025-12-31 14:05"; nothing for what is no date at first sight.
std::optional<std::string> IsoDate(std::string_view text, DateFormat format) {
  const std::string_view first = TakeDigits(text, 2);
  const char separator = text.empty() ? ' ' : text[0];
  const bool is_dotted = separator == '.' && format == DateFormat::kDayFirst;
  if (first.empty() || (!is_dotted && separator != '/' && separator != '-')) return std::nullopt;
  Take(text, separator);
  const std::string_view second = TakeDigits(text, 2);
  if (second.empty() || !Take(text, separator)) return std::nullopt;
  const std::string_view year = TakeDigits(text, 4);
  if (!IsYear(year, separator, first.size() == 2 && second.size() == 2)) return std::nullopt;
  const bool is_day_first = format == DateFormat::kDayFirst;
  const std::string date = FullYear(year) + "-" + TwoDigits(is_day_first ? second : first) + "-" +
                           TwoDigits(is_day_first ? first : second);
  if (text.empty()) return date;
  const auto time = IsoTime(text);
  return time ? std::optional(date + *time) : std::nullopt;
}

}  // namespace

std::optional<double> ReadDatetime(std::string_view text, DateFormat format) {
  const auto iso = ReadDatetime(text);
  if (iso || format == DateFormat::kIso || text.size() > 40) return iso;
  const auto date = IsoDate(text, format);
  return date ? ReadDatetime(*date) : std::nullopt;
}

}  // namespace reeve::contract
