#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "reeve/server/scoring/field_index.h"
#include "reeve/server/scoring/json_cursor.h"
#include "reeve/server/scoring/json_row_block.h"
#include "reeve/server/scoring/request_rows.h"

namespace reeve::server {

struct JsonRowOptions {
  /// Most levels of arrays and objects, that of the row included.
  int max_depth = 32;
  /// Most rows of one request.
  std::int64_t max_rows = 100'000;
  /// Member that names a row; empty for none.
  std::string_view key_field = {};
};

/// Reads rows that come as JSON objects straight into cells. Members of successive rows mostly come
/// in one order and with the same blanks: the bytes between the values of a row are remembered, and
/// a row that has them too costs a comparison and a value for each member; many such rows are read
/// side by side (JsonRowBlock). What is short enough is remembered from body to body. Not
/// thread-safe: one for each thread, reused.
class JsonRowReader {
 public:
  /// For the rows that follow. `fields` belongs to rows.contract(); both outlive the reading.
  void Begin(const FieldIndex& fields, const JsonRowOptions& options, RequestRows& rows);
  /// One object at the cursor becomes one row. False when the JSON is malformed (cursor.problem()):
  /// also for a member that stands twice. Values of a wrong type are problems of the rows instead.
  bool ReadRow(JsonCursor& cursor);
  /// An array of objects. Fails also for elements that are no objects and for too many rows
  /// (`too_many_rows()` tells these apart).
  bool ReadArray(JsonCursor& cursor);
  bool too_many_rows() const { return too_many_rows_; }

 private:
  static constexpr std::size_t kNone = RowMember::kUnknown;

  bool MayKeepMembers(const FieldIndex& fields, std::string_view key_field) const;
  bool ReadKnownMembers(JsonCursor& cursor, std::size_t& count);
  bool ReadMembers(JsonCursor& cursor, std::size_t position, const char* from);
  void ReadAlikeRows(JsonCursor& cursor);
  std::size_t ReadBlock(JsonCursor& cursor);
  void MarkSeen(std::size_t count);
  bool ReadName(JsonCursor& cursor, std::size_t position);
  bool ReadValue(JsonCursor& cursor);
  bool ReadFieldText(JsonCursor& cursor);
  bool ReadFieldNumber(JsonCursor& cursor);
  bool ReadFieldContainer(JsonCursor& cursor);
  bool ReadUnknown(JsonCursor& cursor);
  bool SetField(const contract::Cell& cell) {
    rows_->Set(field_, cell);
    return true;
  }

  const FieldIndex* fields_ = nullptr;
  std::uint64_t fields_id_ = 0;
  JsonRowOptions options_;
  /// options_.key_field, which need not live as long as the reader.
  std::string key_field_;
  RequestRows* rows_ = nullptr;
  bool too_many_rows_ = false;
  /// Field of the last row's n-th member, kNone where it was unknown: a guess for the next row.
  std::vector<std::size_t> order_;
  /// All members of the last row, of this body or the one before; empty where that cannot be a
  /// pattern for the next.
  std::vector<RowMember> members_;
  /// Where the last value of the last row ends.
  const char* row_end_ = nullptr;
  JsonRowBlock block_;
  /// Blocks of the body that were read and that were not, and rows until a block is tried again.
  int blocks_ = 0, failed_blocks_ = 0;
  std::size_t rows_until_block_ = 0;
  /// Rows of the body that were not like the one before.
  int unlike_rows_ = 0;
  /// The row (counted over the reader's life) in which a field was seen last.
  std::vector<std::uint64_t> seen_;
  std::uint64_t row_count_ = 0;
  /// What the current member is: a field, or an unknown name.
  std::size_t field_ = kNone;
  std::string_view name_;
  bool is_key_ = false;
  std::unordered_set<std::string> unknown_names_;
  std::string name_scratch_, text_scratch_;
};

/// `json` when it is short, else its beginning as a JSON text: fit to be shown in an answer.
std::string ShownJson(std::string_view json);

}  // namespace reeve::server
