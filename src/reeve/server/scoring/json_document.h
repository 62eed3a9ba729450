#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reeve/server/scoring/field_index.h"
#include "reeve/server/scoring/refusal.h"
#include "reeve/server/scoring/request_rows.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace reeve::server {

/// Parses a body whole, in memory of the calling thread: `root` and every text in it stay until the
/// thread's next call. Besides JSON it takes what Python's and Triton's writers make of missing
/// numbers (NaN, which becomes null, and ±Infinity, which becomes a text) and integers of any
/// length. Refuses malformed JSON, invalid UTF-8, nesting deeper than `max_depth`. Duplicate
/// members are the reader's business. REQUIRES: Request::kBodyPadding readable bytes behind `json`.
Refusal ParseJson(std::string_view json, int max_depth, simdjson::dom::element& root);

/// "a number", "an object": for messages.
std::string_view JsonKind(const simdjson::dom::element& value);

/// Refuses an object that has a member twice.
Refusal CheckDistinct(const simdjson::dom::element& object, std::string_view what);

/// Sets `field` of the last row to a JSON value, which has to live as long as the row. A list or an
/// object is a value of list columns only, as its text; elsewhere it is the row's problem.
void SetField(const simdjson::dom::element& value, std::size_t field, RequestRows& rows);

/// The value as the caller's name of a row: its text, or its number's. Kept in `rows` if need be.
std::string_view KeyOf(const simdjson::dom::element& value, RequestRows& rows);

/// Finds the fields that names stand for; `key_field` names the member that is the row's key.
struct FieldName {
  enum class Kind : std::uint8_t { kField, kKey, kUnknown };
  Kind kind = Kind::kUnknown;
  /// Index into the contract's columns, for kField.
  std::size_t field = 0;
  /// A key may be a feature as well.
  bool is_key = false;
};
FieldName FindField(const FieldIndex& fields, std::string_view key_field, std::string_view name);

/// Reads objects of named fields, one row each. Members tend to come in the same order in each, so
/// that names are looked up once.
class RecordReader {
 public:
  /// `rows` has begun; `fields` belongs to its contract. All of them outlive the reader.
  RecordReader(RequestRows& rows, const FieldIndex& fields, std::string_view key_field)
      : rows_(rows), fields_(fields), key_field_(key_field) {}
  /// Adds a row. Refuses what is no object, and members that are there twice.
  Refusal Read(const simdjson::dom::element& record);

 private:
  struct Member {
    /// In the text of the parsed body.
    std::string_view name;
    FieldName found;
  };

  RequestRows& rows_;
  const FieldIndex& fields_;
  std::string_view key_field_;
  /// Of the record before.
  std::vector<Member> members_;
  /// The row in which a field was seen last, plus one.
  std::vector<std::int64_t> seen_;
  std::vector<std::string_view> unknown_;
};

}  // namespace reeve::server
