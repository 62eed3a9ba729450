#include "reeve/server/artifacts/artifact_path.h"

#include <algorithm>
#include <cctype>

#include "reeve/base/percent.h"
#include "reeve/base/text.h"

namespace reeve::server {

namespace {

// As often as MLflow decodes; nobody means deeper nesting.
constexpr int kMostDecodings = 10;
// What Linux takes as a name and, with room for the root and a hidden name, as a path.
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestPath = 3500;

// What MLflow refuses as well, in all the words that it has for it: clients compare them.
Status Refused() { return Status::InvalidArgument("Invalid path"); }

Status Invalid(std::string_view given, std::string_view why) {
  return Status::InvalidArgument("Invalid path " + Quote(given, 200) + ": " + std::string(why));
}

// "C:/a", "c:\\a", "\\\\server\\share": absolute elsewhere.
bool IsAbsoluteOnWindows(std::string_view path) {
  if (path.starts_with("\\\\")) return true;
  return path.size() >= 3 && std::isalpha(static_cast<unsigned char>(path[0])) != 0 &&
         path[1] == ':' && (path[2] == '/' || path[2] == '\\');
}

std::string EscapeControls(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      out.push_back(c);
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

// False when it never comes to rest.
bool DecodeFully(std::string& text) {
  for (int i = 0; i < kMostDecodings; ++i) {
    auto decoded = PercentDecode(text);
    if (decoded == text) return true;
    text = std::move(decoded);
  }
  return false;
}

}  // namespace

Result<std::string> SafeArtifactPath(std::string_view given) {
  std::string path(given);
  if (!DecodeFully(path)) return Invalid(given, "its escapes are nested too deep");
  if (!IsUtf8(path)) return Invalid(given, "it is not UTF-8");
  path = EscapeControls(path);
  if (path.find('#') != std::string::npos) return Refused();
  if (path.starts_with('/') || IsAbsoluteOnWindows(path) || ToLower(path.substr(0, 5)) == "file:") {
    return Refused();
  }
  std::string safe;
  for (const auto& name : Split(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name == "..") return Refused();
    if (name.size() > kLongestName) return Invalid(given, "a name is longer than 255 bytes");
    if (name.starts_with(kUploadPrefix)) {
      return Invalid(given,
                     "names that start with \"" + std::string(kUploadPrefix) + "\" are reserved");
    }
    if (!safe.empty()) safe.push_back('/');
    safe.append(name);
  }
  if (safe.size() > kLongestPath) {
    return Invalid(given, "it is longer than " + std::to_string(kLongestPath) + " bytes");
  }
  return safe;
}

}  // namespace reeve::server
