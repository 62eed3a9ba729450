#include "reeve/ingest/row_text.h"

#include <cmath>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

bool IsPlainNumber(const Column& column) {
  return column.storage() == Column::Storage::kNumbers && column.type() != ColumnType::kBoolean &&
         column.type() != ColumnType::kDatetime;
}

std::string_view TextOf(const Column& column, std::int64_t row) {
  if (column.storage() == Column::Storage::kTexts) return column.text(row);
  const std::int32_t code = column.codes()[static_cast<std::size_t>(row)];
  return code == kMissingCode
             ? std::string_view()
             : std::string_view(column.dictionary()[static_cast<std::size_t>(code)]);
}

}  // namespace

void AppendCsvField(std::string_view text, std::string& out) {
  const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos ||
                      (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!quoted) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    out += c;
    if (c == '"') out += c;
  }
  out += '"';
}

void AppendJsonString(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  const bool valid = IsUtf8(text);
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else if (byte >= 0x80 && !valid) {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendCsvRow(const Table& table, std::int64_t row, std::string& out) {
  // An empty line would be no row.
  if (table.column_count() == 1 && table.column(0).IsMissing(row)) {
    out += "\"\"\n";
    return;
  }
  bool first = true;
  for (const Column& column : table.columns()) {
    if (!first) out += ',';
    first = false;
    if (IsPlainNumber(column)) {
      const double number = column.numbers()[static_cast<std::size_t>(row)];
      if (!std::isnan(number)) AppendNumber(number, out);
    } else if (column.storage() == Column::Storage::kNumbers) {
      out += column.ToText(row);
    } else {
      AppendCsvField(TextOf(column, row), out);
    }
  }
  out += '\n';
}

void AppendJsonRow(const Table& table, std::int64_t row, std::string& out) {
  out += '{';
  bool first = true;
  for (const Column& column : table.columns()) {
    if (!first) out += ',';
    first = false;
    AppendJsonString(column.name(), out);
    out += ':';
    if (column.IsMissing(row)) {
      out += "null";
    } else if (IsPlainNumber(column)) {
      AppendNumber(column.numbers()[static_cast<std::size_t>(row)], out);
    } else if (column.type() == ColumnType::kBoolean) {
      out += column.ToText(row);
    } else if (column.storage() == Column::Storage::kNumbers) {
      AppendJsonString(column.ToText(row), out);
    } else {
      AppendJsonString(TextOf(column, row), out);
    }
  }
  out += "}\n";
}

}  // namespace reeve::ingest
