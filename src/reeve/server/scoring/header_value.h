#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve::server {

/// A header such as Content-Type or Content-Disposition, taken apart (RFC 9110, 8.3.1).
struct HeaderValue {
  /// "text/csv", in lower case.
  std::string first;
  /// Names in lower case, values without their quotes.
  std::vector<std::pair<std::string, std::string>> parameters;

  /// Empty when there is none of that name.
  std::string_view Parameter(std::string_view name) const;
  /// False when a charset is given that is not UTF-8.
  bool IsUtf8() const;
};

/// Reads what it can: a header that makes no sense gives a first word that nobody expects.
HeaderValue ReadHeaderValue(std::string_view header);

}  // namespace reeve::server
