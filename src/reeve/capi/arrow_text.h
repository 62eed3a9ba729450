#pragma once

#include <cstdint>

#include "reeve/base/result.h"
#include "reeve/capi/arrow_values.h"
#include "reeve/table/column.h"

namespace reeve::capi {

/// Texts with offsets of 32 (utf8) or 64 bits (large_utf8), trimmed; null is the empty text.
/// Fails with kInvalidArgument, naming the row: offsets that are negative or fall, bytes that are
/// no UTF-8.
template <typename Offset>
Result<Column> ReadTexts(const ArrowValues& values);

/// Texts of the utf8 view layout: 16 bytes a row, short texts in place, others in any of several
/// buffers whose sizes stand in the last one.
Result<Column> ReadTextViews(const ArrowValues& values);

}  // namespace reeve::capi
