#include "reeve/workflow/reason_text.h"

namespace reeve::workflow {
namespace {

// Cut between characters, never within one.
std::string Cut(std::string text) {
  constexpr std::size_t kMostBytes = 120;
  if (text.size() <= kMostBytes) return text;
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

std::optional<std::string> FieldValue(const Table& table, const std::string& field,
                                      std::int64_t row) {
  const auto column = table.Find(field);
  if (!column) return std::nullopt;
  return Cut(table.column(*column).ToText(row));
}

std::string ReasonText(const Table& table, const std::string& field, std::int64_t row) {
  const auto value = FieldValue(table, field, row);
  if (!value) return field;
  return value->empty() ? field + " is missing" : field + " = " + *value;
}

std::string DirectionText(double contribution, const std::string& class_name) {
  return (contribution > 0 ? "for " : "against ") + class_name;
}

}  // namespace reeve::workflow
