#pragma once

#include <cstdint>

#include "reeve/contract/cell.h"

namespace reeve::predictions {

// How a block says what its cells are (docs/formats/predictions.md).

/// Behind it stands one kind for each row; any other value is the kind of all rows.
inline constexpr std::uint8_t kMixed = 255;
inline constexpr auto kText = static_cast<std::uint8_t>(contract::Cell::Kind::kText);
inline constexpr auto kMissing = static_cast<std::uint8_t>(contract::Cell::Kind::kMissing);

}  // namespace reeve::predictions
