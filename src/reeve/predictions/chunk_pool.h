#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "reeve/predictions/row_chunk.h"

namespace reeve::predictions {

/// The memory of a log: chunks up to a number of bytes in all, less what is held elsewhere, used
/// again and again. Thread-safe.
class ChunkPool {
 public:
  ChunkPool(std::size_t most_bytes, std::size_t chunk_bytes)
      : most_bytes_(most_bytes), chunk_bytes_(chunk_bytes) {}

  /// An empty chunk of at least `needed` bytes, or null when that would be too much.
  std::unique_ptr<RowChunk> Take(std::size_t needed);
  void GiveBack(std::unique_ptr<RowChunk> chunk);
  /// So much of the memory is held by others now; chunks that nobody uses make room for it.
  void SetHeldElsewhere(std::size_t bytes);

 private:
  bool HasRoom(std::size_t bytes) const { return bytes_ + elsewhere_ + bytes <= most_bytes_; }
  // Chunks that nobody uses go until there is room for so much more.
  void MakeRoom(std::size_t bytes);

  const std::size_t most_bytes_, chunk_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0, elsewhere_ = 0;
  // Of the usual size. The last one used is used first: it is in the cache.
  std::vector<std::unique_ptr<RowChunk>> free_;
};

}  // namespace reeve::predictions
