#include "reeve/server/scoring/json_row_block.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "reeve/base/wide_loops.h"
#include "reeve/server/scoring/byte_marks.h"
#include "reeve/server/scoring/json_cursor.h"
#include "reeve/server/scoring/json_lanes_wide.h"

namespace reeve::server {
namespace {

using contract::Cell;

constexpr std::size_t kFewestRows = 4;
// Rows end so far before the end of the body that a pattern can be compared behind each value, and
// that the bytes of a number or a text's head can be loaded behind that.
constexpr std::ptrdiff_t kReach = BytePattern::kBytes, kSlack = kReach + 24;
// How far a row may reach beyond what its members take at least, as a multiple and in bytes.
constexpr std::ptrdiff_t kMostStretch = 4, kMostBytesMore = 1024;

// A number of any length that a double can hold: the first byte behind it, or null.
const char* ReadLongNumber(const char* at, const char* end, Cell& cell) {
  if (*at != '-' && (*at < '0' || *at > '9')) return nullptr;
  JsonCursor cursor({at, static_cast<std::size_t>(end - at)});
  bool overflows = false;
  cell.kind = Cell::Kind::kNumber;
  return cursor.ReadNumber(cell.number, overflows) && !overflows ? cursor.position() : nullptr;
}

void MarkMissing(std::uint64_t rows, Cell::Kind* kinds) {
  for (; rows != 0; rows &= rows - 1) kinds[std::countr_zero(rows)] = Cell::Kind::kMissing;
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
  // What stands between the first value of a row and its end at least, and at most.
  std::ptrdiff_t fewest = 0;
  for (const RowMember& member : shape.members.subspan(1))
    fewest += static_cast<std::ptrdiff_t>(1 + member.before.size());
  const std::ptrdiff_t furthest = kMostStretch * fewest + kMostBytesMore;
  std::size_t rows = 0;
  const char* begin = at + first;
  const char* from = begin;
  const auto take_brace = [&](std::size_t place) {
    const char* const row_end = from + place - brace_at;
    if (row_end - begin < fewest) return true;
    // Others stand within texts, or before a row with other members.
    if (!between.StandsAt(row_end, end)) return !StandsAt(row_end, end, shape.gap);
    at_[rows] = begin;
    ends_[rows] = row_end;
    begin = row_end + between.size();
    return ++rows < most;
  };
  while (from < limit && from - begin <= furthest) {
    const std::size_t words =
        std::min(static_cast<std::size_t>(limit - from) / ByteMarks::kBytes, ByteMarks::kWords);
    ByteMarks marks;
    MarkByte(from, words, '}', marks);
    if (words == 0 || !marks.ForEach(take_brace)) break;
    from += words * ByteMarks::kBytes;
  }
  return rows;
}

// Bits of the rows whose value is no plain text; the others end at behind_.
std::uint64_t JsonRowBlock::ReadTexts(const contract::CellColumns::Room& room) {
  const LaneFlags flags = ReadShortTexts(at_, rows_, room.heads, room.texts, behind_);
  MarkMissing(flags.missing, room.kinds);
  return flags.odd;
}

// Bits of the rows whose value is no plain number; the others end at behind_.
std::uint64_t JsonRowBlock::ReadNumbers(const contract::CellColumns::Room& room) {
  const LaneFlags flags = ReadWholes(at_, rows_, room.numbers, behind_);
  MarkMissing(flags.missing, room.kinds);
  if (flags.fractions == 0) return flags.odd;
  return flags.odd | ReadFractions(rows_, flags.fractions, room.numbers, behind_);
}

// A value that is no plain text or number like most of its member.
bool JsonRowBlock::ReadOdd(std::size_t row, const char* end,
                           const contract::CellColumns::Room& room) {
  PlainValue value;
  const char* behind = ScanValue(at_[row], end, value);
  if (behind == nullptr) behind = ReadLongNumber(at_[row], end, value.cell);
  if (behind == nullptr || end - behind < kReach) return false;
  behind_[row] = behind;
  room.kinds[row] = value.cell.kind;
  room.numbers[row] = value.cell.number;
  room.texts[row] = value.cell.text;
  room.heads[row] = value.head;
  return true;
}

// Moves from behind the values to those of the next member, whose name stands between them.
bool JsonRowBlock::TakeName(const BytePattern& name, const char* end,
                            const contract::CellColumns::Room& room) {
  if (name.size() <= BytePattern::kBytes) {
    const Move move = MoveBehind(name, behind_, rows_, ends_, at_);
    if (move != Move::kNone) return move == Move::kAll;
  }
  for (std::size_t row = 0; row < rows_; ++row) {
    if (name.StandsAt(behind_[row], end)) continue;
    // A number of many digits, say.
    if (!ReadOdd(row, end, room) || !name.StandsAt(behind_[row], end)) return false;
  }
  return !RunLoop<MoveAll>(behind_, rows_, name.size(), ends_, at_);
}

// The last values have to end where their rows do.
bool JsonRowBlock::TakeEnds(const char* end, const contract::CellColumns::Room& room) {
  for (std::size_t row = 0; row < rows_; ++row) {
    if (behind_[row] == ends_[row]) continue;
    if (!ReadOdd(row, end, room) || behind_[row] != ends_[row]) return false;
  }
  return true;
}

// The values of a member, and what stands between it and the next one. `room` is that of its field.
bool JsonRowBlock::ReadMember(std::size_t member, const Shape& shape, const char* end,
                              const contract::CellColumns::Room& room) {
  // The first one may be missing.
  const bool are_texts =
      std::any_of(at_, at_ + kFewestRows, [](const char* at) { return *at == '"'; });
  std::fill_n(room.kinds, rows_, are_texts ? Cell::Kind::kText : Cell::Kind::kNumber);
  std::uint64_t odd = are_texts ? ReadTexts(room) : ReadNumbers(room);
  for (; odd != 0; odd &= odd - 1) {
    if (!ReadOdd(static_cast<std::size_t>(std::countr_zero(odd)), end, room)) return false;
  }
  return member + 1 < shape.members.size() ? TakeName(shape.members[member + 1].before, end, room)
                                           : TakeEnds(end, room);
}

std::size_t JsonRowBlock::Read(const Shape& shape, std::size_t most, const char* end,
                               const char*& at, contract::CellColumns& cells) {
  if (most < kFewestRows || end - at < kSlack || !Fits(shape, at, end)) return 0;
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
