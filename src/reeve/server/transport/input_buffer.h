#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "reeve/server/http.h"
#include "reeve/server/transport/buffer_stock.h"

namespace reeve::server {

/// Bytes that were received and not yet used, in one piece. Request::kBodyPadding readable bytes
/// always follow them: a body is handed to its handler where it lies.
class InputBuffer {
 public:
  /// Large memory comes from `stock` and goes back there; it has to outlive the buffer.
  explicit InputBuffer(BufferStock& stock) : stock_(stock) {}
  ~InputBuffer() { stock_.GiveBack(std::move(memory_)); }
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  std::string_view bytes() const { return {memory_.bytes.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  std::size_t capacity() const { return memory_.capacity; }

  /// Drops the first `count` bytes.
  void Consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Room for at least `at_least` more bytes, after which Commit says how many came. Moves what is
  /// held, so views into it end here.
  std::span<char> Space(std::size_t at_least) {
    if (capacity() < end_ + at_least + Request::kBodyPadding) MakeRoom(at_least);
    return {memory_.bytes.get() + end_, capacity() - end_ - Request::kBodyPadding};
  }
  void Commit(std::size_t count) { end_ += count; }

  /// Gives memory larger than `keep` back, unless as much is held. Moves what is held.
  void Shrink(std::size_t keep) {
    const std::size_t held = size(), need = held + Request::kBodyPadding;
    if (capacity() <= keep || need > keep) return;
    BufferMemory smaller;
    if (held > 0) {
      smaller = stock_.Take(need, 0);
      std::memcpy(smaller.bytes.get(), bytes().data(), held);
    }
    stock_.GiveBack(std::exchange(memory_, std::move(smaller)));
    begin_ = 0;
    end_ = held;
  }

 private:
  void MakeRoom(std::size_t at_least) {
    const std::size_t held = size(), need = held + at_least + Request::kBodyPadding;
    const char* const from = memory_.bytes.get() + begin_;
    if (need > capacity()) {
      BufferMemory bigger = stock_.Take(need, 2 * capacity());
      if (held > 0) std::memcpy(bigger.bytes.get(), from, held);
      stock_.GiveBack(std::exchange(memory_, std::move(bigger)));
    } else if (held > 0) {
      std::memmove(memory_.bytes.get(), from, held);
    }
    begin_ = 0;
    end_ = held;
  }

  BufferStock& stock_;
  BufferMemory memory_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace reeve::server
