#include "reeve/server/scoring/json_row_block.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "reeve/base/wide_loops.h"
#include "reeve/server/scoring/byte_marks.h"
#include "reeve/server/scoring/json_cursor.h"
#include "reeve/server/scoring/json_lanes.h"

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
  at_[0] = at + first;
  for (const char* from = at_[0]; from < limit && from - at_[rows] <= furthest;) {
    const std::size_t words =
        std::min(static_cast<std::size_t>(limit - from) / ByteMarks::kBytes, ByteMarks::kWords);
    if (words == 0) break;
    ByteMarks marks;
    MarkByte(from, words, '}', marks);
    while (marks.some != 0) {
      const char* const row_end = from + marks.TakeFirst() - brace_at;
      // Others stand within texts, or before a row with other members.
      if (row_end - at_[rows] < fewest || !StandsAt(row_end, end, shape.gap)) continue;
      if (!between.StandsAt(row_end, end)) return rows;
      ends_[rows++] = row_end;
      if (rows == most) return rows;
      at_[rows] = row_end + between.size();
    }
    from += words * ByteMarks::kBytes;
  }
  return rows;
}

// Bits of the rows whose value is no plain text; the others end at behind_.
std::uint64_t JsonRowBlock::ReadTexts(const contract::CellColumns::Room& room) {
  std::uint64_t words[kMostRows];
  for (std::size_t row = 0; row < rows_; ++row) {
    words[row] = LoadWord(at_[row]);
    std::memcpy(&room.heads[row], at_[row] + 1, sizeof room.heads[row]);
  }
  const LaneFlags flags =
      RunLoop<ReadShortTexts>(words, at_, rows_, room.heads, room.texts, behind_);
  MarkMissing(flags.missing, room.kinds);
  return flags.odd;
}

// Bits of the rows whose value is no plain number; the others end at behind_.
std::uint64_t JsonRowBlock::ReadNumbers(const contract::CellColumns::Room& room) {
  std::uint64_t words[kMostRows];
  for (std::size_t row = 0; row < rows_; ++row) words[row] = LoadWord(at_[row]);
  const LaneFlags flags = RunLoop<ReadWholes>(words, at_, rows_, room.numbers, behind_);
  MarkMissing(flags.missing, room.kinds);
  if (flags.fractions == 0) return flags.odd;
  for (std::size_t row = 0; row < rows_; ++row) words[row] = LoadWord(behind_[row] + 1);
  return flags.odd | RunLoop<ReadFractions>(words, rows_, flags.fractions, room.numbers, behind_);
}

// What stands behind a row's value of `member`: the next one's name, or the end.
bool JsonRowBlock::TakeNext(std::size_t member, const Shape& shape, const char* end,
                            std::size_t row) {
  if (member + 1 == shape.members.size()) return behind_[row] == ends_[row];
  const BytePattern& next = shape.members[member + 1].before;
  return next.StandsAt(behind_[row], end);
}

// The same for all rows.
bool JsonRowBlock::TakeFromAll(std::size_t member, const Shape& shape) {
  if (member + 1 == shape.members.size()) return std::equal(behind_, behind_ + rows_, ends_);
  const BytePattern& next = shape.members[member + 1].before;
  return next.size() <= BytePattern::kBytes && next.StandsAtAll({behind_, rows_});
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
  if (!TakeFromAll(member, shape)) {
    // A number of many digits, say.
    for (std::size_t row = 0; row < rows_; ++row) {
      if (TakeNext(member, shape, end, row)) continue;
      if (!ReadOdd(row, end, room) || !TakeNext(member, shape, end, row)) return false;
    }
  }
  if (member + 1 == shape.members.size()) return true;
  return !RunLoop<MoveAll>(behind_, rows_, shape.members[member + 1].before.size(), ends_, at_);
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
