#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve {

/// What a column means. The names are those of the JSON answers and of `[data.columns]`.
enum class ColumnType {
  /// Whole numbers.
  kInteger,
  /// Numbers with fractions.
  kReal,
  /// true / false; stored as 1 and 0.
  kBoolean,
  /// One of a limited set of texts (also coded categories that a user declared to be such).
  kCategory,
  /// Free text: not one of a limited set.
  kText,
  /// A date or a date with time; stored as seconds since 1970-01-01 UTC.
  kDatetime,
  /// A list of values, kept as JSON text.
  kList,
  /// Names a row (running number, UUID): never a feature.
  kId,
};

/// "integer", "real", "boolean", "category", "text", "datetime", "list", "id".
std::string_view ColumnTypeName(ColumnType type);
/// The inverse. Fails with kInvalidArgument naming the nearest type.
Result<ColumnType> ParseColumnType(std::string_view name);

/// The code of a missing category.
inline constexpr std::int32_t kMissingCode = -1;
/// The missing number.
inline constexpr double kMissingNumber = std::numeric_limits<double>::quiet_NaN();

/// One named column of a table: `size()` values in one of three storages.
///
/// - kNumbers: a double each, NaN = missing (integer, real, boolean, datetime).
/// - kCodes: an int32 each into `dictionary()`, kMissingCode = missing (category, and text or id
/// when
///   values repeat). Dictionary entries are distinct; not every entry need occur.
/// - kTexts: bytes one after the other with offsets, the empty text = missing (as read, not yet
///   typed; text, list, id). Trimmed by whoever appends.
///
/// Owns its values. Thread-compatible.
class Column {
 public:
  enum class Storage { kNumbers, kCodes, kTexts };

  static Column Numbers(std::string name, ColumnType type, std::vector<double> numbers);
  static Column Codes(std::string name, ColumnType type, std::vector<std::int32_t> codes,
                      std::vector<std::string> dictionary);
  /// An empty text column to append to.
  static Column Texts(std::string name, ColumnType type = ColumnType::kText);

  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }
  ColumnType type() const { return type_; }
  void set_type(ColumnType type) { type_ = type; }
  Storage storage() const { return storage_; }
  std::int64_t size() const;

  /// REQUIRES: storage() == kNumbers.
  std::span<const double> numbers() const { return numbers_; }
  std::vector<double>& mutable_numbers() { return numbers_; }
  /// REQUIRES: storage() == kCodes.
  std::span<const std::int32_t> codes() const { return codes_; }
  const std::vector<std::string>& dictionary() const { return dictionary_; }
  /// REQUIRES: storage() == kTexts. The view lives as long as the column is not appended to.
  std::string_view text(std::int64_t row) const {
    return std::string_view(bytes_).substr(
        offsets_[static_cast<std::size_t>(row)],
        offsets_[static_cast<std::size_t>(row) + 1] - offsets_[static_cast<std::size_t>(row)]);
  }
  /// REQUIRES: storage() == kTexts.
  void AppendText(std::string_view text) {
    bytes_.append(text);
    offsets_.push_back(bytes_.size());
  }
  void Reserve(std::int64_t rows, std::size_t bytes);

  bool IsMissing(std::int64_t row) const;
  std::int64_t CountMissing() const;
  /// The value as text, as it would stand in a CSV file ("" when missing; dates in ISO 8601; true,
  /// false; numbers in their shortest form), whatever the storage.
  std::string ToText(std::int64_t row) const;

  /// The rows `rows`, in that order.
  Column Take(std::span<const std::int64_t> rows) const;
  /// Appends `other`'s values. REQUIRES: same storage. Dictionaries are merged.
  void Append(const Column& other);

 private:
  Column(std::string name, ColumnType type, Storage storage)
      : name_(std::move(name)), type_(type), storage_(storage) {}

  std::string name_;
  ColumnType type_;
  Storage storage_;
  std::vector<double> numbers_;
  std::vector<std::int32_t> codes_;
  std::vector<std::string> dictionary_;
  std::vector<std::uint64_t> offsets_{0};
  std::string bytes_;
};

}  // namespace reeve
