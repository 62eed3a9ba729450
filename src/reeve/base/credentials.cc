#include "reeve/base/credentials.h"

#include <algorithm>
#include <string_view>

namespace reeve {
namespace {

constexpr std::string_view kMask = "***";

}  // namespace

std::string MaskCredentials(const std::string& text) {
  const std::size_t slashes = text.find("://");
  if (slashes == std::string::npos) return text;
  std::string masked = text;
  constexpr std::string_view kSetting = "password=";
  for (std::size_t at = slashes; (at = masked.find(kSetting, at)) != std::string::npos;) {
    at += kSetting.size();
    const std::size_t end = std::min(masked.find('&', at), masked.size());
    masked.replace(at, end - at, kMask);
  }
  // A password may hold unescaped slashes, so everything before the last "@" goes.
  const std::size_t from = slashes + 3;
  const std::size_t at = masked.rfind('@');
  if (at == std::string::npos || at < from) return masked;
  return masked.replace(from, at - from, kMask);
}

}  // namespace reeve
