#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace reeve::server {

/// Memory for input. Not initialized.
struct BufferMemory {
  std::unique_ptr<char[]> bytes = {};
  std::size_t capacity = 0;
};

/// The large input buffers of one thread. A connection has one only while a request is on its way,
/// so that memory grows with what is being received instead of with the number of connections, and
/// the next one finds its buffer in the cache. Small ones are not kept. Used by one thread.
class BufferStock {
 public:
  /// Buffers up to this size are small.
  static constexpr std::size_t kSmall = 8U << 10;
  /// So much of what nobody uses is kept for the next body.
  static constexpr std::size_t kMostKept = 1U << 20;

  /// At least `need` bytes; when they have to be made, at least `wish` when that is more.
  BufferMemory Take(std::size_t need, std::size_t wish);
  void GiveBack(BufferMemory memory);

  /// Bytes that wait for use.
  std::size_t kept() const { return kept_bytes_; }

 private:
  // The one given back last is taken first: it is still in the cache.
  std::vector<BufferMemory> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace reeve::server
