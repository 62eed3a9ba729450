#include "reeve/base/user_info.h"

namespace reeve {

std::string MaskUserInfo(std::string_view uri) {
  const std::size_t slashes = uri.find("://");
  // A password may hold unescaped slashes, so everything before the last "@" goes.
  const std::size_t at = uri.rfind('@');
  if (slashes == std::string_view::npos || at == std::string_view::npos || at < slashes + 3)
    return std::string(uri);
  return std::string(uri.substr(0, slashes + 3)) + "***" + std::string(uri.substr(at));
}

}  // namespace reeve
