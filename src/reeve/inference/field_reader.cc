#include "reeve/inference/field_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::inference {
namespace {

using contract::Cell;
using contract::Rule;

std::vector<std::string> Both(std::vector<std::string> texts,
                              const std::vector<std::string>& more) {
  texts.insert(texts.end(), more.begin(), more.end());
  return texts;
}

bool HoldsNumber(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [](const std::string& text) { return ParseNumber(text).has_value(); });
}

// The text that a number or boolean has in a table, on the stack (base's FormatNumber allocates).
class CellText {
 public:
  explicit CellText(const Cell& cell) {
    if (cell.kind == Cell::Kind::kText) {
      text_ = Trim(cell.text);
    } else if (cell.kind == Cell::Kind::kBoolean) {
      text_ = cell.number != 0 ? "true" : "false";
    } else if (cell.kind == Cell::Kind::kNumber && !std::isnan(cell.number)) {
      text_ = Spell(cell.number);
    }
  }
  CellText(const CellText&) = delete;
  CellText& operator=(const CellText&) = delete;

  std::string_view view() const { return text_; }

 private:
  std::string_view Spell(double value) {
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
    const bool is_whole = value == std::trunc(value) && std::abs(value) < kExactIntegers;
    char* const last = buffer_ + sizeof buffer_;
    char* const end = is_whole ? std::to_chars(buffer_, last, static_cast<std::int64_t>(value)).ptr
                               : std::to_chars(buffer_, last, value).ptr;
    return {buffer_, static_cast<std::size_t>(end - buffer_)};
  }

  char buffer_[FieldReader::kSpelledBytes];
  std::string_view text_;
};

}  // namespace

FieldReader::FieldReader(const contract::ContractColumn& column,
                         const std::vector<std::string>& missing_texts,
                         const std::vector<std::string>& further)
    : column_(&column),
      missing_(Both(missing_texts, column.stray_texts)),
      numbers_as_texts_((column.type != ColumnType::kInteger && column.type != ColumnType::kReal) ||
                        HoldsNumber(Both(missing_texts, column.stray_texts))),
      minimum_(-std::numeric_limits<double>::infinity()),
      maximum_(std::numeric_limits<double>::infinity()) {
  if (column.minimum && column.maximum) {
    minimum_ = *column.minimum;
    maximum_ = *column.maximum;
  }
  if (!numbers_as_texts_) {
    plain_minimum_ = minimum_;
    plain_maximum_ = maximum_;
  }
  if (column.type != ColumnType::kCategory) return;
  for (const auto& [category, rows] : column.categories) dictionary_.push_back(category);
  known_ = static_cast<std::int32_t>(dictionary_.size());
  dictionary_.insert(dictionary_.end(), further.begin(), further.end());
  index_ = CategoryIndex(dictionary_);
  is_trimmed_ = std::all_of(dictionary_.begin(), dictionary_.end(),
                            [](const std::string& text) { return Trim(text) == text; });
}

Column::Storage FieldReader::storage() const {
  switch (column_->type) {
    case ColumnType::kInteger:
    case ColumnType::kReal:
    case ColumnType::kBoolean:
    case ColumnType::kDatetime:
      return Column::Storage::kNumbers;
    case ColumnType::kCategory:
      return Column::Storage::kCodes;
    case ColumnType::kText:
    case ColumnType::kList:
    case ColumnType::kId:
      break;
  }
  return Column::Storage::kTexts;
}

std::optional<Rule> FieldReader::Absent() const {
  return column_->required ? std::optional(Rule::kMissingValue) : std::nullopt;
}

FieldReader::Number FieldReader::InRange(double value) const {
  const bool outside = value < minimum_ || value > maximum_;
  return {value, outside ? std::optional(Rule::kOutOfRange) : std::nullopt};
}

FieldReader::Number FieldReader::ReadText(std::string_view text) const {
  if (IsMissing(text)) return {kMissingNumber, Absent()};
  std::optional<double> number;
  if (column_->type == ColumnType::kDatetime) {
    number = contract::ReadDatetime(text);
  } else if (column_->type == ColumnType::kBoolean) {
    if (const auto truth = contract::ReadBoolean(text)) number = *truth ? 1.0 : 0.0;
  } else {
    number = contract::ReadNumber(text, column_->number_format);
  }
  if (number) return InRange(*number);
  if (contract::IsNoNumber(text)) return {kMissingNumber, Absent()};
  return {kMissingNumber, Rule::kWrongType};
}

FieldReader::Number FieldReader::ReadNumber(const Cell& cell) const {
  if (cell.kind == Cell::Kind::kNumber && !numbers_as_texts_ && !std::isnan(cell.number))
    return InRange(cell.number);
  if (cell.kind == Cell::Kind::kSeconds && column_->type == ColumnType::kDatetime)
    return InRange(cell.number);
  return ReadText(CellText(cell).view());
}

bool FieldReader::ArePlainNumbers(std::span<const Cell::Kind> kinds,
                                  std::span<const double> numbers) const {
  // Without a way out on the way: both loops become vectors.
  unsigned others = 0;
  for (const Cell::Kind kind : kinds)
    others |= static_cast<unsigned>(kind) ^ static_cast<unsigned>(Cell::Kind::kNumber);
  if (others != 0) return false;
  std::uint64_t outside = 0;
  for (const double number : numbers) {
    outside |= std::uint64_t{!(number >= plain_minimum_)};
    outside |= std::uint64_t{!(number <= plain_maximum_)};
  }
  return outside == 0;
}

FieldReader::Code FieldReader::CodeOf(std::string_view text) const {
  const std::int32_t found = index_.Find(text);
  if (found != CategoryIndex::kUnknown && found < known_) return {found, {}};
  if (IsMissing(text)) return {kMissingCode, Absent()};
  const auto other = static_cast<std::int32_t>(dictionary_.size());
  return {found == CategoryIndex::kUnknown ? other : found, Rule::kUnseenCategory};
}

FieldReader::Code FieldReader::ReadCode(const Cell& cell) const {
  return CodeOf(CellText(cell).view());
}

FieldReader::Presence FieldReader::ReadPresence(const Cell& cell) const {
  const bool is_missing = IsMissing(CellText(cell).view());
  return {is_missing, is_missing ? Absent() : std::nullopt};
}

FieldReader::Text FieldReader::ReadText(const Cell& cell,
                                        std::span<char, kSpelledBytes> spelled) const {
  const CellText text(cell);
  if (IsMissing(text.view())) return {{}, Absent()};
  if (cell.kind == Cell::Kind::kText) return {text.view(), {}};
  std::copy(text.view().begin(), text.view().end(), spelled.begin());
  return {{spelled.data(), text.view().size()}, {}};
}

}  // namespace reeve::inference
