#include "reeve/server/scoring/multipart.h"

#include <algorithm>

#include "reeve/base/text.h"
#include "reeve/server/scoring/header_value.h"

namespace reeve::server {
namespace {

// What the head of a part says.
struct PartHead {
  bool is_file = false;
  bool is_encoded = false;
};

PartHead ReadPartHead(std::string_view head) {
  PartHead part;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string name = ToLower(Trim(line.substr(0, colon)));
    const std::string_view value = line.substr(colon + 1);
    if (name == "content-disposition") {
      const HeaderValue disposition = ReadHeaderValue(value);
      for (const auto& [key, text] : disposition.parameters)
        part.is_file |=
            key == "filename" || key == "filename*" || (key == "name" && text == "file");
    } else if (name == "content-transfer-encoding") {
      const std::string encoding = ToLower(Trim(value));
      part.is_encoded = encoding != "binary" && encoding != "8bit" && encoding != "7bit";
    }
  }
  return part;
}

}  // namespace

// The first boundary may stand at the very beginning: as if a line end came before it.
MultipartReader::MultipartReader(std::string_view boundary)
    : delimiter_("\r\n--" + std::string(boundary)), held_("\r\n") {}

Refusal MultipartReader::Read(std::string_view bytes, std::string& file) {
  held_ += bytes;
  Refusal refusal;
  while (refusal.ok() && Step(file, refusal)) {
  }
  return refusal;
}

Refusal MultipartReader::End() const {
  if (state_ == State::kEpilogue && has_file_) return {};
  if (state_ == State::kEpilogue) {
    return Refusal::BadRequest(
        "the form has no file, expected a part with a file name, as of curl -F file=@rows.csv");
  }
  return Refusal::BadRequest("the form ends before its last boundary");
}

// One step as far as the bytes at hand allow; false when more are needed.
bool MultipartReader::Step(std::string& file, Refusal& refusal) {
  switch (state_) {
    case State::kPreamble:
    case State::kOther:
      return ReadContent(nullptr);
    case State::kFile:
      return ReadContent(&file);
    case State::kBoundary:
      return ReadBoundaryEnd(refusal);
    case State::kHead:
      return ReadHead(refusal);
    case State::kEpilogue:
      held_.clear();
      return false;
  }
  return false;
}

bool MultipartReader::ReadContent(std::string* file) {
  const std::size_t found = held_.find(delimiter_);
  const bool is_found = found != std::string::npos;
  // All but what may be the beginning of a delimiter.
  std::size_t sure = found;
  if (!is_found) {
    const std::size_t longest = std::min(held_.size(), delimiter_.size() - 1);
    sure = held_.find('\r', held_.size() - longest);
    while (sure != std::string::npos &&
           !delimiter_.starts_with(std::string_view(held_).substr(sure)))
      sure = held_.find('\r', sure + 1);
    sure = std::min(sure, held_.size());
  }
  if (file != nullptr) file->append(held_, 0, sure);
  held_.erase(0, is_found ? sure + delimiter_.size() : sure);
  if (is_found) state_ = State::kBoundary;
  return is_found;
}

// Behind a boundary: "--" ends the body, blanks and a line end begin a part.
bool MultipartReader::ReadBoundaryEnd(Refusal& refusal) {
  if (held_.size() < 2) return false;
  if (held_.starts_with("--")) {
    state_ = State::kEpilogue;
    return true;
  }
  const std::size_t end = held_.find("\r\n");
  const std::size_t blanks = std::min(held_.find_first_not_of(" \t"), held_.size());
  if (end == std::string::npos && blanks + 1 >= held_.size() && held_.size() <= kMaxHeadBytes)
    return false;
  if (end == std::string::npos || blanks != end) {
    refusal = Refusal::BadRequest("the form's boundary is followed by something else");
    return false;
  }
  // The line end stays: a head without lines ends in it.
  held_.erase(0, end);
  state_ = State::kHead;
  return true;
}

bool MultipartReader::ReadHead(Refusal& refusal) {
  const std::size_t end = held_.find("\r\n\r\n");
  if (end == std::string::npos || end > kMaxHeadBytes) {
    if (held_.size() > kMaxHeadBytes)
      refusal = Refusal::BadRequest("the head of a part of the form does not end");
    return false;
  }
  const PartHead part = ReadPartHead(std::string_view(held_).substr(0, end));
  if (part.is_file && part.is_encoded && !has_file_) {
    refusal = Refusal::BadRequest(
        "the file's Content-Transfer-Encoding is not known, expected the bytes as they are");
    return false;
  }
  has_further_file_ |= part.is_file && has_file_;
  state_ = part.is_file && !has_file_ ? State::kFile : State::kOther;
  has_file_ |= part.is_file;
  held_.erase(0, end + 4);
  return true;
}

}  // namespace reeve::server
