#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "reeve/server/http.h"

namespace reeve::server {

/// Bytes that were received and not yet used, in one piece. Request::kBodyPadding readable bytes
/// always follow them: a body is handed to its handler where it lies.
class InputBuffer {
 public:
  std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  std::size_t capacity() const { return capacity_; }

  /// Drops the first `count` bytes.
  void Consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Room for at least `at_least` more bytes, after which Commit says how many came. Moves what is
  /// held, so views into it end here.
  std::span<char> Space(std::size_t at_least) {
    if (capacity_ < end_ + at_least + Request::kBodyPadding) MakeRoom(at_least);
    return {data_.get() + end_, capacity_ - end_ - Request::kBodyPadding};
  }
  void Commit(std::size_t count) { end_ += count; }

  /// Gives memory larger than `keep` back when nothing is held.
  void Shrink(std::size_t keep) {
    if (size() == 0 && capacity_ > keep) {
      data_.reset();
      capacity_ = begin_ = end_ = 0;
    }
  }

 private:
  void MakeRoom(std::size_t at_least) {
    const std::size_t held = size(), need = held + at_least + Request::kBodyPadding;
    if (need > capacity_) {
      const std::size_t capacity = std::max(need, 2 * capacity_);
      auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
      if (held > 0) std::memcpy(bigger.get(), data_.get() + begin_, held);
      data_ = std::move(bigger);
      capacity_ = capacity;
    } else if (held > 0) {
      std::memmove(data_.get(), data_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace reeve::server
