#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reeve/table/table.h"

namespace reeve::workflow {

/// The value of a row's field as it would stand in a table, long texts cut; "" when it is missing,
/// nothing when the field is no column of the table (a feature made of several).
std::optional<std::string> FieldValue(const Table& table, const std::string& field,
                                      std::int64_t row);

/// "credit_score = 540", "age is missing", or the name alone for a feature made of several columns.
std::string ReasonText(const Table& table, const std::string& field, std::int64_t row);

/// "for Approved" or "against Approved".
std::string DirectionText(double contribution, const std::string& class_name);

}  // namespace reeve::workflow
