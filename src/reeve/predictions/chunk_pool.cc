#include "reeve/predictions/chunk_pool.h"

#include <algorithm>
#include <new>

namespace reeve::predictions {

std::unique_ptr<RowChunk> ChunkPool::Take(std::size_t needed) {
  const std::lock_guard lock(mutex_);
  if (needed <= chunk_bytes_ && !free_.empty()) {
    std::unique_ptr<RowChunk> chunk = std::move(free_.back());
    free_.pop_back();
    return chunk;
  }
  const std::size_t size = std::max(needed, chunk_bytes_);
  // A row that needs more than usual may take the place of chunks that nobody uses.
  MakeRoom(size);
  if (!HasRoom(size)) return nullptr;
  try {
    auto chunk = std::make_unique<RowChunk>(size);
    bytes_ += size;
    return chunk;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void ChunkPool::GiveBack(std::unique_ptr<RowChunk> chunk) {
  chunk->Clear();
  const std::lock_guard lock(mutex_);
  if (chunk->capacity() == chunk_bytes_) {
    free_.push_back(std::move(chunk));
  } else {
    bytes_ -= chunk->capacity();
  }
}

void ChunkPool::SetHeldElsewhere(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  elsewhere_ = bytes;
  MakeRoom(0);
}

void ChunkPool::MakeRoom(std::size_t bytes) {
  while (!HasRoom(bytes) && !free_.empty()) {
    bytes_ -= chunk_bytes_;
    free_.pop_back();
  }
}

}  // namespace reeve::predictions
