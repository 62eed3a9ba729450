#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "reeve/predictions/bytes.h"

namespace reeve::predictions {

/// Appends numbers: whole ones as distances from the smallest, in 0, 1, 2 or 4 bytes each, others
/// as doubles (docs/formats/predictions.md). Bits are kept: -0.0 is no whole number here.
void PackNumbers(std::span<const double> numbers, std::string& out);

/// Reads `count` numbers that PackNumbers wrote; false for bytes that are none.
bool UnpackNumbers(ByteReader& reader, std::size_t count, std::vector<double>* numbers);

}  // namespace reeve::predictions
