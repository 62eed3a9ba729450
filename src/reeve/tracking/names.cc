#include "reeve/tracking/names.h"

#include <algorithm>

#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr std::size_t kNameBytes = 256;
constexpr std::size_t kAliasBytes = 255;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Bytes beyond ASCII are taken for letters of other scripts.
bool IsWordByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

Status CheckModelName(const std::string& name) {
  const bool good = !Trim(name).empty() && name.size() <= kNameBytes && IsUtf8(name) &&
                    name != "." && name != ".." && name.find_first_of("/:") == std::string::npos &&
                    std::none_of(name.begin(), name.end(), IsControl);
  if (good) return Status::Ok();
  return Status::InvalidArgument("name of a registered model is " + Quote(name) +
                                 ", expected 1 to 256 bytes without \"/\" and \":\"");
}

Status CheckAlias(const std::string& alias) {
  if (alias.empty() || alias.size() > kAliasBytes || !IsUtf8(alias) ||
      !std::all_of(alias.begin(), alias.end(), IsWordByte)) {
    return Status::InvalidArgument("alias is " + Quote(alias) +
                                   ", expected letters, digits, \"_\" and \"-\"");
  }
  const bool is_version = alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') &&
                          std::all_of(alias.begin() + 1, alias.end(), IsDigit);
  if (is_version || ToLower(alias) == "latest") {
    return Status::InvalidArgument("alias is " + Quote(alias) +
                                   ", which means a version, expected another word");
  }
  return Status::Ok();
}

}  // namespace reeve::tracking
