#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "reeve/predictions/bytes.h"
#include "reeve/predictions/columns.h"
#include "reeve/predictions/prediction_log.h"

namespace reeve::predictions {

/// Appends texts of a column in the smallest of the forms of docs/formats/predictions.md: dates as
/// days, a list of distinct texts and a number for each row, or as they stand. Gives the bytes of
/// those that stand as they are: what compressing may make smaller. `read` may tell what the texts
/// are, by row.
std::size_t PackTexts(std::span<const std::string_view> texts, const ReadTexts& read,
                      std::string& out);

/// Reads `count` texts that PackTexts wrote. `budget` is lowered by the bytes that they take in
/// memory; false when it is not enough, or when the bytes are no such texts.
bool UnpackTexts(ByteReader& reader, std::size_t count, std::size_t& budget, TextCells* texts);

}  // namespace reeve::predictions
