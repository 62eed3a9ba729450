#include "reeve/inference/field_reader.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/base/wide_loops.h"
#include "reeve/contract/day_lanes.h"

namespace reeve::inference {
namespace {

using contract::Cell;
using contract::Rule;

std::vector<std::string> Both(std::vector<std::string> texts,
                              const std::vector<std::string>& more) {
  texts.insert(texts.end(), more.begin(), more.end());
  return texts;
}

constexpr std::size_t kMostPlainRows = 64;
// Fewer texts are found sooner one after the other.
constexpr std::size_t kFewestListed = 8;

bool HoldsDay(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [](const std::string& text) {
    return text.size() == contract::kDayBytes && contract::ReadDay(text.data()) != contract::kNoDay;
  });
}

bool HoldsNumber(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [](const std::string& text) { return ParseNumber(text).has_value(); });
}

// Without a way out on the way, so that it becomes vectors. NaN is.
REEVE_LOOP bool AnyOutside(const double* values, std::size_t rows, double minimum, double maximum) {
  std::uint64_t outside = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    outside |= std::uint64_t{!(values[row] >= minimum)};
    outside |= std::uint64_t{!(values[row] <= maximum)};
  }
  return outside != 0;
}

// Seconds of days that texts spell; gives the bits of texts that spell none.
std::uint64_t ReadDays(std::span<const std::string_view> texts,
                       std::span<const contract::TextHead> heads, double* seconds) {
#ifdef REEVE_WIDE
  if (HasWideVectors())
    return contract::ReadDaysWide(texts.data(), heads.data(), texts.size(), seconds);
#endif
  std::uint64_t others = 0;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const std::int32_t day =
        contract::ReadDay(heads[row].first, static_cast<std::uint16_t>(heads[row].last));
    const bool is_day = (day != contract::kNoDay) & (texts[row].size() == contract::kDayBytes);
    seconds[row] = day * contract::kSecondsOfDay;
    others |= std::uint64_t{!is_day} << row;
  }
  return others;
}

// A bit for each row, eight of them at a time.
std::uint64_t RowsOfOtherKinds(std::span<const Cell::Kind> kinds, Cell::Kind kind) {
  static_assert(std::endian::native == std::endian::little && sizeof(Cell::Kind) == 1);
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL, kLowest = 0x0102040810204080ULL;
  const std::uint64_t wanted = kOnes * static_cast<std::uint64_t>(kind);
  const auto others = [&](std::uint64_t eight) {
    // What differs gets its highest bit; those of all bytes move together.
    return (((eight ^ wanted) + 0x7F * kOnes) >> 7 & kOnes) * kLowest >> 56;
  };
  std::uint64_t bits = 0;
  std::size_t row = 0;
  for (; row + 8 <= kinds.size(); row += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, kinds.data() + row, sizeof eight);
    bits |= others(eight) << row;
  }
  for (; row < kinds.size(); ++row) bits |= std::uint64_t{kinds[row] != kind} << row;
  return bits;
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
  has_plain_days_ =
      column.type == ColumnType::kDatetime && !HoldsDay(Both(missing_texts, column.stray_texts));
  if (column.type != ColumnType::kCategory) return;
  for (const auto& [category, rows] : column.categories) dictionary_.push_back(category);
  known_ = static_cast<std::int32_t>(dictionary_.size());
  dictionary_.insert(dictionary_.end(), further.begin(), further.end());
  index_ = CategoryIndex(dictionary_);
  is_trimmed_ = std::all_of(dictionary_.begin(), dictionary_.end(),
                            [](const std::string& text) { return Trim(text) == text; });
  const auto known = std::span(dictionary_).first(static_cast<std::size_t>(known_));
  if (is_trimmed_ && CategoryList::Takes(known)) list_ = CategoryList(known);
  missing_code_ = CodeOf({});
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

FieldReader::Number FieldReader::ReadText(std::string_view text,
                                          contract::NumberFormat format) const {
  if (IsMissing(text)) return {kMissingNumber, Absent()};
  const auto number = contract::ReadValue(text, column_->type, format, column_->date_format);
  if (number) return InRange(*number);
  if (contract::IsNoNumber(text)) return {kMissingNumber, Absent()};
  return {kMissingNumber, Rule::kWrongType};
}

