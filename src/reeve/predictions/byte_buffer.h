#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace reeve::predictions {

/// Bytes that grow at their end. Unlike a string's, new ones are not zeros first.
class ByteBuffer {
 public:
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {memory_.get(), size_}; }
  /// Keeps the memory, as Truncate does.
  void Clear() { size_ = 0; }
  /// REQUIRES: size <= this->size().
  void Truncate(std::size_t size) { size_ = size; }

  /// `count` further bytes, to be written by the caller; valid until the next ones.
  char* Extend(std::size_t count) {
    if (capacity_ - size_ < count) Grow(count);
    char* const at = memory_.get() + size_;
    size_ += count;
    return at;
  }
  // Like a string's, for Put.
  void append(const char* bytes, std::size_t count) {
    if (count > 0) std::memcpy(Extend(count), bytes, count);
  }
  void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }

 private:
  void Grow(std::size_t count) {
    const std::size_t capacity = std::max(size_ + count, 2 * capacity_);
    auto memory = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
    memory_ = std::move(memory);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace reeve::predictions
