#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/contract/cell.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// What one field did to one decision.
struct Reason {
  /// The column's name; lives as long as the model.
  std::string_view field;
  /// The row's value, and the typical one it was replaced by. Texts live as long as the row, and
  /// as the model.
  contract::Cell value, reference;
  /// Probability of the row less its probability with the typical value in this field alone: in
  /// [-1, 1], positive when the value speaks for the class. Of the positive class for two classes,
  /// else of the predicted one.
  double contribution = 0;
};

/// Fields of `row` that move its probability, the strongest first, ties in the contract's order.
///
/// Each field is replaced by its typical value (TypicalRow), one at a time, and the row is scored
/// again. This needs no knowledge of the model and is exact for what it says: "with a typical value
/// here the answer would have been so much different". It is no additive attribution: the
/// contributions do not sum up to anything, and fields that only act together may each show little.
/// A field with a typical value shows nothing at all.
///
/// Costs as much as scoring one row for each column. Gives nothing for a row that cannot be scored
/// and for models of more than kMaxReasonFields columns, whose cost would be felt.
/// REQUIRES: one cell for each column of the model's contract.
std::vector<Reason> Reasons(const ServedModel& model, std::span<const contract::Cell> row);

inline constexpr std::size_t kMaxReasonFields = 2000;

/// `,"reasons":[{"field":"age","value":33,"reference":41,"contribution":-0.12}]`.
void AppendReasons(const std::vector<Reason>& reasons, std::string& out);

}  // namespace reeve::server
