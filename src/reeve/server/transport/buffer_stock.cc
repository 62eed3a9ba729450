#include "reeve/server/transport/buffer_stock.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace reeve::server {
namespace {

bool IsSmall(std::size_t bytes) { return bytes <= BufferStock::kSmall; }

// Bodies of about the same size fit into each other's buffers.
std::size_t RoundedUp(std::size_t bytes) {
  constexpr std::size_t kStep = 16U << 10;
  return IsSmall(bytes) ? bytes : (bytes + kStep - 1) / kStep * kStep;
}

}  // namespace

BufferMemory BufferStock::Take(std::size_t need, std::size_t wish) {
  BufferMemory memory;
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const BufferMemory& kept) {
    return !IsSmall(need) && kept.capacity >= need;
  });
  if (found != kept_.rend()) {
    memory = std::move(*found);
    kept_.erase(std::next(found).base());
    kept_bytes_ -= memory.capacity;
  } else {
    const std::size_t capacity = RoundedUp(std::max(need, wish));
    memory = {std::make_unique_for_overwrite<char[]>(capacity), capacity};
  }
  return memory;
}

void BufferStock::GiveBack(BufferMemory memory) {
  if (IsSmall(memory.capacity)) return;
  if (kept_bytes_ + memory.capacity > kMostKept) return;
  kept_bytes_ += memory.capacity;
  kept_.push_back(std::move(memory));
}

}  // namespace reeve::server
