#include "reeve/server/scoring/json_rows.h"

#include <algorithm>
#include <span>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/ingest/row_text.h"

namespace reeve::server {
namespace {

constexpr std::size_t kShownBytes = 100;
constexpr int kMostUnlikeRows = 64;
constexpr int kMostFailedBlocks = 4;
constexpr std::size_t kRowsUntilBlock = 16;
// Of a row that is remembered.
constexpr std::size_t kMostMembers = 65'536;

// A value that most are like: the first byte behind it, or null when it needs a closer look.
[[gnu::always_inline]] inline const char* ReadPlainValue(const char* at, const char* end,
                                                         std::size_t field, RequestRows& rows) {
  PlainValue value;
  const char* const behind = ScanValue(at, end, value);
  if (behind == nullptr) return nullptr;
  switch (value.cell.kind) {
    case contract::Cell::Kind::kText:
      rows.SetText(field, value.cell.text, value.head);
      break;
    case contract::Cell::Kind::kNumber:
      rows.SetNumber(field, value.cell.number);
      break;
    default:
      rows.Set(field, value.cell);
  }
  return behind;
}

}  // namespace

std::string ShownJson(std::string_view json) {
  if (json.size() <= kShownBytes) return std::string(json);
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(json[end]) & 0xC0) == 0x80) --end;
  std::string shown;
  ingest::AppendJsonString(std::string(json.substr(0, end)) + "…", shown);
  return shown;
}

void JsonRowReader::Begin(const FieldIndex& fields, const JsonRowOptions& options,
                          RequestRows& rows) {
  if (!MayKeepMembers(fields, options.key_field)) members_.clear();
  fields_ = &fields;
  fields_id_ = fields.id();
  options_ = options;
  key_field_ = options.key_field;
  rows_ = &rows;
  too_many_rows_ = false;
  unlike_rows_ = blocks_ = failed_blocks_ = 0;
  rows_until_block_ = 0;
  seen_.resize(std::max(seen_.size(), fields.size()));
}

// Whether the members of the last row mean the same in a body of these fields. Longer patterns and
// names of what is no field point into the body before.
bool JsonRowReader::MayKeepMembers(const FieldIndex& fields, std::string_view key_field) const {
  return fields.id() == fields_id_ && key_field == key_field_ &&
         std::all_of(members_.begin(), members_.end(), [](const RowMember& member) {
           return member.is_plain && member.before.size() <= BytePattern::kBytes;
         });
}

bool JsonRowReader::ReadArray(JsonCursor& cursor) {
  if (cursor.Peek() != '[') return cursor.Fail("expected an array of rows");
  cursor.Take('[', "an array of rows");
  if (cursor.TakeIf(']')) return true;
  do {
    if (rows_->rows() >= options_.max_rows) {
      too_many_rows_ = true;
      return cursor.Fail("more than " + std::to_string(options_.max_rows) + " rows");
    }
    if (!ReadRow(cursor)) return false;
    ReadAlikeRows(cursor);
  } while (cursor.TakeIf(','));
  return cursor.Take(']', "',' or ']' behind a row");
}

bool JsonRowReader::ReadRow(JsonCursor& cursor) {
  if (cursor.Peek() != '{') return cursor.Fail("expected a row as a JSON object");
  rows_->AddRow();
  ++row_count_;
  if (!unknown_names_.empty()) unknown_names_.clear();
  std::size_t known = 0;
  if (!ReadKnownMembers(cursor, known)) return false;
  if (known == 0) {
    const char* const from = cursor.position();
    cursor.Take('{', "a row as a JSON object");
    return cursor.TakeIf('}') || ReadMembers(cursor, 0, from);
  }
  if (known == members_.size() && cursor.TakeIf('}')) return true;
  MarkSeen(known);
  const char* const from = cursor.position();
  if (cursor.TakeIf(',')) return ReadMembers(cursor, known, from);
  return cursor.Take('}', "',' or '}' behind a member");
}

