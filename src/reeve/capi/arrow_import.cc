#include "reeve/capi/arrow_import.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/text.h"
#include "reeve/capi/arrow_text.h"
#include "reeve/capi/arrow_values.h"

namespace reeve::capi {
namespace {

// More rows than any column may have here; keeps every sum of lengths and offsets in range.
constexpr std::int64_t kMaxLength = std::int64_t{1} << 40;
// Of columns that the contract does not know.
constexpr std::size_t kMostUnknown = 100;
constexpr std::size_t kShownNames = 300;
// From here on not every integer is a double.
constexpr double kFirstInexact = 9007199254740992.0;

// ---------------------------------------------------------------- layouts

enum class Kind {
  kNull,
  kBool,
  kInt8,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFloat,
  kDouble,
  kUtf8,
  kLargeUtf8,
  kUtf8View,
  kDays,
  kSeconds,
  kMilliseconds,
  kMicroseconds,
  kNanoseconds,
};

struct Layout {
  std::string_view format;
  Kind kind;
  // Buffers of an array; views have more than this.
  std::int64_t buffers;
};

constexpr std::array<Layout, 21> kLayouts = {{{"n", Kind::kNull, 0},
                                              {"b", Kind::kBool, 2},
                                              {"c", Kind::kInt8, 2},
                                              {"C", Kind::kUint8, 2},
                                              {"s", Kind::kInt16, 2},
                                              {"S", Kind::kUint16, 2},
                                              {"i", Kind::kInt32, 2},
                                              {"I", Kind::kUint32, 2},
                                              {"l", Kind::kInt64, 2},
                                              {"L", Kind::kUint64, 2},
                                              {"f", Kind::kFloat, 2},
                                              {"g", Kind::kDouble, 2},
                                              {"u", Kind::kUtf8, 3},
                                              {"U", Kind::kLargeUtf8, 3},
                                              {"vu", Kind::kUtf8View, 3},
                                              {"tdD", Kind::kDays, 2},
                                              {"tdm", Kind::kMilliseconds, 2},
                                              // With a time zone behind the colon: still UTC.
                                              {"tss:", Kind::kSeconds, 2},
                                              {"tsm:", Kind::kMilliseconds, 2},
                                              {"tsu:", Kind::kMicroseconds, 2},
                                              {"tsn:", Kind::kNanoseconds, 2}}};

std::optional<Layout> FindLayout(std::string_view format) {
  for (const Layout& layout : kLayouts) {
    const bool has_zone = layout.format.back() == ':';
    if (has_zone ? format.starts_with(layout.format) : format == layout.format) return layout;
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- checks

Status CheckSpan(const ArrowArray& array, std::int64_t rows) {
  if (array.release == nullptr) return Status::InvalidArgument("the array was released already");
  if (array.length < 0 || array.length > kMaxLength) {
    return Status::InvalidArgument("length " + std::to_string(array.length) +
                                   ", expected 0 to 2^40");
  }
  if (array.offset < 0 || array.offset > kMaxLength) {
    return Status::InvalidArgument("offset " + std::to_string(array.offset) +
                                   ", expected 0 to 2^40");
  }
  if (array.length < rows) {
    return Status::InvalidArgument(std::to_string(array.length) + " values, expected " +
                                   std::to_string(rows));
  }
  return Status::Ok();
}

Status CheckBuffers(const Layout& layout, const ArrowArray& array, std::int64_t rows) {
  const bool is_view = layout.kind == Kind::kUtf8View;
  if (is_view ? array.n_buffers < layout.buffers : array.n_buffers != layout.buffers) {
    return Status::InvalidArgument(std::to_string(array.n_buffers) + " buffers, expected " +
                                   (is_view ? "at least " : "") + std::to_string(layout.buffers) +
                                   " for type \"" + std::string(layout.format) + "\"");
  }
  if (array.n_buffers > 0 && array.buffers == nullptr) {
    return Status::InvalidArgument("no buffers, a null pointer");
  }
  if (layout.buffers == 0 || rows == 0) return Status::Ok();
  if (array.null_count > 0 && array.buffers[0] == nullptr) {
    return Status::InvalidArgument(std::to_string(array.null_count) +
                                   " nulls, but no bitmap that says which");
  }
  // The last buffer of texts may be absent when all are empty; it is looked at with its offsets.
  if (array.buffers[1] == nullptr) return Status::InvalidArgument("no values, a null pointer");
  return Status::Ok();
}

// ---------------------------------------------------------------- numbers

template <typename T>
Column NumbersOf(const ArrowValues& values, ColumnType type, double divisor) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(values.rows()));
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    double number = kMissingNumber;
    if (values.IsValid(row)) number = static_cast<double>(values.Get<T>(1, row)) / divisor;
    numbers.push_back(std::isfinite(number) ? number : kMissingNumber);
  }
  return Column::Numbers("", type, std::move(numbers));
}

// Integers of 64 bits; from 2^53 on they name things rather than count them, so no digit may go.
template <typename T>
Column WideIntegersOf(const ArrowValues& values) {
  Column numbers = NumbersOf<T>(values, ColumnType::kInteger, 1);
  bool is_exact = true;
  for (const double number : numbers.numbers()) is_exact &= !(std::abs(number) >= kFirstInexact);
  if (is_exact) return numbers;
  Column texts = Column::Texts("");
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    texts.AppendText(values.IsValid(row) ? std::to_string(values.Get<T>(1, row)) : std::string());
  }
  return texts;
}

