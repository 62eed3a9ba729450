#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reeve::server {

/// Takes chunked bodies apart (RFC 9112, section 7.1), piece by piece, whatever the cuts between
/// what is received. Extensions and trailers are read over; both are bounded.
class ChunkDecoder {
 public:
  enum class Outcome {
    /// All of `bytes` was used; more has to come.
    kNeedMore,
    /// `data` holds bytes of the body; call again with what is left.
    kData,
    /// The body and its trailers are over.
    kEnd,
    kMalformed,
  };

  /// Begins a new body.
  void Reset() { *this = ChunkDecoder(); }
  /// Looks at `bytes` and sets `used` to how many are done with. `data` views into `bytes`.
  Outcome Next(std::string_view bytes, std::size_t& used, std::string_view& data);

 private:
  enum class State {
    kSize,
    kExtension,
    kSizeFeed,
    kData,
    kDataReturn,
    kDataFeed,
    kTrailerStart,
    kTrailer,
    kTrailerFeed,
    kEndFeed,
    kEnd
  };

  Outcome Step(char c);
  bool Size(char c);
  // Bounds what is read over; false when it is too much.
  bool Extra() { return ++extra_ <= kMaxExtra; }

  static constexpr std::size_t kMaxExtra = 16 << 10;
  static constexpr int kMaxDigits = 15;

  State state_ = State::kSize;
  std::uint64_t size_ = 0;
  int digits_ = 0;
  // Bytes of extensions and trailers of the whole body.
  std::size_t extra_ = 0;
};

}  // namespace reeve::server
