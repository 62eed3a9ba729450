#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "reeve/base/file_system.h"

namespace reeve::predictions {

class PagePool;

/// Memory of whole pages, as WritableFile::AppendPages wants it; goes back to its pool, which has
/// to outlive it, when it is destroyed.
class Pages {
 public:
  /// None.
  Pages() = default;

  char* data() const { return memory_.get(); }
  std::size_t size() const { return memory_ ? memory_.get_deleter().bytes : 0; }

 private:
  friend class PagePool;
  struct GiveBack {
    PagePool* pool;
    std::size_t bytes;
    void operator()(char* memory) const;
  };
  std::unique_ptr<char, GiveBack> memory_;
};

/// The memory of a log: so many bytes in all, most of it in pieces of one size that are used again
/// and again. Thread-safe.
class PagePool {
 public:
  static constexpr std::size_t kPageBytes = WritableFile::kPageBytes;

  /// Pieces have `usual_bytes`, rounded up to pages, unless more is needed.
  PagePool(std::size_t most_bytes, std::size_t usual_bytes);

  /// At least `needed` bytes, or none when that would be too much.
  Pages Take(std::size_t needed);
  /// As many pages as `needed` bytes are, even when it is too much: for what is held already, in
  /// memory that will be given back. Throws std::bad_alloc.
  Pages TakeAnyway(std::size_t needed);

 private:
  friend struct Pages::GiveBack;
  struct Free {
    void operator()(char* memory) const;
  };
  using Memory = std::unique_ptr<char, Free>;

  Pages Allocate(std::size_t bytes);
  void Return(Memory memory, std::size_t bytes);
  bool HasRoom(std::size_t bytes) const { return bytes_ + bytes <= most_bytes_; }
  // Pieces that nobody uses go until there is room for so much more.
  void MakeRoom(std::size_t bytes);

  const std::size_t most_bytes_, usual_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  // Of the usual size. The last one used is used first: it is in the cache.
  std::vector<Memory> free_;
};

}  // namespace reeve::predictions