Column BooleansOf(const ArrowValues& values) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(values.rows()));
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    numbers.push_back(values.IsValid(row) ? values.GetBit(1, row) : kMissingNumber);
  }
  return Column::Numbers("", ColumnType::kBoolean, std::move(numbers));
}

Column DaysOf(const ArrowValues& values) {
  Column days = NumbersOf<std::int32_t>(values, ColumnType::kDatetime, 1);
  for (double& day : days.mutable_numbers()) day *= 86'400;
  return days;
}

// Through microseconds, as everywhere in Reeve: a finer clock is cut, towards the past.
template <std::int64_t kPerSecond>
Column TimesOf(const ArrowValues& values) {
  if constexpr (kPerSecond <= 1'000'000) {
    return NumbersOf<std::int64_t>(values, ColumnType::kDatetime, kPerSecond);
  }
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(values.rows()));
  for (std::int64_t row = 0; row < values.rows(); ++row) {
    if (!values.IsValid(row)) {
      numbers.push_back(kMissingNumber);
      continue;
    }
    constexpr std::int64_t kPerMicro = kPerSecond / 1'000'000;
    const auto time = values.Get<std::int64_t>(1, row);
    const std::int64_t micros = time / kPerMicro - (time % kPerMicro < 0 ? 1 : 0);
    numbers.push_back(static_cast<double>(micros) / 1e6);
  }
  return Column::Numbers("", ColumnType::kDatetime, std::move(numbers));
}

Column NoValues(std::int64_t rows) {
  Column texts = Column::Texts("");
  for (std::int64_t row = 0; row < rows; ++row) texts.AppendText("");
  return texts;
}

Result<Column> ReadPlain(Kind kind, const ArrowValues& values) {
  switch (kind) {
    case Kind::kNull:
      return NoValues(values.rows());
    case Kind::kBool:
      return BooleansOf(values);
    case Kind::kInt8:
      return NumbersOf<std::int8_t>(values, ColumnType::kInteger, 1);
    case Kind::kUint8:
      return NumbersOf<std::uint8_t>(values, ColumnType::kInteger, 1);
    case Kind::kInt16:
      return NumbersOf<std::int16_t>(values, ColumnType::kInteger, 1);
    case Kind::kUint16:
      return NumbersOf<std::uint16_t>(values, ColumnType::kInteger, 1);
    case Kind::kInt32:
      return NumbersOf<std::int32_t>(values, ColumnType::kInteger, 1);
    case Kind::kUint32:
      return NumbersOf<std::uint32_t>(values, ColumnType::kInteger, 1);
    case Kind::kInt64:
      return WideIntegersOf<std::int64_t>(values);
    case Kind::kUint64:
      return WideIntegersOf<std::uint64_t>(values);
    case Kind::kFloat:
      return NumbersOf<float>(values, ColumnType::kReal, 1);
    case Kind::kDouble:
      return NumbersOf<double>(values, ColumnType::kReal, 1);
    case Kind::kUtf8:
      return ReadTexts<std::int32_t>(values);
    case Kind::kLargeUtf8:
      return ReadTexts<std::int64_t>(values);
    case Kind::kUtf8View:
      return ReadTextViews(values);
    case Kind::kDays:
      return DaysOf(values);
    case Kind::kSeconds:
      return TimesOf<1>(values);
    case Kind::kMilliseconds:
      return TimesOf<1'000>(values);
    case Kind::kMicroseconds:
      return TimesOf<1'000'000>(values);
    case Kind::kNanoseconds:
      return TimesOf<1'000'000'000>(values);
  }
  return Status::Internal("an Arrow layout without a reader");
}

// ---------------------------------------------------------------- columns

