#include "reeve/tracking/s3/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr int kMostDepth = 8;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kNameBytes =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:-.";
constexpr std::pair<std::string_view, char> kEntities[] = {
    {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

// A character of XML 1.0 as UTF-8; false for a number that is none.
bool AppendCharacter(std::uint32_t code, std::string& text) {
  const bool is_control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
  if (is_control || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  } else if (code < 0x10000) {
    text += {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  } else {
    text += {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
  }
  return true;
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  Result<XmlElement> ReadDocument() {
    SkipBlanks();
    if (rest_.starts_with("<?xml") && !SkipBehind("?>")) return Malformed();
    if (!SkipComments()) return Malformed();
    XmlElement root;
    if (!ReadElement(1, root) || !SkipComments() || !rest_.empty() || !is_utf8_) return Malformed();
    return root;
  }

 private:
  static Status Malformed() { return Status::Corrupt("what was answered is no XML that is known"); }

  bool Take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void SkipBlanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
  }
  bool SkipBehind(std::string_view word) {
    const std::size_t at = rest_.find(word);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + word.size());
    return true;
  }
  // Outside of elements.
  bool SkipComments() {
    SkipBlanks();
    while (Take("<!--")) {
      if (!SkipBehind("-->")) return false;
      SkipBlanks();
    }
    return true;
  }

  std::string_view ReadName() {
    const std::size_t size = std::min(rest_.find_first_not_of(kNameBytes), rest_.size());
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  // name="value" or name='value', whatever it says.
  bool SkipAttribute() {
    if (ReadName().empty()) return false;
    SkipBlanks();
    if (!Take("=")) return false;
    SkipBlanks();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '"' && quote != '\'') return false;
    rest_.remove_prefix(1);
    return SkipBehind({&quote, 1});
  }

  bool ReadElement(int depth, XmlElement& element) {
    if (depth > kMostDepth || !Take("<")) return false;
    element.name = ReadName();
    if (element.name.empty()) return false;
    for (;;) {
      SkipBlanks();
      if (Take("/>")) return true;
      if (Take(">")) return ReadContent(depth, element);
      if (!SkipAttribute()) return false;
    }
  }

  bool ReadContent(int depth, XmlElement& element) {
    while (!rest_.empty()) {
      if (Take("</")) {
        if (ReadName() != element.name) return false;
        SkipBlanks();
        is_utf8_ = is_utf8_ && IsUtf8(element.text);
        return Take(">");
      }
      if (Take("<!--")) {
        if (!SkipBehind("-->")) return false;
      } else if (rest_.front() == '<') {
        if (!ReadElement(depth + 1, element.children.emplace_back())) return false;
      } else if (!ReadText(element.text)) {
        return false;
      }
    }
    return false;
  }

  bool ReadText(std::string& text) {
    const std::size_t size = std::min(rest_.find_first_of("<&"), rest_.size());
    text += rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (!Take("&")) return true;
    const std::size_t end = rest_.find(';');
    if (end == std::string_view::npos) return false;
    std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (name.starts_with('#')) {
      const bool is_hex = name.starts_with("#x");
      name.remove_prefix(is_hex ? 2 : 1);
      std::uint32_t code = 0;
      const char* const last = name.data() + name.size();
      const auto [stop, error] = std::from_chars(name.data(), last, code, is_hex ? 16 : 10);
      return error == std::errc() && stop == last && AppendCharacter(code, text);
    }
    for (const auto& [entity, character] : kEntities) {
      if (name != entity) continue;
      text += character;
      return true;
    }
    return false;
  }

  std::string_view rest_;
  bool is_utf8_ = true;
};

}  // namespace

const XmlElement* XmlElement::Find(std::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& other) { return other.name == child; });
  return found != children.end() ? &*found : nullptr;
}

std::string XmlElement::TextOf(std::string_view child) const {
  const XmlElement* const found = Find(child);
  return found != nullptr ? found->text : "";
}

Result<XmlElement> ParseXml(std::string_view text) { return XmlReader(text).ReadDocument(); }

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto* const entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                            [&](const auto& known) { return known.second == c; });
    if (entity == std::end(kEntities)) {
      escaped += c;
    } else {
      escaped.append("&").append(entity->first).append(";");
    }
  }
  return escaped;
}

}  // namespace reeve::tracking
