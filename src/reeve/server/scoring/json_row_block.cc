#include "reeve/server/scoring/json_row_block.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "reeve/base/wide_loops.h"
#include "reeve/server/scoring/json_cursor.h"

namespace reeve::server {
namespace {

using contract::Cell;

constexpr std::size_t kFewestRows = 4;
// Values end so far before the end of the body that a pattern can be compared behind them, and
// begin so far before it that a number ends there.
constexpr std::ptrdiff_t kReach = BytePattern::kBytes, kSlack = kReach + 24;
// How far a row may reach beyond what its members take at least, as a multiple and in bytes.
constexpr std::size_t kMostStretch = 4, kMostBytesMore = 1024;

// Values of up to eight digits, with their signs, from the eight bytes that each begins with:
// ScanNumber without its jumps. Gives whether any of them is none: then a flag tells which.
REEVE_LOOP bool ReadWholes(const std::uint64_t* __restrict words, std::size_t rows,
                           double* __restrict numbers, std::uint64_t* __restrict sizes,
                           std::uint64_t* __restrict odd) {
  constexpr std::uint64_t kZeros = 0x3030303030303030ULL, kOnes = 0x0101010101010101ULL;
  std::uint64_t any = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t bytes = words[row];
    // The sign counts as a digit 0.
    const std::uint64_t sign = (bytes & 0xFF) == '-' ? 1 : 0;
    const std::uint64_t digits = (bytes ^ kZeros) & ~(sign * 0xFF);
    const std::uint64_t others = OtherThanDigits(digits);
    // All bits below the first byte that is no digit.
    const std::uint64_t own = ((others & (0 - others)) >> 7) - 1;
    const std::uint64_t size = (own & kOnes) * kOnes >> 56;
    const std::uint64_t value = ValueOfDigits(digits, 8 * size + (size == 0 ? 8 : 0));
    const std::uint64_t first = digits >> (8 * sign) & 0xFF;
    const std::uint64_t none = size == sign ? 1 : 0;
    const std::uint64_t leads_with_zero = first == 0 ? 1 : 0, is_longer = size > sign + 1 ? 1 : 0;
    const auto number = static_cast<double>(static_cast<std::int64_t>(value));
    numbers[row] = std::bit_cast<double>(std::bit_cast<std::uint64_t>(number) | sign << 63);
    sizes[row] = size;
    odd[row] = none | (leads_with_zero & is_longer);
    any |= odd[row];
  }
  return any != 0;
}

// A number of any length that a double can hold: the first byte behind it, or null.
const char* ReadLongNumber(const char* at, const char* end, Cell& cell) {
  if (*at != '-' && (*at < '0' || *at > '9')) return nullptr;
  JsonCursor cursor({at, static_cast<std::size_t>(end - at)});
  bool overflows = false;
  cell.kind = Cell::Kind::kNumber;
  return cursor.ReadNumber(cell.number, overflows) && !overflows ? cursor.position() : nullptr;
}

REEVE_LOOP bool AnyBehind(const char* const* at, std::size_t rows, const char* limit) {
  std::uint64_t behind = 0;
  for (std::size_t row = 0; row < rows; ++row) behind |= std::uint64_t{at[row] > limit};
  return behind != 0;
}

REEVE_LOOP void MoveAll(const char** at, std::size_t rows, std::size_t bytes) {
  for (std::size_t row = 0; row < rows; ++row) at[row] += bytes;
}

const char* FindByte(const char* at, const char* end, char byte) {
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi8(byte);
  const auto found = [&](const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<std::uint64_t>(
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted))));
  };
  for (; end - at >= 64; at += 64) {
    const std::uint64_t mask =
        found(at) | found(at + 16) << 16 | found(at + 32) << 32 | found(at + 48) << 48;
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  return std::find(at, end, byte);
}

}  // namespace

bool JsonRowBlock::Fits(const Shape& shape, const char* at, const char* end) const {
  return std::none_of(shape.members.begin(), shape.members.end(),
                      [](const RowMember& member) { return member.is_key; }) &&
         shape.members.front().before.StandsAt(at, end);
}

// Guesses where rows begin and end, as long as one follows the other as it should.
std::size_t JsonRowBlock::FindRows(const Shape& shape, std::size_t most, const char* at,
                                   const char* end) {
  const char* const limit = end - kSlack;
  const std::size_t brace_at = shape.gap.find('}');
  const std::size_t first = shape.members.front().before.size();
  const BytePattern between({shape.gap.data(), shape.gap.size() + first});
  // What stands between the first value of a row and its end at least.
  std::size_t fewest = brace_at;
  for (const RowMember& member : shape.members.subspan(1)) fewest += 1 + member.before.size();
  const std::size_t furthest = kMostStretch * fewest + kMostBytesMore;
  std::size_t rows = 0;
  for (at += first; rows < most; ++rows) {
    if (limit - at < static_cast<std::ptrdiff_t>(fewest)) break;
    const char* const stop =
        static_cast<std::size_t>(limit - at) > furthest ? at + furthest : limit;
    const char* brace = FindByte(at + fewest, stop, '}');
    // Others stand within texts, or before a row with other members.
    while (brace < stop && !StandsAt(brace - brace_at, end, shape.gap))
      brace = FindByte(brace + 1, stop, '}');
    if (brace >= stop || !between.StandsAt(brace - brace_at, end)) break;
    at_[rows] = at;
    ends_[rows] = brace - brace_at;
    at = ends_[rows] + between.size();
  }
  return rows;
}

