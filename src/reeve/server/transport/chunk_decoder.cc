#include "reeve/server/transport/chunk_decoder.h"

#include <algorithm>

namespace reeve::server {

bool ChunkDecoder::Size(char c) {
  int digit = -1;
  if (c >= '0' && c <= '9') digit = c - '0';
  if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
  if (digit >= 0) {
    size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
    return ++digits_ <= kMaxDigits;
  }
  if (digits_ == 0) return false;
  if (c == '\r') {
    state_ = State::kSizeFeed;
    return true;
  }
  state_ = State::kExtension;
  return c == ';' || c == ' ' || c == '\t';
}

ChunkDecoder::Outcome ChunkDecoder::Step(char c) {
  bool sound = true;
  switch (state_) {
    case State::kSize:
      sound = Size(c);
      break;
    case State::kExtension:
      sound = c != '\n' && Extra();
      if (c == '\r') state_ = State::kSizeFeed;
      break;
    case State::kSizeFeed:
      sound = c == '\n';
      state_ = size_ > 0 ? State::kData : State::kTrailerStart;
      break;
    case State::kDataReturn:
      sound = c == '\r';
      state_ = State::kDataFeed;
      break;
    case State::kDataFeed:
      sound = c == '\n';
      state_ = State::kSize;
      size_ = 0;
      digits_ = 0;
      break;
    case State::kTrailerStart:
      sound = c != '\n' && Extra();
      state_ = c == '\r' ? State::kEndFeed : State::kTrailer;
      break;
    case State::kTrailer:
      sound = c != '\n' && Extra();
      if (c == '\r') state_ = State::kTrailerFeed;
      break;
    case State::kTrailerFeed:
      sound = c == '\n' && Extra();
      state_ = State::kTrailerStart;
      break;
    case State::kEndFeed:
      sound = c == '\n';
      state_ = State::kEnd;
      break;
    case State::kData:
    case State::kEnd:
      break;
  }
  if (!sound) return Outcome::kMalformed;
  return state_ == State::kEnd ? Outcome::kEnd : Outcome::kNeedMore;
}

ChunkDecoder::Outcome ChunkDecoder::Next(std::string_view bytes, std::size_t& used,
                                         std::string_view& data) {
  used = 0;
  if (state_ == State::kEnd) return Outcome::kEnd;
  while (used < bytes.size()) {
    if (state_ == State::kData) {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size() - used));
      data = bytes.substr(used, count);
      used += count;
      size_ -= count;
      if (size_ == 0) state_ = State::kDataReturn;
      return Outcome::kData;
    }
    const Outcome outcome = Step(bytes[used++]);
    if (outcome != Outcome::kNeedMore) return outcome;
  }
  return Outcome::kNeedMore;
}

}  // namespace reeve::server
