#pragma once

#include <string>
#include <vector>

#include "reeve/contract/cell.h"
#include "reeve/contract/contract.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// A row such as training saw many of, one cell for each column of the contract: of numbers the
/// median, of everything else the most frequent value, and nothing where most rows have nothing.
/// Values of free text are shown only when many rows share them, so that no single person's words
/// end up in a public page; kPlaceholderText stands in. Texts are views into `model`.
std::vector<contract::Cell> TypicalRow(const ServedModel& model);

inline constexpr std::string_view kPlaceholderText = "example";

/// What training knows of a column; null when the profile does not hold it. `position` is where it
/// stands in the contract: mostly also in the profile.
const contract::ColumnProfile* FindProfile(const ServedModel& model, std::size_t position);

/// The cell as it would stand in a CSV file whose numbers have `format`; "" when it is missing.
std::string CellText(const contract::Cell& cell,
                     contract::NumberFormat format = contract::NumberFormat::kPlain);

}  // namespace reeve::server
