#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "reeve/base/file_system.h"

namespace reeve {

/// A file of many megabytes that is written in order and hardly read, past the page cache
/// (O_DIRECT) where the file system can: filling that cache and emptying it again costs more than
/// all else. Bytes gather until there are enough of them, or until Sync; pages are written at once,
/// without a copy. Until Close zeros may stand behind the bytes, fewer than kPageBytes.
class UncachedFile : public WritableFile {
 public:
  /// Bytes that gather.
  static constexpr std::size_t kBufferBytes = 512U << 10;

  enum class Cache { kAvoid, kUse };
  /// Creates or truncates. `cache` is for tests of what happens where it cannot be avoided.
  static Result<std::unique_ptr<WritableFile>> Create(const std::string& path,
                                                      Cache cache = Cache::kAvoid);
  ~UncachedFile() override;

  Status Append(std::string_view bytes) override;
  Status AppendPages(std::string_view bytes) override;
  Status Sync() override;
  Status Close() override;

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  using Buffer = std::unique_ptr<char, Free>;

  UncachedFile(std::string path, int descriptor, Buffer buffer);
  // Writes what has gathered; a part of a page is filled up with zeros, and stays.
  Status WriteBuffer();
  // Whole pages, to where the buffer begins, which then is behind them.
  Status WritePages(const char* pages, std::size_t bytes);
  bool StopAvoidingCache() const;

  const std::string path_;
  int descriptor_;
  const Buffer buffer_;
  // Of the buffer.
  std::size_t used_ = 0;
  // Where the buffer begins in the file; whole pages.
  std::uint64_t offset_ = 0;
  // Not all of the buffer is in the file.
  bool has_news_ = false;
};

}  // namespace reeve
