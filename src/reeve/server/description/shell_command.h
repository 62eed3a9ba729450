#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reeve/base/json.h"
#include "reeve/contract/cell.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// The row as a body of POST /predict: one member for each cell that is there, numbers of columns
/// of numbers as JSON numbers.
Json RowBody(const ServedModel& model, std::span<const contract::Cell> row);

/// A call of curl that scores the row. `address` is "http://host:port/predict".
std::string ShellCommand(std::string_view address, const ServedModel& model,
                         std::span<const contract::Cell> row);

/// `text` as one word of a POSIX shell.
std::string ShellQuote(std::string_view text);

}  // namespace reeve::server
