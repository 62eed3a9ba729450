#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/table/table.h"

namespace reeve::contract {

/// How a column's numbers are spelt. Decided once, from the training table; at prediction the same
/// spelling is read.
enum class NumberFormat {
  /// 1234.5, -1e6
  kPlain,
  /// Also with thousands separators, a currency sign or word, a percent sign: "1,234", "$3,199.00",
  /// "Rs. 899", "12 %".
  kDecorated,
};

/// Texts that stand for "no value" besides the empty one: "?", "NA", "N/A", "nan", "null", "none",
/// "inf" … (compared without regard to ASCII case).
const std::vector<std::string>& DefaultMissingTexts();

struct TypingOptions {
  /// Types that the user fixed, by column name; they win over what is inferred.
  std::map<std::string, ColumnType> column_types = {};
  /// Texts read as missing; also the numbers they spell, where a source has numbers.
  std::vector<std::string> missing_texts = DefaultMissingTexts();
  /// A column of texts stays a category up to this many distinct values, or up to half of the rows.
  std::int64_t max_categories = 1000;
  /// Up to this share of texts in a column of numbers is read as missing, with a note.
  double max_stray_share = 0.05;
};

/// Something that typing decided and a reader should know, e.g. four texts among 196 numbers.
struct TypingNote {
  std::string column;
  std::string message;
};

/// What typing found for one column.
struct ColumnTyping {
  ColumnType type = ColumnType::kText;
  NumberFormat number_format = NumberFormat::kPlain;
  /// Texts among a column of numbers that were read as missing; at prediction they are again.
  std::vector<std::string> stray_texts = {};
};

struct TypedTable {
  Table table;
  /// One for each column of `table`.
  std::vector<ColumnTyping> typing;
  std::vector<TypingNote> notes;
};

/// Gives every column of a raw table (texts as read; or numbers of a typed source) its type and
/// storage: numbers as doubles, categories as codes, dates as seconds. Consumes `raw` column by
/// column so that memory holds one column twice at most. Columns are typed in parallel on up to
/// `threads` threads with the same result for any number.
/// Fails with kInvalidArgument when a fixed type names no column (with the nearest name) and with
/// kInvalidData when values do not fit a fixed type (column, row, value).
Result<TypedTable> InferTypes(Table raw, const TypingOptions& options, int threads = 1);

/// The number that a trimmed `text` spells in `format`; nothing when it spells none.
std::optional<double> ReadNumber(std::string_view text, NumberFormat format);
/// Words that stand for no number in a column of numbers ("inf", "none", "-"), though they may be a
/// category elsewhere.
bool IsNoNumber(std::string_view text);
/// true/false in any ASCII case (also 1/0).
std::optional<bool> ReadBoolean(std::string_view text);
/// Seconds since 1970-01-01 UTC of an ISO 8601 date or date-time ("2025-03-01", "2025-03-01 12:30",
/// "2025-03-01T12:30:00.5Z", "+01:00"), "2016-04-30 03:22:56 +0000", or "31/12/2025"-like forms are
/// not guessed (ambiguous).
std::optional<double> ReadDatetime(std::string_view text);

/// What stands for no value.
class MissingTexts {
 public:
  explicit MissingTexts(const std::vector<std::string>& texts);
  /// REQUIRES: text is trimmed.
  bool Contains(std::string_view text) const;
  /// Whether the shortest text of a number is one of them: 99 for "99".
  bool ContainsNumber(double number) const;
  /// False: ContainsNumber holds for none.
  bool HoldNumbers() const { return hold_numbers_; }

 private:
  std::vector<std::string> lower_;
  std::size_t longest_ = 0;
  bool hold_numbers_ = false;
};

}  // namespace reeve::contract
