#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string_view>

#include "reeve/predictions/block_sink.h"
#include "reeve/predictions/columns.h"
#include "reeve/predictions/page_pool.h"
#include "reeve/predictions/row_chunk.h"

namespace reeve::predictions {

/// Turns rows into columns, model by model, and columns into blocks once there is enough of them.
/// Not thread-safe.
class BlockMaker {
 public:
  /// All of them have to outlive the maker; `sequence` is the number of the session's last block.
  BlockMaker(std::size_t block_bytes, std::atomic<std::uint64_t>& sequence, PagePool& pool,
             BlockSink& sink)
      : block_bytes_(block_bytes), sequence_(sequence), pool_(pool), sink_(sink) {}

  /// Takes over all rows and labels of a chunk. A failure is the sink's; nothing is lost by it.
  Status Take(const RowChunk& chunk);
  /// Makes blocks of everything that was taken.
  Status SealAll();

 private:
  Status SealRows(const Schema& schema, RowColumns& columns);
  Status SealPacked(const RowChunk::Packed& packed);
  Status SealLabels();
  // Numbers the block and writes it.
  Status Seal(BlockHead head, std::string_view plain, const Schema* schema);

  const std::size_t block_bytes_;
  std::atomic<std::uint64_t>& sequence_;
  PagePool& pool_;
  BlockSink& sink_;
  std::map<const Schema*, RowColumns> rows_;
  LabelColumns labels_;
};

}  // namespace reeve::predictions
