#include "reeve/server/scoring/json_rows.h"

#include <algorithm>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/ingest/row_text.h"

namespace reeve::server {
namespace {

constexpr std::size_t kShownBytes = 100;

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
  fields_ = &fields;
  options_ = options;
  rows_ = &rows;
  too_many_rows_ = false;
  seen_.resize(std::max(seen_.size(), fields.size()));
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
  } while (cursor.TakeIf(','));
  return cursor.Take(']', "',' or ']' behind a row");
}

bool JsonRowReader::ReadRow(JsonCursor& cursor) {
  if (cursor.Peek() != '{') return cursor.Fail("expected a row as a JSON object");
  cursor.Take('{', "a row as a JSON object");
  rows_->AddRow();
  ++row_count_;
  if (!unknown_names_.empty()) unknown_names_.clear();
  if (cursor.TakeIf('}')) return true;
  std::size_t position = 0;
  do {
    if (!ReadName(cursor, position)) return false;
    if (position < order_.size()) {
      order_[position] = field_;
    } else if (position < fields_->size()) {
      order_.push_back(field_);
    }
    ++position;
    if (!cursor.Take(':', "':' behind the name of a member") || !ReadValue(cursor)) return false;
  } while (cursor.TakeIf(','));
  return cursor.Take('}', "',' or '}' behind a member");
}

bool JsonRowReader::ReadName(JsonCursor& cursor, std::size_t position) {
  if (cursor.Peek() != '"') return cursor.Fail("expected the name of a member");
  const std::size_t guess = position < order_.size() ? order_[position] : kNone;
  const std::string_view quoted =
      guess < fields_->size() ? fields_->quoted(guess) : std::string_view();
  if (!quoted.empty() && cursor.TakeBytes(quoted)) {
    field_ = guess;
    name_ = quoted.substr(1, quoted.size() - 2);
  } else {
    if (!cursor.ReadText(name_, name_scratch_)) return false;
    field_ = fields_->Find(name_).value_or(kNone);
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
