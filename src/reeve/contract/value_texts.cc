// The spelling of single values: numbers with decorations, booleans, dates.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/contract/day_text.h"
#include "reeve/contract/typing.h"

namespace reeve::contract {
namespace {

constexpr std::array<std::string_view, 14> kCurrencies = {
    "$", "€", "£", "₹", "¥", "Rs.", "Rs", "USD", "EUR", "GBP", "INR", "CHF", "JPY", "US$"};

// Takes a currency off one end, if there is one.
bool StripCurrency(std::string_view& text) {
  for (const std::string_view currency : kCurrencies) {
    if (text.starts_with(currency)) {
      text = Trim(text.substr(currency.size()));
      return true;
    }
    if (text.ends_with(currency)) {
      text = Trim(text.substr(0, text.size() - currency.size()));
      return true;
    }
  }
  return false;
}

// Takes a sign off the front, if there is one.
bool TakeSign(std::string_view& text, bool& negative) {
  if (!text.starts_with('-') && !text.starts_with('+')) return false;
  negative ^= text[0] == '-';
  text.remove_prefix(1);
  return true;
}

// How numbers are grouped and where their fraction begins.
struct NumberSigns {
  char group = ',';
  char decimal = '.';
};

// "1,234,567.5" -> "1234567.5"; nothing unless every group behind the first has three digits and
// the first has one to three, no leading zero among them.
std::optional<std::string> WithoutGroups(std::string_view text, NumberSigns signs) {
  const std::size_t decimal = std::min(text.find(signs.decimal), text.size());
  const std::string_view whole = text.substr(0, decimal), fraction = text.substr(decimal);
  std::string plain;
  for (std::size_t begin = 0; begin <= whole.size();) {
    const std::size_t end = std::min(whole.find(signs.group, begin), whole.size());
    const bool is_first = begin == 0, is_only = is_first && end == whole.size();
    const bool fits = is_first ? end > 0 && end <= 3 && whole[0] != '0' : end - begin == 3;
    if (!is_only && !fits) return std::nullopt;
    plain += whole.substr(begin, end - begin);
    begin = end + 1;
  }
  // No further sign of either kind, in whatever language; ParseNumber sees to the rest.
  if (plain.find_first_of(".,' ") != std::string::npos ||
      fraction.find_first_of(".,' ", 1) != std::string_view::npos)
    return std::nullopt;
  return fraction.empty() ? plain : plain + '.' + std::string(fraction.substr(1));
}

// No-break spaces, narrow ones too, become blanks.
std::string WithPlainBlanks(std::string_view text) {
  std::string plain(text);
  for (const std::string_view blank : {"\u00A0", "\u202F"}) {
    for (std::size_t at = plain.find(blank); at != std::string::npos; at = plain.find(blank, at))
      plain.replace(at, blank.size(), " ");
  }
  return plain;
}

// A number without currency and percent sign.
std::optional<double> ReadGrouped(std::string_view text, NumberFormat format) {
  std::optional<std::string> plain;
  // Most texts, dates among them, have a byte that no number has before its exponent.
  const std::size_t other = text.find_first_not_of("0123456789.,' \u00A0\u202F");
  if (other != std::string_view::npos && text[other] != 'e' && text[other] != 'E')
    return std::nullopt;
  if (format == NumberFormat::kDecimalComma) {
    const std::string blanks = WithPlainBlanks(text);
    text = Trim(blanks);
    plain = WithoutGroups(text, {.group = '.', .decimal = ','});
    if (!plain) plain = WithoutGroups(text, {.group = ' ', .decimal = ','});
  } else {
    plain = WithoutGroups(text, {.group = ',', .decimal = '.'});
    if (!plain) plain = WithoutGroups(text, {.group = '\'', .decimal = '.'});
  }
  return plain ? ParseNumber(*plain) : std::nullopt;
}

// Reads exactly `digits` digits at the front of `text`.
std::optional<int> TakeDigits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || stop != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

// ":30", ":30:15", ":30:15.25" behind the hour.
std::optional<double> TakeMinutesAndSeconds(std::string_view& text) {
  if (!Take(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  double seconds = *minute * 60.0;
  if (!Take(text, ':')) return seconds;
  const auto second = TakeDigits(text, 2);
  if (!second || *second > 60) return std::nullopt;
  seconds += *second;
  if (text.starts_with('.') || text.starts_with(',')) {
    std::size_t end = 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end == 1) return std::nullopt;
    seconds += ParseNumber("0." + std::string(text.substr(1, end - 1))).value_or(0);
    text.remove_prefix(end);
  }
  return seconds;
}

// "Z", "+01:00", "+0100", "-05", or nothing: seconds east of UTC.
std::optional<double> TakeZone(std::string_view text) {
  text = Trim(text);
  if (text.empty() || text == "Z" || text == "z" || text == "UTC") return 0.0;
  const double sign = text[0] == '-' ? -1 : 1;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = TakeDigits(text, 2);
  if (!hours || *hours > 14) return std::nullopt;
  Take(text, ':');
  if (text.empty()) return sign * *hours * 3600.0;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  return sign * (*hours * 3600.0 + *minutes * 60.0);
}

}  // namespace

std::optional<double> ReadNumber(std::string_view text, NumberFormat format) {
  if (format != NumberFormat::kDecimalComma) {
    if (const auto number = ParseNumber(text)) return number;
  }
  if (format == NumberFormat::kPlain || text.empty() || text.size() > 64) return std::nullopt;
  bool negative = false;
  if (text.starts_with('(') && text.ends_with(')')) {  // accountants' minus
    negative = true;
    text = Trim(text.substr(1, text.size() - 2));
  }
  const bool has_sign = TakeSign(text, negative);
  if (StripCurrency(text) && !has_sign) TakeSign(text, negative);
  if (text.ends_with('%')) text = Trim(text.substr(0, text.size() - 1));
  const auto number = ReadGrouped(text, format);
  if (!number) return std::nullopt;
  return negative ? -*number : *number;
}

std::string SpellNumber(double value, NumberFormat format) {
  std::string text = FormatNumber(value);
  if (format == NumberFormat::kDecimalComma) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

std::optional<double> ReadValue(std::string_view text, ColumnType type, NumberFormat number_format,
                                DateFormat date_format) {
  if (type == ColumnType::kDatetime) return ReadDatetime(text, date_format);
  if (type != ColumnType::kBoolean) return ReadNumber(text, number_format);
  const auto value = ReadBoolean(text);
  return value ? std::optional<double>(*value ? 1.0 : 0.0) : std::nullopt;
}

bool IsNoNumber(std::string_view text) {
  constexpr std::array<std::string_view, 12> kWords = {
      "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity",
      "nan", "none", "-",    "nil",      "unknown",   "missing"};
  if (text.size() > 9) return false;
  return std::find(kWords.begin(), kWords.end(), ToLower(text)) != kWords.end();
}

std::optional<bool> ReadBoolean(std::string_view text) {
  if (text.size() > 5) return std::nullopt;
  const std::string lower = ToLower(text);
  if (lower == "true" || lower == "1") return true;
  if (lower == "false" || lower == "0") return false;
  return std::nullopt;
}

std::optional<double> ReadDatetime(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 10 || text.size() > 40) return std::nullopt;
  if (text.size() == kDayBytes) {
    const std::int32_t day = ReadDay(text.data());
    return day == kNoDay ? std::nullopt : std::optional(day * kSecondsOfDay);
  }
  const auto year_number = TakeDigits(text, 4);
  if (!year_number || (!text.starts_with('-') && !text.starts_with('/'))) return std::nullopt;
  const char separator = text[0];
  text.remove_prefix(1);
  const auto month_number = TakeDigits(text, 2);
  if (!month_number || !Take(text, separator)) return std::nullopt;
  const auto day_number = TakeDigits(text, 2);
  if (!day_number) return std::nullopt;
  const year_month_day date{year(*year_number), month(static_cast<unsigned>(*month_number)),
                            day(static_cast<unsigned>(*day_number))};
  if (!date.ok()) return std::nullopt;
  const auto midnight = static_cast<double>(sys_days(date).time_since_epoch().count()) * 86400.0;
  if (!Take(text, 'T') && !Take(text, 't') && !Take(text, ' ')) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  if (!hour || *hour > 24) return std::nullopt;
  const auto rest = TakeMinutesAndSeconds(text);
  if (!rest) return std::nullopt;
  const auto zone = TakeZone(text);
  if (!zone) return std::nullopt;
  return midnight + *hour * 3600.0 + *rest - *zone;
}

}  // namespace reeve::contract
