#include "reeve/mlflow/uri_parts.h"

#include <algorithm>
#include <cctype>

#include "reeve/base/percent.h"
#include "reeve/base/text.h"

namespace reeve::mlflow {
namespace {

constexpr int kMostDecodings = 10;

bool IsSchemeByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

}  // namespace

UriParts SplitUri(std::string_view uri) {
  UriParts parts;
  const std::size_t colon = uri.find(':');
  if (colon != std::string_view::npos && colon > 0 &&
      std::isalpha(static_cast<unsigned char>(uri[0])) != 0 &&
      std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), IsSchemeByte)) {
    parts.scheme = ToLower(uri.substr(0, colon));
    uri.remove_prefix(colon + 1);
  }
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const std::size_t end = std::min(uri.find_first_of("/?#"), uri.size());
    parts.authority = uri.substr(0, end);
    uri.remove_prefix(end);
  }
  parts.path = uri.substr(0, std::min(uri.find_first_of("?#"), uri.size()));
  return parts;
}

std::string HostOf(const std::string& authority) {
  std::string host = authority.substr(authority.rfind('@') + 1);
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  return ToLower(host.substr(0, host.find(']')));
}

std::vector<std::string> PathSegments(std::string_view path) {
  std::vector<std::string> segments;
  for (std::string& segment : Split(path, '/')) {
    if (!segment.empty()) segments.push_back(std::move(segment));
  }
  return segments;
}

bool IsLocalUri(const UriParts& uri) {
  if (uri.scheme.empty()) return true;
  if (uri.scheme != "file") return false;
  const std::string host = HostOf(uri.authority);
  return host.empty() || host == "." || host.starts_with("localhost") ||
         host.starts_with("127.0.0.1");
}

std::string DecodeFully(std::string text, bool plus) {
  for (int i = 0; i < kMostDecodings; ++i) {
    std::string decoded = plus ? DecodeFormValue(text) : PercentDecode(text);
    if (decoded == text) break;
    text = std::move(decoded);
  }
  return text;
}

}  // namespace reeve::mlflow