// Bits of the rows whose value is no plain text that ends before `limit`.
std::uint64_t JsonRowBlock::ReadTexts(const contract::CellColumns::Room& room, const char* limit) {
  std::uint64_t odd = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    const char* const at = at_[row];
    contract::TextHead head;
    const char* const quote = *at == '"' ? ScanText(at + 1, limit, head) : nullptr;
    if (quote == nullptr) {
      odd |= std::uint64_t{1} << row;
      continue;
    }
    room.texts[row] = {at + 1, static_cast<std::size_t>(quote - at - 1)};
    room.heads[row] = head;
    at_[row] = quote + 1;
  }
  return odd;
}

// Bits of the rows whose value is no plain number.
std::uint64_t JsonRowBlock::ReadNumbers(double* numbers) {
  std::uint64_t words[kMostRows], sizes[kMostRows], flags[kMostRows];
  for (std::size_t row = 0; row < rows_; ++row) words[row] = LoadWord(at_[row]);
  const bool any_odd = RunLoop<ReadWholes>(words, rows_, numbers, sizes, flags);
  bool any_fraction = false;
  for (std::size_t row = 0; row < rows_; ++row) {
    at_[row] += sizes[row];
    any_fraction |= *at_[row] == '.';
  }
  std::uint64_t odd = 0;
  for (std::size_t row = 0; any_odd && row < rows_; ++row) odd |= flags[row] << row;
  return any_fraction ? odd | ReadFractions(numbers) : odd;
}

// What stands behind the points of numbers; bits of the rows where that is odd.
std::uint64_t JsonRowBlock::ReadFractions(double* numbers) {
  constexpr std::uint64_t kZeros = 0x3030303030303030ULL;
  std::uint64_t odd = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    if (*at_[row] != '.') continue;
    const std::uint64_t digits = LoadWord(at_[row] + 1) ^ kZeros;
    const unsigned bits = BitsBefore(OtherThanDigits(digits)), count = bits / 8;
    if (count == 0 || count == 8) {
      odd |= std::uint64_t{1} << row;
      continue;
    }
    const double whole = std::abs(numbers[row]), power = kExactPowers[count];
    const double value = (whole * power + static_cast<double>(ValueOfDigits(digits, bits))) / power;
    numbers[row] = std::copysign(value, numbers[row]);
    at_[row] += 1 + count;
  }
  return odd;
}

// What stands behind a row's value of `member`: the next one's name, or the end.
bool JsonRowBlock::TakeNext(std::size_t member, const Shape& shape, const char* end,
                            std::size_t row) {
  if (member + 1 == shape.members.size()) return at_[row] == ends_[row];
  const BytePattern& next = shape.members[member + 1].before;
  if (!next.StandsAt(at_[row], end)) return false;
  at_[row] += next.size();
  return true;
}

// The same for all rows; true when all have it, else nothing has changed.
bool JsonRowBlock::TakeFromAll(std::size_t member, const Shape& shape) {
  if (member + 1 == shape.members.size()) return std::equal(at_, at_ + rows_, ends_);
  const BytePattern& next = shape.members[member + 1].before;
  if (next.size() > BytePattern::kBytes || !next.StandsAtAll({at_, rows_})) return false;
  RunLoop<MoveAll>(at_, rows_, next.size());
  return true;
}

// A value that is no plain text or number like most of its member.
bool JsonRowBlock::ReadOdd(std::size_t row, const char* end,
                           const contract::CellColumns::Room& room) {
  PlainValue value;
  const char* behind = ScanValue(begins_[row], end, value);
  if (behind == nullptr) behind = ReadLongNumber(begins_[row], end, value.cell);
  if (behind == nullptr || end - behind < kReach) return false;
  at_[row] = behind;
  room.kinds[row] = value.cell.kind;
  room.numbers[row] = value.cell.number;
  room.texts[row] = value.cell.text;
  room.heads[row] = value.head;
  return true;
}

// The values of a member, and what stands between it and the next one. `room` is that of its field.
bool JsonRowBlock::ReadMember(std::size_t member, const Shape& shape, const char* end,
                              const contract::CellColumns::Room& room) {
  if (RunLoop<AnyBehind>(at_, rows_, end - kSlack)) return false;
  std::copy_n(at_, rows_, begins_);
  const bool are_texts = *at_[0] == '"';
  std::fill_n(room.kinds, rows_, are_texts ? Cell::Kind::kText : Cell::Kind::kNumber);
  std::uint64_t odd = are_texts ? ReadTexts(room, end - kReach) : ReadNumbers(room.numbers);
  for (; odd != 0; odd &= odd - 1) {
    if (!ReadOdd(static_cast<std::size_t>(std::countr_zero(odd)), end, room)) return false;
  }
  if (TakeFromAll(member, shape)) return true;
  // A number of many digits, say.
  for (std::size_t row = 0; row < rows_; ++row) {
    if (TakeNext(member, shape, end, row)) continue;
    if (!ReadOdd(row, end, room) || !TakeNext(member, shape, end, row)) return false;
  }
  return true;
}

std::size_t JsonRowBlock::Read(const Shape& shape, std::size_t most, const char* end,
                               const char*& at, contract::CellColumns& cells) {
  if (end - at < kSlack || !Fits(shape, at, end)) return 0;
  rows_ = FindRows(shape, std::min(most, kMostRows), at, end);
  if (rows_ < kFewestRows) return 0;
  cells.MakeRoom(rows_);
  const contract::CellColumns::Room ignored{ignored_.kinds, ignored_.numbers, ignored_.texts,
                                            ignored_.heads};
  for (std::size_t member = 0; member < shape.members.size(); ++member) {
    const std::size_t field = shape.members[member].field;
    const bool is_field = field != RowMember::kUnknown;
    if (ReadMember(member, shape, end, is_field ? cells.RoomOf(field) : ignored)) continue;
    cells.ClearRoom(rows_);
    return 0;
  }
  at = ends_[rows_ - 1];
  cells.KeepRoom(rows_);
  return rows_;
}

}  // namespace reeve::server