// Reads members as long as they stand like those of the row before, and counts them.
bool JsonRowReader::ReadKnownMembers(JsonCursor& cursor, std::size_t& count) {
  const char* at = cursor.position();
  const char* const end = cursor.end();
  RequestRows& rows = *rows_;
  const RowMember* const first = members_.data();
  const RowMember* const last = first + members_.size();
  const RowMember* next = first;
  for (; next != last && next->before.StandsAt(at, end); ++next) {
    const RowMember& member = *next;
    const char* const value = at + member.before.size();
    at = member.is_plain && value < end ? ReadPlainValue(value, end, member.field, rows) : nullptr;
    if (at == nullptr) {
      cursor.MoveTo(value);
      field_ = member.field;
      name_ = member.name;
      is_key_ = member.is_key;
      if (!ReadValue(cursor)) return false;
      at = cursor.position();
    }
  }
  count = static_cast<std::size_t>(next - first);
  cursor.MoveTo(at);
  row_end_ = at;
  return true;
}

// Reads rows behind the last one, side by side, as long as they are like it.
void JsonRowReader::ReadAlikeRows(JsonCursor& cursor) {
  if (rows_until_block_ > 0) {
    --rows_until_block_;
    return;
  }
  // Where most are not alike enough, trying costs more than it gains.
  if (failed_blocks_ > kMostFailedBlocks + blocks_) return;
  while (const std::size_t rows = ReadBlock(cursor)) {
    row_count_ += rows;
    ++blocks_;
  }
}

std::size_t JsonRowReader::ReadBlock(JsonCursor& cursor) {
  if (members_.empty()) return 0;
  // From behind a row's closing brace to the opening one of the next.
  JsonCursor next = cursor;
  if (!next.TakeIf(',') || next.Peek() != '{') return 0;
  const char* at = next.position();
  const JsonRowBlock::Shape shape{members_, {row_end_, static_cast<std::size_t>(at - row_end_)}};
  const auto left = static_cast<std::size_t>(options_.max_rows - rows_->rows());
  const std::size_t rows = block_.Read(shape, std::min(left, JsonRowBlock::kMostRows), cursor.end(),
                                       at, rows_->mutable_cells());
  if (rows == 0) {
    ++failed_blocks_;
    rows_until_block_ = kRowsUntilBlock;
    return 0;
  }
  row_end_ = at;
  cursor.MoveTo(at);
  cursor.Take('}', "',' or '}' behind a member");
  return rows;
}

// What the first `count` members say about a further one: which names are taken.
void JsonRowReader::MarkSeen(std::size_t count) {
  for (const RowMember& member : std::span(members_).first(count)) {
    if (member.field != kNone) {
      seen_[member.field] = row_count_;
    } else if (!member.is_key) {
      unknown_names_.emplace(member.name);
    }
  }
}

// The members from `position` on, and the closing brace. The bytes before the first of them begin
// at `from`.
bool JsonRowReader::ReadMembers(JsonCursor& cursor, std::size_t position, const char* from) {
  // Rows that are always different are not worth remembering.
  bool remembers = unlike_rows_ < kMostUnlikeRows;
  unlike_rows_ += remembers ? 1 : 0;
  members_.resize(remembers ? std::min(position, members_.size()) : 0);
  remembers = members_.size() == position;
  do {
    if (!ReadName(cursor, position)) return false;
    if (position < order_.size()) {
      order_[position] = field_;
    } else if (position < fields_->size()) {
      order_.push_back(field_);
    }
    ++position;
    if (!cursor.Take(':', "':' behind the name of a member")) return false;
    cursor.SkipBlanks();
    remembers = remembers && position <= kMostMembers && name_.data() != name_scratch_.data();
    if (remembers) {
      members_.push_back(
          {.before = BytePattern({from, static_cast<std::size_t>(cursor.position() - from)}),
           .name = name_,
           .field = field_,
           .is_key = is_key_,
           .is_plain = field_ != kNone && !is_key_});
    }
    if (!ReadValue(cursor)) return false;
    from = cursor.position();
  } while (cursor.TakeIf(','));
  if (!remembers) members_.clear();
  row_end_ = from;
  return cursor.Take('}', "',' or '}' behind a member");
}