FieldReader::Number FieldReader::ReadNumber(const Cell& cell) const {
  if (cell.kind == Cell::Kind::kMissing) return {kMissingNumber, Absent()};
  if (cell.kind == Cell::Kind::kNumber && !numbers_as_texts_ && !std::isnan(cell.number))
    return InRange(cell.number);
  if (cell.kind == Cell::Kind::kSeconds && column_->type == ColumnType::kDatetime)
    return InRange(cell.number);
  // What was no text is spelt plainly, whatever the column's texts look like.
  const bool is_text = cell.kind == Cell::Kind::kText;
  return ReadText(CellText(cell).view(),
                  is_text ? column_->number_format : contract::NumberFormat::kPlain);
}

bool FieldReader::ArePlainNumbers(std::span<const Cell::Kind> kinds,
                                  std::span<const double> numbers) const {
  return RowsOfOtherKinds(kinds, Cell::Kind::kNumber) == 0 &&
         !RunLoop<AnyOutside>(numbers.data(), numbers.size(), plain_minimum_, plain_maximum_);
}

FieldReader::Plain FieldReader::ReadPlain(const CellSpans& cells, double* values) const {
  const std::size_t rows = cells.kinds.size();
  const std::uint64_t all =
      rows == kMostPlainRows ? ~std::uint64_t{0} : (std::uint64_t{1} << rows) - 1;
  if (numbers_as_texts_ && !has_plain_days_) return {.others = all};
  const Cell::Kind plain = has_plain_days_ ? Cell::Kind::kText : Cell::Kind::kNumber;
  std::uint64_t others = RowsOfOtherKinds(cells.kinds, plain);
  if (has_plain_days_) {
    others |= ReadDays(cells.texts, cells.heads, values);
  } else {
    std::copy_n(cells.numbers.data(), rows, values);
  }
  const double inside = std::min(std::max(0.0, minimum_), maximum_);
  for (std::uint64_t left = others; left != 0; left &= left - 1)
    values[std::countr_zero(left)] = inside;
  if (RunLoop<AnyOutside>(values, rows, minimum_, maximum_)) return {.others = all};
  if (others == 0 || column_->required) return {.others = others};
  const std::uint64_t missing = others & ~RowsOfOtherKinds(cells.kinds, Cell::Kind::kMissing);
  for (std::uint64_t left = missing; left != 0; left &= left - 1)
    values[std::countr_zero(left)] = kMissingNumber;
  return {.others = others & ~missing, .missing = std::popcount(missing)};
}

std::uint64_t FieldReader::FindKnown(const CellSpans& cells, std::int32_t* codes) const {
  std::uint64_t others = RowsOfOtherKinds(cells.kinds, Cell::Kind::kText);
  if (!list_.empty() && cells.kinds.size() >= kFewestListed) {
    const std::uint64_t unknown = list_.Find(cells.texts, cells.heads, codes);
    // What is no text may look like one.
    for (std::uint64_t left = others; left != 0; left &= left - 1)
      codes[std::countr_zero(left)] = CategoryIndex::kUnknown;
    return others | unknown;
  }
  for (std::size_t row = 0; row < cells.kinds.size(); ++row) {
    const bool is_text = (others >> row & 1) == 0 && is_trimmed_;
    const std::int32_t found =
        is_text ? index_.Find(cells.texts[row], cells.heads[row]) : CategoryIndex::kUnknown;
    codes[row] = found < known_ ? found : CategoryIndex::kUnknown;
    others |= std::uint64_t{codes[row] == CategoryIndex::kUnknown} << row;
  }
  return others;
}

FieldReader::Code FieldReader::CodeOf(std::string_view text) const {
  const std::int32_t found = index_.Find(text);
  if (found != CategoryIndex::kUnknown && found < known_) return {found, {}};
  if (IsMissing(text)) return {kMissingCode, Absent()};
  const auto other = static_cast<std::int32_t>(dictionary_.size());
  return {found == CategoryIndex::kUnknown ? other : found, Rule::kUnseenCategory};
}

FieldReader::Code FieldReader::ReadCode(const Cell& cell) const {
  return cell.kind == Cell::Kind::kMissing ? missing_code_ : CodeOf(CellText(cell).view());
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
