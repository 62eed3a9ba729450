#include "reeve/features/text/list_text.h"

#include "reeve/features/text/unicode.h"

namespace reeve::features {
namespace {

// Reads JSON as far as its texts go; what is malformed is passed over.
class ListReader {
 public:
  ListReader(std::string_view json, std::string& out) : json_(json), out_(out) {}

  std::int64_t Run() {
    std::int64_t commas = 0;
    int depth = 0;
    while (at_ < json_.size()) {
      const char byte = json_[at_++];
      if (byte == '"') {
        ReadQuoted();
        out_.push_back(' ');
      } else if (byte == '[' || byte == '{') {
        ++depth;
      } else if (byte == ']' || byte == '}') {
        --depth;
        out_.push_back(' ');
      } else if (byte == ',' || byte == ':') {
        commas += byte == ',' && depth == 1 ? 1 : 0;
        out_.push_back(' ');
      } else {
        out_.push_back(byte);
      }
    }
    const bool is_empty = out_.find_first_not_of(' ') == std::string::npos;
    return commas == 0 && is_empty ? 0 : commas + 1;
  }

 private:
  void ReadQuoted() {
    while (at_ < json_.size() && json_[at_] != '"') {
      const char byte = json_[at_++];
      if (byte == '\\' && at_ < json_.size()) {
        ReadEscape();
      } else {
        out_.push_back(byte);
      }
    }
    ++at_;
  }

  void ReadEscape() {
    const char byte = json_[at_++];
    if (byte != 'u') {
      const bool is_control =
          byte == 'n' || byte == 't' || byte == 'r' || byte == 'b' || byte == 'f';
      out_.push_back(is_control ? ' ' : byte);
      return;
    }
    char32_t character = ReadHex();
    const bool is_first_half = character >= 0xD800 && character < 0xDC00;
    if (is_first_half && json_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const char32_t second = ReadHex();
      character = second >= 0xDC00 && second < 0xE000
                      ? 0x10000 + ((character - 0xD800) << 10U) + (second - 0xDC00)
                      : kNoCharacter;
    }
    const bool is_half = character >= 0xD800 && character < 0xE000;
    AppendCharacter(is_half ? kNoCharacter : character, out_);
  }

  char32_t ReadHex() {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      if (at_ >= json_.size()) return kNoCharacter;
      const char digit = json_[at_];
      char32_t bits = 0;
      if (digit >= '0' && digit <= '9') {
        bits = static_cast<char32_t>(digit - '0');
      } else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f') {
        bits = static_cast<char32_t>((digit | 0x20) - 'a') + 10;
      } else {
        return kNoCharacter;
      }
      value = value << 4U | bits;
      ++at_;
    }
    return value;
  }

  std::string_view json_;
  std::string& out_;
  std::size_t at_ = 0;
};

}  // namespace

std::int64_t FlattenList(std::string_view json, std::string& out) {
  out.clear();
  if (json.empty()) return 0;
  if (json.front() != '[' && json.front() != '{') {
    out.assign(json);
    return 1;
  }
  return ListReader(json, out).Run();
}

}  // namespace reeve::features