bool JsonRowReader::ReadName(JsonCursor& cursor, std::size_t position) {
  if (cursor.Peek() != '"') return cursor.Fail("expected the name of a member");
  const std::size_t guess = position < order_.size() ? order_[position] : kNone;
  const std::string_view quoted =
      guess < fields_->size() ? fields_->quoted(guess) : std::string_view();
  if (!quoted.empty() && cursor.TakeBytes(quoted)) {
    field_ = guess;
    name_ = fields_->name(guess);
  } else {
    if (!cursor.ReadText(name_, name_scratch_)) return false;
    field_ = fields_->Find(name_).value_or(kNone);
    // Where the name of a field stands for longer than the body.
    if (field_ != kNone && name_.data() != name_scratch_.data()) name_ = fields_->name(field_);
  }
  is_key_ = !options_.key_field.empty() && name_ == options_.key_field;
  const bool twice = field_ != kNone ? seen_[field_] == row_count_
                                     : !is_key_ && !unknown_names_.emplace(name_).second;
  if (twice) return cursor.Fail("member " + Quote(name_) + " stands twice in one row");
  if (field_ != kNone) seen_[field_] = row_count_;
  return true;
}

bool JsonRowReader::ReadFieldText(JsonCursor& cursor) {
  std::string_view text;
  if (!cursor.ReadText(text, text_scratch_)) return false;
  if (text.data() == text_scratch_.data()) text = rows_->Keep(text);
  if (is_key_) rows_->SetKey(text);
  return SetField({.kind = contract::Cell::Kind::kText, .text = text});
}

bool JsonRowReader::ReadFieldNumber(JsonCursor& cursor) {
  double number = 0;
  bool overflows = false;
  if (!cursor.ReadNumber(number, overflows)) return false;
  if (overflows) {
    rows_->AddProblem(name_, "wrong_type", "\"a number beyond the range of doubles\"");
    return true;
  }
  if (is_key_) {
    std::string text;
    AppendNumber(number, text);
    rows_->SetKey(rows_->Keep(text));
  }
  return SetField({.kind = contract::Cell::Kind::kNumber, .number = number});
}

bool JsonRowReader::ReadFieldContainer(JsonCursor& cursor) {
  std::string_view json;
  if (!cursor.SkipValue(options_.max_depth - 1, json)) return false;
  if (rows_->contract().columns[field_].type == ColumnType::kList && json.front() == '[')
    return SetField({.kind = contract::Cell::Kind::kText, .text = json});
  rows_->AddProblem(name_, "wrong_type", ShownJson(json));
  return true;
}

bool JsonRowReader::ReadUnknown(JsonCursor& cursor) {
  std::string_view value;
  if (is_key_ && cursor.Peek() == '"') {
    if (!cursor.ReadText(value, text_scratch_)) return false;
    rows_->SetKey(value.data() == text_scratch_.data() ? rows_->Keep(value) : value);
    return true;
  }
  if (!is_key_) rows_->AddUnknown(name_);
  if (!cursor.SkipValue(options_.max_depth - 1, value)) return false;
  if (is_key_ && value != "null") rows_->SetKey(value);
  return true;
}

bool JsonRowReader::ReadValue(JsonCursor& cursor) {
  const char first = cursor.Peek();
  if (field_ == kNone) return ReadUnknown(cursor);
  switch (first) {
    case '"':
      return ReadFieldText(cursor);
    case '{':
    case '[':
      return ReadFieldContainer(cursor);
    case 't':
      return cursor.ReadWord("true") &&
             SetField({.kind = contract::Cell::Kind::kBoolean, .number = 1});
    case 'f':
      return cursor.ReadWord("false") &&
             SetField({.kind = contract::Cell::Kind::kBoolean, .number = 0});
    case 'n':
      return cursor.ReadWord("null");
    default:
      if (first == '-' || (first >= '0' && first <= '9')) return ReadFieldNumber(cursor);
      return cursor.Fail("expected a JSON value");
  }
}

}  // namespace reeve::server
