#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/cell_columns.h"
#include "reeve/contract/contract.h"
#include "reeve/inference/scorer.h"

namespace reeve::inference {

using contract::Cell;

/// A field that broke a rule, or that is worth a warning (unseen category, out of range).
struct RowIssue {
  /// Row of the call, 0-based.
  std::int64_t row = 0;
  /// Index into contract().columns.
  std::size_t field = 0;
  contract::Rule rule = contract::Rule::kWrongType;
};

/// Values of the fields that steps of several columns, or of texts, take: each in a stretch of its
/// own.
struct KeptValues {
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
  std::vector<std::string_view> texts;
  /// Numbers as texts.
  std::vector<char> spelled;
};

/// The answers of one call, and the memory it works in: reused from call to call, so that a warm
/// one allocates nothing. One per thread.
struct RowScores {
  /// Row-major, rows x classes; meaningless where not usable.
  std::vector<double> probabilities;
  /// Index into contract().classes; -1 where not usable.
  std::vector<std::int32_t> predicted;
  /// Every fatal issue and every soft one, by row and then by field.
  std::vector<RowIssue> issues;
  /// Fields without a value, one count for each of contract().columns; over usable rows.
  std::vector<std::int64_t> missing;
  /// See RowScorer::Codes and Dates.
  std::vector<std::int32_t> codes;
  std::vector<double> dates;
  /// What Score works in; opaque.
  std::vector<float> features;
  KeptValues kept;
  WorkMemory work;
};

/// Scores rows that come as cells instead of columns: contract, pipeline, model and decision of a
/// Scorer without a Table, a Matrix or an allocation between them. Gives the very probabilities
/// that Scorer::Score gives for the same values (row_scorer_test.cc). Immutable; Score may run in
/// many threads at once, each with RowScores of its own.
class RowScorer {
 public:
  /// `scorer` has to outlive the result.
  static Result<RowScorer> Make(const Scorer& scorer);
  ~RowScorer();
  RowScorer(RowScorer&&) noexcept;
  RowScorer& operator=(RowScorer&&) noexcept;

  const contract::Contract& contract() const;

  /// `cells` holds the contract's columns in its order, row after row.
  /// REQUIRES: cells.size() is a multiple of contract().columns.size().
  void Score(std::span<const Cell> cells, RowScores& scores) const;
  /// The same for cells that stand field by field, faster for many rows.
  /// REQUIRES: cells.fields() == contract().columns.size().
  void Score(const contract::CellColumns& cells, RowScores& scores) const;

  // What the texts of the last call with columns were read as, row by row, for those who keep them;
  // empty for fields of other types.
  /// Of a category: equal codes are equal texts, to the byte; CategoryIndex::kUnknown (-1) is any
  /// other cell.
  std::span<const std::int32_t> Codes(const RowScores& scores, std::size_t field) const;
  /// Of a date: seconds since 1970 UTC, NaN = missing.
  std::span<const double> Dates(const RowScores& scores, std::size_t field) const;

 private:
  struct Plan;
  explicit RowScorer(std::unique_ptr<Plan> plan);
  std::unique_ptr<Plan> plan_;
};

}  // namespace reeve::inference
