#include "reeve/predictions/packed_texts.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace reeve::predictions {
namespace {

enum Form : std::uint8_t { kPlain = 0, kNumbered = 1, kDays = 2 };

constexpr std::size_t kDateBytes = 10;
// Distinct texts of a column that are numbered; a number takes one byte.
constexpr std::size_t kMostNumbered = 256;
// Longer ones stand as they are, so that a block in memory stays within bounds.
constexpr std::size_t kMostNumberedBytes = 32;

template <typename T>
std::uint64_t Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// Days since 1970 of "2024-02-12"; nothing for any text that DateText would not give back.
std::optional<std::int32_t> ReadDays(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != kDateBytes || text[4] != '-' || text[7] != '-') return std::nullopt;
  unsigned digits[8], largest = 0;
  constexpr std::size_t kPlaces[] = {0, 1, 2, 3, 5, 6, 8, 9};
  for (std::size_t i = 0; i < 8; ++i) {
    digits[i] = static_cast<unsigned char>(text[kPlaces[i]]) - unsigned{'0'};
    largest = std::max(largest, digits[i]);
  }
  if (largest > 9) return std::nullopt;
  const unsigned year_number = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  const year_month_day date{year(static_cast<int>(year_number)), month(digits[4] * 10 + digits[5]),
                            day(digits[6] * 10 + digits[7])};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(sys_days(date).time_since_epoch().count());
}

// The days that ReadDays gives: years 0 to 9999.
constexpr std::int32_t kFirstDay = -719'528, kLastDay = 2'932'896;

void AppendDate(std::int32_t days_since, std::string& out) {
  using namespace std::chrono;
  const year_month_day date{sys_days{days(days_since)}};
  const auto year_number = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto month_number = static_cast<unsigned>(date.month());
  const auto day_number = static_cast<unsigned>(date.day());
  const auto digit = [](unsigned value) { return static_cast<char>('0' + value % 10); };
  const char text[kDateBytes] = {digit(year_number / 1000),
                                 digit(year_number / 100),
                                 digit(year_number / 10),
                                 digit(year_number),
                                 '-',
                                 digit(month_number / 10),
                                 digit(month_number),
                                 '-',
                                 digit(day_number / 10),
                                 digit(day_number)};
  out.append(text, kDateBytes);
}

// The day of a text whose date is known already: only its form is looked at.
std::optional<std::int32_t> DayOf(std::string_view text, double seconds) {
  constexpr double kSecondsOfDay = 86'400;
  if (text.size() != kDateBytes || text[4] != '-' || !(seconds >= kFirstDay * kSecondsOfDay) ||
      !(seconds <= kLastDay * kSecondsOfDay))
    return std::nullopt;
  return static_cast<std::int32_t>(seconds / kSecondsOfDay);
}

bool PackDays(std::span<const std::string_view> texts, std::span<const double> dates,
              std::string& out) {
  if (!ReadDays(texts.front())) return false;
  thread_local std::vector<std::int32_t> all;
  all.resize(texts.size());
  std::int32_t first = kLastDay, last = kFirstDay;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto day = dates.empty() ? ReadDays(texts[i]) : DayOf(texts[i], dates[i]);
    if (!day) return false;
    all[i] = *day;
    first = std::min(first, *day);
    last = std::max(last, *day);
  }
  if (last - first > 0xFFFF) return false;
  Put<std::uint8_t>(out, kDays);
  Put(out, first);
  const std::size_t at = out.size();
  out.resize(at + 2 * all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto offset = static_cast<std::uint16_t>(all[i] - first);
    std::memcpy(out.data() + at + 2 * i, &offset, 2);
  }
  return true;
}

// Distinct texts in the order in which they come.
class TextNumbers {
 public:
  // The number of a text, which is added when it is new; nothing when there are too many.
  std::optional<std::uint8_t> Of(std::string_view text) {
    const std::uint64_t key = Key(text);
    for (std::size_t at = key * 0x9E3779B97F4A7C15ULL >> 54;; at = (at + 1) % kSlots) {
      const std::uint16_t number = slots_[at];
      if (number == 0) return Add(text, key, at);
      if (keys_[number - 1U] == key && texts_[number - 1U] == text)
        return static_cast<std::uint8_t>(number - 1U);
    }
  }
  std::span<const std::string_view> texts() const { return std::span(texts_).first(count_); }

 private:
  static constexpr std::size_t kSlots = 1024;

  // Mixes size, first and last bytes: texts that return are short and few.
  static std::uint64_t Key(std::string_view text) {
    const char* const at = text.data();
    const std::size_t size = text.size();
    std::uint64_t first = 0, last = 0;
    if (size >= 8) {
      first = Load<std::uint64_t>(at);
      last = Load<std::uint64_t>(at + size - 8);
    } else if (size >= 4) {
      first = Load<std::uint32_t>(at);
      last = Load<std::uint32_t>(at + size - 4);
    } else if (size > 0) {
      first = Load<std::uint8_t>(at) | Load<std::uint8_t>(at + size / 2) << 8;
      last = Load<std::uint8_t>(at + size - 1);
    }
    return first ^ (last * 0xD1B54A32D192ED03ULL) ^ (size << 56);
  }
  std::optional<std::uint8_t> Add(std::string_view text, std::uint64_t key, std::size_t at) {
    if (count_ == kMostNumbered || text.size() > kMostNumberedBytes) return std::nullopt;
    keys_[count_] = key;
    texts_[count_] = text;
    slots_[at] = static_cast<std::uint16_t>(++count_);
    return static_cast<std::uint8_t>(count_ - 1);
  }