Result<Layout> LayoutOf(const ArrowSchema& schema) {
  if (schema.release == nullptr) return Status::InvalidArgument("the schema was released already");
  if (schema.format == nullptr) return Status::InvalidArgument("no format, a null pointer");
  if (const auto layout = FindLayout(schema.format)) return *layout;
  return Status::InvalidArgument("Arrow type " + Quote(schema.format) +
                                 " is not read, expected numbers, booleans, texts, dates, "
                                 "timestamps or a dictionary of these")
      .WithFix("cast the column, for example to float64 or utf8");
}

Result<Column> ReadArray(const ArrowSchema& schema, const ArrowArray& array, std::int64_t begin,
                         std::int64_t rows) {
  REEVE_ASSIGN_OR_RETURN(const Layout layout, LayoutOf(schema));
  REEVE_RETURN_IF_ERROR(CheckSpan(array, begin + rows));
  REEVE_RETURN_IF_ERROR(CheckBuffers(layout, array, rows));
  return ReadPlain(layout.kind, ArrowValues(array, begin, rows));
}

template <typename T>
Result<std::vector<std::int32_t>> CodesOf(const ArrowValues& indices, std::int64_t size) {
  std::vector<std::int32_t> codes;
  codes.reserve(static_cast<std::size_t>(indices.rows()));
  for (std::int64_t row = 0; row < indices.rows(); ++row) {
    if (!indices.IsValid(row)) {
      codes.push_back(kMissingCode);
      continue;
    }
    const T index = indices.Get<T>(1, row);
    if (index < 0 || static_cast<std::uint64_t>(index) >= static_cast<std::uint64_t>(size)) {
      return Status::InvalidArgument("row " + std::to_string(row) + " has dictionary index " +
                                     std::to_string(index) + ", expected 0 to " +
                                     std::to_string(size - 1));
    }
    codes.push_back(static_cast<std::int32_t>(index));
  }
  return codes;
}

Result<std::vector<std::int32_t>> ReadCodes(Kind kind, const ArrowValues& indices,
                                            std::int64_t size) {
  switch (kind) {
    case Kind::kInt8:
      return CodesOf<std::int8_t>(indices, size);
    case Kind::kUint8:
      return CodesOf<std::uint8_t>(indices, size);
    case Kind::kInt16:
      return CodesOf<std::int16_t>(indices, size);
    case Kind::kUint16:
      return CodesOf<std::uint16_t>(indices, size);
    case Kind::kInt32:
      return CodesOf<std::int32_t>(indices, size);
    case Kind::kUint32:
      return CodesOf<std::uint32_t>(indices, size);
    case Kind::kInt64:
      return CodesOf<std::int64_t>(indices, size);
    case Kind::kUint64:
      return CodesOf<std::uint64_t>(indices, size);
    default:
      return Status::InvalidArgument("dictionary indices that are no integers");
  }
}

// The values that codes stand for, in the storage of the dictionary.
Column Decode(Column dictionary, std::vector<std::int32_t> codes) {
  if (dictionary.storage() == Column::Storage::kNumbers) {
    std::vector<double> numbers;
    numbers.reserve(codes.size());
    for (const std::int32_t code : codes) {
      numbers.push_back(code == kMissingCode
                            ? kMissingNumber
                            : dictionary.numbers()[static_cast<std::size_t>(code)]);
    }
    return Column::Numbers("", dictionary.type(), std::move(numbers));
  }
  // Entries of a dictionary are distinct and never missing here; in Arrow they need not be.
  std::map<std::string_view, std::int32_t> first;
  std::vector<std::string> texts;
  std::vector<std::int32_t> translated;
  for (std::int64_t entry = 0; entry < dictionary.size(); ++entry) {
    const std::string_view text = dictionary.text(entry);
    const auto [it, is_new] = first.emplace(text, static_cast<std::int32_t>(texts.size()));
    if (is_new) texts.emplace_back(text);
    translated.push_back(text.empty() ? kMissingCode : it->second);
  }
  for (std::int32_t& code : codes) {
    if (code != kMissingCode) code = translated[static_cast<std::size_t>(code)];
  }
  return Column::Codes("", ColumnType::kText, std::move(codes), std::move(texts));
}

