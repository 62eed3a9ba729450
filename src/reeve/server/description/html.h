#pragma once

#include <string>
#include <string_view>

namespace reeve::server {

/// HTML put together piece by piece. What comes from outside (names of columns, categories, what a
/// person typed) goes through Text and Attribute, which escape; Raw is for our own markup.
class Html {
 public:
  Html& Raw(std::string_view markup) {
    html_ += markup;
    return *this;
  }
  /// Escaped, so that it is shown as it is. Bytes that are no UTF-8 and control characters that
  /// HTML forbids become U+FFFD.
  Html& Text(std::string_view text);
  /// ` name="value"`. REQUIRES: name is ours.
  Html& Attribute(std::string_view name, std::string_view value);
  /// `<tag class="css_class">text</tag>`; no attribute for an empty class.
  Html& Element(std::string_view tag, std::string_view css_class, std::string_view text);

  const std::string& text() const { return html_; }
  std::string Take() { return std::move(html_); }

 private:
  std::string html_;
};

/// "84.7 %".
std::string Percent(double share);
/// The number as people read it: digits in groups when it is whole and long, else the shortest
/// text of up to six significant digits.
std::string ReadableNumber(double number);

}  // namespace reeve::server
