#pragma once

#include <string>
#include <vector>

#include "reeve/contract/contract.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/html.h"

namespace reeve::server {

/// What stands in one field of the form, and what is to be said about it.
struct FieldView {
  /// As a person typed it; empty for nothing.
  std::string value;
  /// Why the row was not scored: "a value is needed here". Empty when the field is sound.
  std::string problem = {};
  /// What to mind although it was scored: "training never saw this value".
  std::string warning = {};
};

/// Appends label, input and hints of column `position` of the contract. The input's name is the
/// column's. Numbers may lie outside of what training saw, categories may be others than the known
/// ones: then the input holds OtherMarker and a further one of the same name the value.
void AppendField(const contract::ContractColumn& column, std::size_t position,
                 const FieldView& view, Html& html);

/// The value that a form sent for a column, whichever of its inputs holds it; trimmed.
std::string SentValue(const contract::ContractColumn& column, const FormData& form);

/// What the list of categories sends for "another value": no category of this column.
std::string OtherMarker(const contract::ContractColumn& column);

/// "300 to 900", with dates as dates, numbers to be read by people, with a decimal comma where
/// `format` has one; empty when the contract knows no range.
std::string RangeOf(const contract::ContractColumn& column,
                    contract::NumberFormat format = contract::NumberFormat::kPlain);

/// Categories up to which a list is shown; beyond, one types and the browser suggests these many.
inline constexpr std::size_t kListedCategories = 200;

}  // namespace reeve::server
