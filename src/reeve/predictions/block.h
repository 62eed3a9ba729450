#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::predictions {

// The frame of a log file: a head, then blocks. docs/formats/predictions.md has every byte.

inline constexpr std::size_t kFileHeadBytes = 48;
inline constexpr std::size_t kBlockHeadBytes = 64;
/// No payload is larger, compressed or not: a reader refuses what claims to be.
inline constexpr std::uint32_t kMostPayloadBytes = 64U << 20;
/// Of a block that describes a model.
inline constexpr std::uint32_t kMostSchemaBytes = 16U << 20;
/// Rows x (fields + classes) of one block.
inline constexpr std::uint64_t kMostCells = 16ULL << 20;

struct FileHead {
  /// 16 random bytes of the writer: block numbers are unique within a session.
  std::string session;
  std::int64_t created_ms = 0;
};
std::string EncodeFileHead(const FileHead& head);
/// Fails with kCorrupt: foreign or damaged bytes, or a newer format.
Result<FileHead> DecodeFileHead(std::string_view bytes);

/// Rows of many calls, column by column; packed rows of one call.
enum class BlockKind : std::uint8_t { kSchema = 1, kRows = 2, kLabels = 3, kPackedRows = 4 };
inline bool HoldsRows(BlockKind kind) {
  return kind == BlockKind::kRows || kind == BlockKind::kPackedRows;
}

struct BlockHead {
  BlockKind kind = BlockKind::kRows;
  bool is_compressed = false;
  /// The model of the rows, or that is described; 0 for labels.
  std::uint32_t schema = 0;
  /// Rows or labels.
  std::uint32_t rows = 0;
  std::uint32_t stored_bytes = 0, plain_bytes = 0;
  /// Counts the blocks of a session; a block that is there twice has the same number.
  std::uint64_t sequence = 0;
  /// Earliest and latest time of what it holds.
  std::int64_t min_ms = 0, max_ms = 0;
  /// XXH3 of the payload as stored.
  std::uint64_t payload_hash = 0;
};

/// A payload as it is stored: compressed, in `memory`, where that makes it smaller; `head` then
/// says so. REQUIRES: plain.size() <= kMostPayloadBytes.
std::string_view Compress(std::string_view plain, std::string& memory, BlockHead& head);
/// Writes a whole block of kBlockHeadBytes + stored.size() bytes. Sizes and hash of `head` are
/// filled in here; plain_bytes has to be there if it is compressed.
void WriteBlock(BlockHead head, std::string_view stored, char* to);
/// Both.
std::string EncodeBlock(BlockHead head, std::string_view plain);
/// The head of a block, or nothing when these bytes are none, or claim what no writer writes.
/// REQUIRES: bytes.size() >= kBlockHeadBytes.
std::optional<BlockHead> DecodeBlockHead(std::string_view bytes);
/// The payload. Fails with kCorrupt when it does not match its head.
Result<std::string> DecodePayload(const BlockHead& head, std::string_view stored);

/// The first bytes of every block: where to go on behind damage.
extern const std::string_view kBlockMark;

}  // namespace reeve::predictions
