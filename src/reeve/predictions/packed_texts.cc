#include "reeve/predictions/packed_texts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/wide_loops.h"
#include "reeve/contract/day_text.h"
#include "reeve/predictions/packed_numbers.h"

namespace reeve::predictions {
namespace {

using contract::TextHead;

enum Form : std::uint8_t { kPlain = 0, kNumbered = 1, kDays = 2 };

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

// Those that are written as days: years 0 to 9999.
constexpr std::int32_t kFirstDay = -719'528, kLastDay = 2'932'896;

void AppendDate(std::int32_t days_since, std::string& out) {
  using namespace std::chrono;
  const year_month_day date{sys_days{days(days_since)}};
  const auto year_number = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto month_number = static_cast<unsigned>(date.month());
  const auto day_number = static_cast<unsigned>(date.day());
  const auto digit = [](unsigned value) { return static_cast<char>('0' + value % 10); };
  const char text[contract::kDayBytes] = {digit(year_number / 1000),
                                          digit(year_number / 100),
                                          digit(year_number / 10),
                                          digit(year_number),
                                          '-',
                                          digit(month_number / 10),
                                          digit(month_number),
                                          '-',
                                          digit(day_number / 10),
                                          digit(day_number)};
  out.append(text, contract::kDayBytes);
}

// Whether all are written like "2024-02-12", whatever the digits.
REEVE_LOOP bool AreSpeltAsDays(const std::string_view* texts, const TextHead* heads,
                               std::size_t count) {
  constexpr std::uint64_t kSeparators = 0xFFULL << 32 | 0xFFULL << 56;
  constexpr std::uint64_t kDashes = std::uint64_t{'-'} << 32 | std::uint64_t{'-'} << 56;
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < count; ++i)
    others |= ((heads[i].first & kSeparators) ^ kDashes) | (texts[i].size() ^ contract::kDayBytes);
  return others == 0;
}

// Days of seconds since 1970; false unless all of them are days.
REEVE_LOOP bool DaysOfSeconds(const double* seconds, std::size_t count, std::int32_t* days) {
  std::uint64_t different = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double day = seconds[i] / contract::kSecondsOfDay;
    // Written so that NaN becomes a day, which then is different.
    const double bounded = day >= kFirstDay && day <= kLastDay ? day : kFirstDay;
    days[i] = static_cast<std::int32_t>(bounded);
    different |= std::bit_cast<std::uint64_t>(static_cast<double>(days[i])) ^
                 std::bit_cast<std::uint64_t>(day);
  }
  return different == 0;
}

// The same of texts that are spelt so.
REEVE_LOOP bool DaysOfHeads(const TextHead* heads, std::size_t count, std::int32_t* days) {
  std::uint32_t others = 0;
  for (std::size_t i = 0; i < count; ++i) {
    days[i] = contract::ReadDay(heads[i].first, static_cast<std::uint16_t>(heads[i].last));
    others |= days[i] == contract::kNoDay ? 1 : 0;
  }
  return others == 0;
}

bool PackDays(const TextPart& part, ByteBuffer& out) {
  const std::size_t count = part.texts.size();
  const std::span<const double> dates = part.read.dates;
  if (part.heads.empty() || part.texts.front().size() != contract::kDayBytes ||
      !RunLoop<AreSpeltAsDays>(part.texts.data(), part.heads.data(), count))
    return false;
  thread_local std::vector<std::int32_t> days;
  days.resize(count);
  const bool are_days = dates.empty() ? RunLoop<DaysOfHeads>(part.heads.data(), count, days.data())
                                      : RunLoop<DaysOfSeconds>(dates.data(), count, days.data());
  if (!are_days) return false;
  const auto [first, last] = RangeOf(days);
  if (last - first > 0xFFFF) return false;
  Put<std::uint8_t>(out, kDays);
  Put(out, first);
  PutDistances(days, first, 2, out);
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

void PutLengths(std::span<const std::string_view> texts, ByteBuffer& out) {
  for (const std::string_view text : texts) Put(out, static_cast<std::uint32_t>(text.size()));
}

void PutDictionary(std::span<const std::string_view> distinct, ByteBuffer& out) {
  Put(out, static_cast<std::uint16_t>(distinct.size()));
  PutLengths(distinct, out);
  for (const std::string_view text : distinct) out.append(text);
}

bool PackNumbered(std::span<const std::string_view> texts, ByteBuffer& out) {
  TextNumbers numbers;
  const std::size_t before = out.size();
  Put<std::uint8_t>(out, kNumbered);
  char* const to = out.Extend(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto number = numbers.Of(texts[i]);
    // Texts that do not return are not worth the search.
    const bool returns = number && (i < 128 || 2 * numbers.texts().size() < i);
    if (!returns) {
      out.Truncate(before);
      return false;
    }
    to[i] = static_cast<char>(*number);
  }
  PutDictionary(numbers.texts(), out);
  return true;
}

// The same for texts of which those with equal codes are equal: their numbers, as long as these
// are small. Of codes that do not occur the text is empty.
bool PackCodes(std::span<const std::string_view> texts, std::span<const std::int32_t> codes,
               ByteBuffer& out) {
  const auto [least, most] = RangeOf(codes);
  const std::size_t most_numbered = std::min(kMostNumbered, texts.size());
  if (least < 0 || static_cast<std::size_t>(most) >= most_numbered) return false;
  thread_local std::array<std::string_view, kMostNumbered> memory;
  const auto distinct = std::span(memory).first(static_cast<std::size_t>(most) + 1);
  std::array<std::uint32_t, kMostNumbered> row_of;
  const auto none = static_cast<std::uint32_t>(texts.size());
  const auto rows_of = std::span(row_of).first(distinct.size());
  std::fill(rows_of.begin(), rows_of.end(), none);
  // Any row will do, and mostly all codes occur within the first ones.
  constexpr std::uint32_t kRowsAtOnce = 32;
  for (std::uint32_t row = 0;
       row < none && std::find(rows_of.begin(), rows_of.end(), none) != rows_of.end();) {
    for (const std::uint32_t end = std::min(row + kRowsAtOnce, none); row < end; ++row)
      rows_of[static_cast<std::size_t>(codes[row])] = row;
  }
  for (std::size_t code = 0; code < distinct.size(); ++code) {
    distinct[code] = rows_of[code] == none ? std::string_view() : texts[rows_of[code]];
    if (distinct[code].size() > kMostNumberedBytes) return false;
  }
  Put<std::uint8_t>(out, kNumbered);
  PutDistances(codes, 0, 1, out);
  PutDictionary(distinct, out);
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
  if (first < kFirstDay || first > kLastDay || count * contract::kDayBytes > budget) return false;
  budget -= count * contract::kDayBytes;
  texts->lengths.assign(count, contract::kDayBytes);
  for (const std::uint16_t offset : offsets) {
    if (first + offset > kLastDay) return false;
    AppendDate(first + offset, texts->bytes);
  }
  return true;
}

}  // namespace

std::size_t PackTexts(const TextPart& part, ByteBuffer& out) {
  const bool is_packed =
      !part.texts.empty() &&
      ((!part.read.codes.empty() && PackCodes(part.texts, part.read.codes, out)) ||
       PackDays(part, out) || PackNumbered(part.texts, out));
  if (is_packed) return 0;
  const std::size_t before = out.size();
  Put<std::uint8_t>(out, kPlain);
  PutLengths(part.texts, out);
  for (const std::string_view text : part.texts) out.append(text);
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
