#pragma once

#include <cstdint>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/predictions/block.h"
#include "reeve/predictions/byte_buffer.h"
#include "reeve/predictions/columns.h"
#include "reeve/predictions/prediction_log.h"
#include "reeve/predictions/schema.h"

namespace reeve::predictions {

/// Most rows of a block of packed rows; a call with more becomes several.
inline constexpr std::size_t kMostPackedRows = 4096;
/// Most cells and probabilities of such a block.
inline constexpr std::size_t kMostPackedValues = 1U << 20;
/// A call with fewer rows is kept row by row: packing pays from here on.
inline constexpr std::size_t kFewestPackedRows = 16;

/// A payload that is larger is not to be kept: texts without measure go row by row.
inline constexpr std::size_t kMostPackedBytes = 16U << 20;

/// Whether rows [begin, end) of a call can be packed: all of them were scored, and there are
/// neither too few nor too many.
bool CanPack(const ScoredCall& call, std::size_t begin, std::size_t end);

/// Appends the payload of a block of packed rows (docs/formats/predictions.md): what the rows of
/// one call share stands there once, whole numbers take as many bytes as they need, and texts that
/// return are numbered: a few nanoseconds a value, where compressing takes ten times that. True
/// when texts that do not return are most of it: compressing pays after all.
/// REQUIRES: CanPack(call, begin, end).
bool PackRows(const ScoredCall& call, std::size_t begin, std::size_t end, ByteBuffer& out);

/// What the head of the block says of them; its number is missing.
BlockHead PackedHead(const Schema& schema, std::int64_t time_ms, std::uint32_t rows);

/// The rows again. Fails with kCorrupt unless the payload is `rows` rows of `schema`, to its last
/// byte. Memory is bounded by the limits of a block, whatever the payload claims.
Result<RowColumns> UnpackRows(std::string_view payload, std::uint32_t rows, const Schema& schema);

}  // namespace reeve::predictions
