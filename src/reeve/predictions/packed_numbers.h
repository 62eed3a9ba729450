#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "reeve/predictions/byte_buffer.h"
#include "reeve/predictions/bytes.h"

namespace reeve::predictions {

/// Appends numbers: whole ones as distances from the smallest, in 0, 1, 2 or 4 bytes each, others
/// as doubles (docs/formats/predictions.md). Bits are kept: -0.0 is no whole number here.
void PackNumbers(std::span<const double> numbers, ByteBuffer& out);

/// Reads `count` numbers that PackNumbers wrote; false for bytes that are none.
bool UnpackNumbers(ByteReader& reader, std::size_t count, std::vector<double>* numbers);

struct WholeRange {
  std::int32_t least = 0, most = 0;
};
/// REQUIRES: !whole.empty().
WholeRange RangeOf(std::span<const std::int32_t> whole);
/// Appends the distance of each from `least`, in 1, 2 or 4 bytes, which hold it.
void PutDistances(std::span<const std::int32_t> whole, std::int32_t least, std::size_t bytes,
                  ByteBuffer& out);

}  // namespace reeve::predictions
