#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reeve/server/scoring/refusal.h"

namespace reeve::server {

/// Takes the file out of a multipart/form-data body (RFC 7578) that arrives in pieces of any size,
/// holding no more of it than one boundary. The file is the first part with a file name, or of the
/// name "file"; parts before it are passed over. Where pieces end makes no difference.
class MultipartReader {
 public:
  /// Longest head of a part.
  static constexpr std::size_t kMaxHeadBytes = 16U << 10;

  /// `boundary` as the Content-Type gives it. REQUIRES: 1 to 70 bytes.
  explicit MultipartReader(std::string_view boundary);

  /// The next bytes of the body; appends those of the file to `file`. Refuses what is no multipart
  /// body, for good.
  Refusal Read(std::string_view bytes, std::string& file);
  /// The body is complete; refuses one without a file, and one that was cut short.
  Refusal End() const;

  /// A second file began, which was passed over.
  bool has_further_file() const { return has_further_file_; }

 private:
  enum class State { kPreamble, kBoundary, kHead, kFile, kOther, kEpilogue };

  bool Step(std::string& file, Refusal& refusal);
  bool ReadContent(std::string* file);
  bool ReadBoundaryEnd(Refusal& refusal);
  bool ReadHead(Refusal& refusal);

  /// "\r\n--" and the boundary.
  const std::string delimiter_;
  /// What could not be decided yet.
  std::string held_;
  State state_ = State::kPreamble;
  bool has_file_ = false;
  bool has_further_file_ = false;
};

}  // namespace reeve::server
