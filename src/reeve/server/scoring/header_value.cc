#include "reeve/server/scoring/header_value.h"

#include "reeve/base/text.h"

namespace reeve::server {
namespace {

// Takes the value of a parameter off the front of `rest`: a token, or a text between quotes.
std::string TakeValue(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = Trim(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  std::size_t at = 1;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
    value += rest[at];
  }
  rest.remove_prefix(std::min(rest.find(';', at), rest.size()));
  return value;
}

}  // namespace

std::string_view HeaderValue::Parameter(std::string_view name) const {
  for (const auto& [key, text] : parameters) {
    if (key == name) return text;
  }
  return {};
}

bool HeaderValue::IsUtf8() const {
  const std::string charset = ToLower(Parameter("charset"));
  return charset.empty() || charset == "utf-8" || charset == "utf8";
}

HeaderValue ReadHeaderValue(std::string_view header) {
  HeaderValue value;
  const std::size_t end = std::min(header.find(';'), header.size());
  value.first = ToLower(Trim(header.substr(0, end)));
  std::string_view rest = header.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    const std::size_t equals = rest.find('=');
    const std::size_t next = rest.find(';');
    if (equals == std::string_view::npos || next < equals) {
      rest.remove_prefix(std::min(next, rest.size()));
      continue;
    }
    std::string name = ToLower(Trim(rest.substr(0, equals)));
    rest.remove_prefix(equals + 1);
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    value.parameters.emplace_back(std::move(name), TakeValue(rest));
  }
  return value;
}

}  // namespace reeve::server