  // 0: free, else a number plus one. At most a quarter is taken.
  std::array<std::uint16_t, kSlots> slots_ = {};
  std::array<std::uint64_t, kMostNumbered> keys_;
  std::array<std::string_view, kMostNumbered> texts_;
  std::size_t count_ = 0;
};

void PutLengths(std::span<const std::string_view> texts, std::string& out) {
  for (const std::string_view text : texts) Put(out, static_cast<std::uint32_t>(text.size()));
}

void PutDictionary(std::span<const std::string_view> distinct, std::string& out) {
  Put(out, static_cast<std::uint16_t>(distinct.size()));
  PutLengths(distinct, out);
  for (const std::string_view text : distinct) out.append(text);
}

bool PackNumbered(std::span<const std::string_view> texts, std::string& out) {
  TextNumbers numbers;
  const std::size_t before = out.size();
  Put<std::uint8_t>(out, kNumbered);
  const std::size_t at = out.size();
  out.resize(at + texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto number = numbers.Of(texts[i]);
    // Texts that do not return are not worth the search.
    const bool returns = number && (i < 128 || 2 * numbers.texts().size() < i);
    if (!returns) {
      out.resize(before);
      return false;
    }
    out[at + i] = static_cast<char>(*number);
  }
  PutDictionary(numbers.texts(), out);
  return true;
}

// The same for texts of which those with equal codes are equal.
bool PackCodes(std::span<const std::string_view> texts, std::span<const std::int32_t> codes,
               std::string& out) {
  constexpr std::int32_t kMostCodes = 1024;
  // Plus one; all zero between calls: a few rows should not pay for all that there may be.
  thread_local std::array<std::uint16_t, kMostCodes> number_of = {};
  thread_local std::array<std::string_view, kMostNumbered> distinct;
  thread_local std::array<std::int32_t, kMostNumbered> code_of;
  std::size_t count = 0, packed = 0;
  const std::size_t before = out.size();
  Put<std::uint8_t>(out, kNumbered);
  const std::size_t at = out.size();
  out.resize(at + texts.size());
  char* const to = out.data() + at;
  for (; packed < texts.size(); ++packed) {
    const std::int32_t code = codes[packed];
    if (code < 0 || code >= kMostCodes) break;
    std::uint16_t& number = number_of[static_cast<std::size_t>(code)];
    if (number == 0) {
      if (count == kMostNumbered || texts[packed].size() > kMostNumberedBytes) break;
      distinct[count] = texts[packed];
      code_of[count] = code;
      number = static_cast<std::uint16_t>(++count);
    }
    to[packed] = static_cast<char>(number - 1);
  }
  for (std::size_t i = 0; i < count; ++i) number_of[static_cast<std::size_t>(code_of[i])] = 0;
  if (packed < texts.size()) {
    out.resize(before);
    return false;
  }
  PutDictionary(std::span(distinct).first(count), out);
  return true;
}

bool UnpackPlain(ByteReader& reader, std::size_t count, std::size_t& budget, TextCells* texts) {
  if (!reader.ReadArray(count, &texts->lengths)) return false;
  std::uint64_t size = 0;
  for (const std::uint32_t length : texts->lengths) size += length;
  std::string_view bytes;
  if (size > budget || !reader.Take(size, &bytes)) return false;
  budget -= static_cast<std::size_t>(size);
  texts->bytes = bytes;
  return true;
}

bool UnpackNumbered(ByteReader& reader, std::size_t count, std::size_t& budget, TextCells* texts) {
  std::string_view numbers;
  std::uint16_t distinct = 0;
  TextCells dictionary;
  if (!reader.Take(count, &numbers) || !reader.Read(&distinct) ||
      !UnpackPlain(reader, distinct, budget, &dictionary))
    return false;
  const std::vector<std::string_view> views = dictionary.Views();
  for (const char number : numbers) {
    const auto at = static_cast<unsigned char>(number);
    if (at >= views.size() || views[at].size() > budget) return false;
    budget -= views[at].size();
    texts->Add(views[at]);
  }
  return true;
}

bool UnpackDays(ByteReader& reader, std::size_t count, std::size_t& budget, TextCells* texts) {
  std::int32_t first = 0;
  std::vector<std::uint16_t> offsets;
  if (!reader.Read(&first) || !reader.ReadArray(count, &offsets)) return false;
  if (first < kFirstDay || first > kLastDay || count * kDateBytes > budget) return false;
  budget -= count * kDateBytes;
  texts->lengths.assign(count, kDateBytes);
  for (const std::uint16_t offset : offsets) {
    if (first + offset > kLastDay) return false;
    AppendDate(first + offset, texts->bytes);
  }
  return true;
}

}  // namespace

std::size_t PackTexts(std::span<const std::string_view> texts, const ReadTexts& read,
                      std::string& out) {
  const bool is_packed =
      !texts.empty() && ((!read.codes.empty() && PackCodes(texts, read.codes, out)) ||
                         PackDays(texts, read.dates, out) || PackNumbered(texts, out));
  if (is_packed) return 0;
  const std::size_t before = out.size();
  Put<std::uint8_t>(out, kPlain);
  PutLengths(texts, out);
  for (const std::string_view text : texts) out.append(text);
  return out.size() - before;
}

bool UnpackTexts(ByteReader& reader, std::size_t count, std::size_t& budget, TextCells* texts) {
  std::uint8_t form = 0;
  if (!reader.Read(&form)) return false;
  switch (form) {
    case kPlain:
      return UnpackPlain(reader, count, budget, texts);
    case kNumbered:
      return UnpackNumbered(reader, count, budget, texts);
    case kDays:
      return UnpackDays(reader, count, budget, texts);
    default:
      return false;
  }
}

}  // namespace reeve::predictions
