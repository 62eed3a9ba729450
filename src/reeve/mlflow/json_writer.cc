#include "reeve/mlflow/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/text.h"

namespace reeve::mlflow {
namespace {

void AppendEscaped(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          out += c;
        } else {
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[static_cast<unsigned char>(c) & 15];
        }
    }
  }
}

}  // namespace

void JsonWriter::Separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

void JsonWriter::Open(char bracket) {
  Separate();
  out_ += bracket;
  needs_comma_ = false;
}

void JsonWriter::Close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
}

void JsonWriter::Key(std::string_view name) {
  Separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  needs_comma_ = false;
}

void JsonWriter::Text(std::string_view text) {
  Separate();
  if (!IsUtf8(text)) {
    out_ += DumpJson(Json(std::string(text)));
    return;
  }
  out_ += '"';
  AppendEscaped(text, out_);
  out_ += '"';
}

void JsonWriter::Integer(std::int64_t number) {
  Separate();
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out_.append(digits.data(), end.ptr);
}

void JsonWriter::Real(double number) {
  if (std::isnan(number)) return Text("NaN");
  if (std::isinf(number)) return Text(number > 0 ? "Infinity" : "-Infinity");
  Separate();
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  const std::string_view written(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
  out_ += written;
  // A reader of JSON takes "1" for an integer, which a metric's value is not.
  if (written.find_first_of(".e") == std::string_view::npos) out_ += ".0";
}

void JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::Null() {
  Separate();
  out_ += "null";
}

}  // namespace reeve::mlflow
