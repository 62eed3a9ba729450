#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/contract/cell_columns.h"
#include "reeve/contract/contract.h"

namespace reeve::server {

/// A field that keeps a row from being scored, as error answers name it.
struct FieldProblem {
  std::int64_t row = 0;
  std::string field;
  /// "missing", "wrong_type", "unknown_field", "duplicate_field".
  std::string problem;
  /// What would be right: "integer", "category", "text".
  std::string expected;
  /// What was found, as JSON text, cut to a length that is fit to be shown.
  std::string got = "null";
};

/// Something about a scored row that its caller should know.
struct RowWarning {
  /// "unseen_category", "out_of_range", "unknown_field".
  std::string_view code;
  std::int64_t row = 0;
  std::string_view field;
  /// As JSON text.
  std::string value;
};

/// The rows of one request on their way to the scorer: cells, column by column. Reused from
/// request to request, so that a warm one allocates nothing. One per thread.
class RequestRows {
 public:
  /// Forgets everything; what follows are rows of `contract`, which has to outlive their use.
  void Begin(const contract::Contract& contract);
  /// A further row, all of it missing.
  void AddRow() { cells_.AddRow(); }
  /// A field of the last row.
  void Set(std::size_t field, const contract::Cell& cell) { cells_.Set(field, cell); }
  void SetNumber(std::size_t field, double number) { cells_.SetNumber(field, number); }
  void SetText(std::size_t field, std::string_view text, const contract::TextHead& head) {
    cells_.SetText(field, text, head);
  }
  /// The caller's name for the last row (a key field that is no feature).
  void SetKey(std::string_view key);
  /// A field of the last row that cannot be what the contract wants (a list, an object, a boolean
  /// for a number …).
  void AddProblem(std::string_view field, std::string_view problem, std::string_view got_json);
  /// A member of the last row that the contract does not know. `name` is copied.
  void AddUnknown(std::string_view name);
  /// Copies a text that would not live long enough; the view lives until Begin.
  std::string_view Keep(std::string_view text);

  const contract::Contract& contract() const { return *contract_; }
  std::int64_t rows() const { return static_cast<std::int64_t>(cells_.rows()); }
  const contract::CellColumns& cells() const { return cells_; }
  contract::CellColumns& mutable_cells() { return cells_; }
  /// One for each row up to the last that has one (others empty), or none when no row has one.
  std::span<const std::string_view> keys() const { return keys_; }
  const std::vector<FieldProblem>& problems() const { return problems_; }
  std::vector<FieldProblem>& mutable_problems() { return problems_; }
  /// Unknown members, each name once, with the first row that has it; at most 100.
  const std::vector<std::pair<std::string, std::int64_t>>& unknown() const { return unknown_; }

 private:
  const contract::Contract* contract_ = nullptr;
  contract::CellColumns cells_;
  std::vector<std::string_view> keys_;
  std::vector<FieldProblem> problems_;
  std::vector<std::pair<std::string, std::int64_t>> unknown_;
  std::deque<std::string> kept_;
};

}  // namespace reeve::server