Result<Column> ReadDictionary(const ArrowSchema& schema, const ArrowArray& array,
                              std::int64_t begin, std::int64_t rows) {
  REEVE_ASSIGN_OR_RETURN(const Layout layout, LayoutOf(schema));
  REEVE_RETURN_IF_ERROR(CheckSpan(array, begin + rows));
  REEVE_RETURN_IF_ERROR(CheckBuffers(layout, array, rows));
  if (array.dictionary == nullptr) return Status::InvalidArgument("a dictionary without values");
  if (schema.dictionary->dictionary != nullptr) {
    return Status::InvalidArgument("a dictionary of dictionaries, expected one of values");
  }
  const std::int64_t size = array.dictionary->length;
  if (size > std::numeric_limits<std::int32_t>::max()) {
    return Status::InvalidArgument("a dictionary of " + std::to_string(size) +
                                   " values, expected at most 2^31 - 1");
  }
  Result<Column> values = ReadArray(*schema.dictionary, *array.dictionary, 0, size);
  if (!values.ok()) return std::move(values).status().WithContext("dictionary");
  REEVE_ASSIGN_OR_RETURN(std::vector<std::int32_t> codes,
                         ReadCodes(layout.kind, ArrowValues(array, begin, rows), size));
  return Decode(std::move(*values), std::move(codes));
}

// ---------------------------------------------------------------- the struct array

Status CheckStruct(const ArrowSchema& schema, const ArrowArray& array) {
  if (schema.release == nullptr) return Status::InvalidArgument("the schema was released already");
  if (schema.format == nullptr || std::string_view(schema.format) != "+s") {
    return Status::InvalidArgument(
        "type " + Quote(schema.format == nullptr ? "" : schema.format) +
        ", expected a struct array (\"+s\", a record batch) with a column for each feature");
  }
  REEVE_RETURN_IF_ERROR(CheckSpan(array, 0));
  if (schema.n_children < 0 || schema.n_children != array.n_children) {
    return Status::InvalidArgument("the schema has " + std::to_string(schema.n_children) +
                                   " columns, the array " + std::to_string(array.n_children));
  }
  if (schema.n_children > 0 && (schema.children == nullptr || array.children == nullptr)) {
    return Status::InvalidArgument("no columns, a null pointer");
  }
  if (array.n_buffers != 1 || array.buffers == nullptr) {
    return Status::InvalidArgument(std::to_string(array.n_buffers) +
                                   " buffers, expected 1 for a struct array");
  }
  const ArrowValues rows(array, 0, array.length);
  for (std::int64_t row = 0; array.buffers[0] != nullptr && row < array.length; ++row) {
    if (rows.IsValid(row)) continue;
    return Status::InvalidArgument("row " + std::to_string(row) +
                                   " is null as a whole, expected rows of values");
  }
  return Status::Ok();
}

Result<Column> ReadColumn(const ArrowSchema& schema, const ArrowArray* array,
                          const ArrowArray& parent) {
  if (array == nullptr) return Status::InvalidArgument("no array, a null pointer");
  return (schema.dictionary == nullptr ? ReadArray : ReadDictionary)(schema, *array, parent.offset,
                                                                     parent.length);
}

// When a required column is absent, scoring will say so and name the unknown column that it may be;
// for that it has to see them.
void AddUnknown(const contract::Contract& contract, const std::vector<std::string>& unknown,
                std::int64_t rows, Table& table) {
  bool is_complete = true;
  for (const contract::ContractColumn& column : contract.columns) {
    is_complete &= !column.required || table.Find(column.name).has_value();
  }
  for (std::size_t i = 0; !is_complete && i < unknown.size(); ++i) {
    if (table.Find(unknown[i])) continue;
    Column column = NoValues(rows);
    column.set_name(unknown[i]);
    table.Add(std::move(column));
  }
}

}  // namespace

Result<Table> ImportArrow(const contract::Contract& contract, const ArrowSchema& schema,
                          const ArrowArray& array) {
  Status status = CheckStruct(schema, array);
  if (!status.ok()) return std::move(status).WithContext("Arrow array");
  Table table;
  std::vector<std::string> unknown;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema* const child = schema.children[i];
    if (child == nullptr) {
      return Status::InvalidArgument("Arrow array: column " + std::to_string(i) +
                                     " has no schema, a null pointer");
    }
    std::string name(Trim(child->name == nullptr ? "" : child->name));
    if (!contract.Find(name)) {
      if (unknown.size() < kMostUnknown) unknown.push_back(std::move(name));
      continue;
    }
    const std::string where = "column " + Quote(name);
    if (table.Find(name)) return Status::InvalidData(where + ": there are two of that name");
    Result<Column> column = ReadColumn(*child, array.children[i], array);
    if (!column.ok()) return std::move(column).status().WithContext(where);
    column->set_name(name);
    table.Add(std::move(*column));
  }
  if (table.column_count() == 0) {
    return Status::InvalidData("none of the " + std::to_string(schema.n_children) +
                               " columns is one of the model's, expected " +
                               Join(contract.Names(), ", ").substr(0, kShownNames));
  }
  AddUnknown(contract, unknown, array.length, table);
  return table;
}

}  // namespace reeve::capi
