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

/// The large input buffers of one thread. Connections keep theirs from one body to the next, which
/// spares them a read, until all together hold more than kMostHeld: then a connection has one only
/// while a body is on its way, and memory grows with what is being received instead of with the
/// number of connections. Small buffers are neither counted nor kept. Used by one thread.
class BufferStock {
 public:
  /// Buffers up to this size are small.
  static constexpr std::size_t kSmall = 64U << 10;
  static constexpr std::size_t kMostHeld = 4U << 20;
  /// So much of what nobody uses is kept for the next body.
  static constexpr std::size_t kMostKept = 1U << 20;

  /// At least `need` bytes; when they have to be made, at least `wish` when that is more.
  BufferMemory Take(std::size_t need, std::size_t wish);
  void GiveBack(BufferMemory memory);

  /// Bytes that are in use, and that wait for use.
  std::size_t held() const { return held_; }
  std::size_t kept() const { return kept_bytes_; }

 private:
  // The one given back last is taken first: it is still in the cache.
  std::vector<BufferMemory> kept_;
  std::size_t held_ = 0, kept_bytes_ = 0;
};

}  // namespace reeve::server
