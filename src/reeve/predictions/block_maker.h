#pragma once

#include <cstdint>
#include <map>

#include "reeve/predictions/block_sink.h"
#include "reeve/predictions/columns.h"
#include "reeve/predictions/row_chunk.h"

namespace reeve::predictions {

/// Turns rows into columns, model by model, and columns into blocks once there is enough of them.
/// Not thread-safe.
class BlockMaker {
 public:
  /// `sink` has to outlive the maker.
  BlockMaker(std::size_t block_bytes, BlockSink& sink) : block_bytes_(block_bytes), sink_(sink) {}

  /// Takes over all rows and labels of a chunk. A failure is the sink's; nothing is lost by it.
  Status Take(const RowChunk& chunk);
  /// Makes blocks of everything that was taken.
  Status SealAll();

 private:
  Status SealRows(const Schema& schema, RowColumns& columns);
  Status TakePacked(const RowChunk::Packed& packed);
  Status WritePacked();
  Status SealLabels();

  const std::size_t block_bytes_;
  BlockSink& sink_;
  std::map<const Schema*, RowColumns> rows_;
  LabelColumns labels_;
  // Blocks of packed rows of one model: small ones are written together.
  SealedBlock packed_;
  std::uint64_t sequence_ = 0;
};

}  // namespace reeve::predictions
