#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "reeve/contract/text_head.h"
#include "reeve/predictions/byte_buffer.h"
#include "reeve/predictions/bytes.h"
#include "reeve/predictions/columns.h"
#include "reeve/predictions/prediction_log.h"

namespace reeve::predictions {

/// Texts of a column, row by row, and what is known of them: of each, or nothing.
struct TextPart {
  std::span<const std::string_view> texts;
  std::span<const contract::TextHead> heads = {};
  ReadTexts read = {};
};

/// Appends texts in the smallest of the forms of docs/formats/predictions.md: dates as days, a list
/// of distinct texts and a number for each row, or as they stand. Gives the bytes of those that
/// stand as they are: what compressing may make smaller.
std::size_t PackTexts(const TextPart& part, ByteBuffer& out);

/// Reads `count` texts that PackTexts wrote. `budget` is lowered by the bytes that they take in
/// memory; false when it is not enough, or when the bytes are no such texts.
bool UnpackTexts(ByteReader& reader, std::size_t count, std::size_t& budget, TextCells* texts);

}  // namespace reeve::predictions
