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

  /// Pieces have `usual_bytes`, rounded up to pages, unless more is needed. Throws std::bad_alloc.
  PagePool(std::size_t most_bytes, std::size_t usual_bytes);

  /// At least `needed` bytes, or none when that would be too much.
  Pages Take(std::size_t needed);
  /// As many pages as `needed` bytes are, even when it is too much: for what is held already, in
  /// memory that will be given back. Throws std::bad_alloc.
  Pages TakeAnyway(std::size_t needed);

 private:
  friend struct Pages::GiveBack;

  // Pieces of the usual size, side by side; who writes them from there to a disk finds huge pages
  // where the system has such: one to look up and to pass on instead of 512.
  class Pieces {
   public:
    Pieces(std::size_t count, std::size_t bytes);
    ~Pieces();
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    char* at(std::size_t piece) const { return begin_ + piece * bytes_; }
    bool Has(const char* memory) const;
    // Gives its memory back to the system until it is written again.
    void Empty(char* piece) const;

   private:
    const std::size_t count_, bytes_;
    void* reserved_;
    char* begin_;
  };

  Pages Allocate(std::size_t bytes);
  Pages TakePiece();
  void Return(char* memory, std::size_t bytes);
  bool HasRoom(std::size_t bytes) const { return bytes_ + bytes <= most_bytes_; }
  // Pieces that nobody uses are emptied until there is room for so much more.
  void MakeRoom(std::size_t bytes);

  const std::size_t most_bytes_, usual_bytes_;
  const Pieces pieces_;
  std::mutex mutex_;
  // Of what is used, and of the pieces that are not empty.
  std::size_t bytes_ = 0;
  // Pieces that nobody uses; the last of either is used first: it is in the cache.
  std::vector<char*> free_, empty_;
};

}  // namespace reeve::predictions
