// What of a session's output was sent, and the memory that it gives back.

#include <algorithm>

#include "reeve/server/transport/session.h"

namespace reeve::server {

namespace {

// Buffers larger than that are given back after use.
constexpr std::size_t kKeepOutput = 128 << 10;
// What a connection that sleeps holds on to.
constexpr std::size_t kKeepIdle = 8 << 10;

}  // namespace

void Session::Sent(std::size_t count) {
  const auto in_memory = std::min(count, out_.size() + body_out_.size() - sent_);
  file_sent_ += count - in_memory;
  if (file_out_ != nullptr && file_sent_ == file_out_->length()) {
    file_out_.reset();
    file_sent_ = 0;
  }
  sent_ += in_memory;
  if (sent_ < out_.size() + body_out_.size()) return;
  sent_ = 0;
  out_.clear();
  if (out_.capacity() > kKeepOutput) std::string().swap(out_);
  if (body_out_.empty()) return;
  body_out_.clear();
  // The memory goes back to where the next answer is made.
  Response& response = context_.thread.response;
  if (response.body.capacity() < body_out_.capacity() && response.body.empty()) {
    response.body.swap(body_out_);
  }
  std::string().swap(body_out_);
}

void Session::Take(std::string& queue) {
  const Output pending = output();
  taken_ += pending.size();
  if (queue.empty() && sent_ == 0 && body_out_.empty()) {
    queue.swap(out_);
  } else {
    queue.append(pending.head).append(pending.body);
  }
  sent_ = 0;
  out_.clear();
  body_out_.clear();
}

bool Session::holds_much() const {
  return in_.capacity() > kKeepIdle || out_.capacity() > kKeepIdle ||
         kept_head_.capacity() > kKeepIdle;
}

void Session::Trim() {
  if (!idle() || waiting() > 0) return;
  in_.Shrink(kKeepIdle);
  if (out_.capacity() > kKeepIdle) std::string().swap(out_);
  if (kept_head_.capacity() > kKeepIdle) std::string().swap(kept_head_);
}

}  // namespace reeve::server
