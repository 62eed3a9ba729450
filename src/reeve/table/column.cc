#include "reeve/table/column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "reeve/base/clock.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve {
namespace {

struct NamedType {
  ColumnType type;
  std::string_view name;
};
constexpr std::array<NamedType, 8> kTypes = {{{ColumnType::kInteger, "integer"},
                                              {ColumnType::kReal, "real"},
                                              {ColumnType::kBoolean, "boolean"},
                                              {ColumnType::kCategory, "category"},
                                              {ColumnType::kText, "text"},
                                              {ColumnType::kDatetime, "datetime"},
                                              {ColumnType::kList, "list"},
                                              {ColumnType::kId, "id"}}};

std::string DatetimeText(double seconds) {
  // Beyond the year 9999 there is no date to write, and soon no 64-bit number of milliseconds.
  constexpr double kFarthest = 2.5e11;
  if (!(std::abs(seconds) < kFarthest)) return FormatNumber(seconds);
  const auto unix_ms = static_cast<std::int64_t>(std::llround(seconds * 1000));
  if (unix_ms % 86'400'000 == 0) return FormatIsoSeconds(unix_ms).substr(0, 10);
  return unix_ms % 1000 == 0 ? FormatIsoSeconds(unix_ms) : FormatIsoMilliseconds(unix_ms);
}

}  // namespace

std::string_view ColumnTypeName(ColumnType type) {
  for (const NamedType& named : kTypes) {
    if (named.type == type) return named.name;
  }
  return "text";
}

Result<ColumnType> ParseColumnType(std::string_view name) {
  std::vector<std::string> names;
  for (const NamedType& named : kTypes) {
    if (named.name == name) return named.type;
    names.emplace_back(named.name);
  }
  return Status::InvalidArgument("unknown column type " + Quote(name) + "." + Suggest(name, names));
}

Column Column::Numbers(std::string name, ColumnType type, std::vector<double> numbers) {
  Column column(std::move(name), type, Storage::kNumbers);
  column.numbers_ = std::move(numbers);
  return column;
}

Column Column::Codes(std::string name, ColumnType type, std::vector<std::int32_t> codes,
                     std::vector<std::string> dictionary) {
  Column column(std::move(name), type, Storage::kCodes);
  column.codes_ = std::move(codes);
  column.dictionary_ = std::move(dictionary);
  return column;
}

Column Column::Texts(std::string name, ColumnType type) {
  return Column(std::move(name), type, Storage::kTexts);
}

std::int64_t Column::size() const {
  switch (storage_) {
    case Storage::kNumbers:
      return static_cast<std::int64_t>(numbers_.size());
    case Storage::kCodes:
      return static_cast<std::int64_t>(codes_.size());
    case Storage::kTexts:
      return static_cast<std::int64_t>(offsets_.size()) - 1;
  }
  return 0;
}

void Column::Reserve(std::int64_t rows, std::size_t bytes) {
  const auto count = static_cast<std::size_t>(rows);
  switch (storage_) {
    case Storage::kNumbers:
      numbers_.reserve(count);
      break;
    case Storage::kCodes:
      codes_.reserve(count);
      break;
    case Storage::kTexts:
      offsets_.reserve(count + 1);
      bytes_.reserve(bytes);
      break;
  }
}

bool Column::IsMissing(std::int64_t row) const {
  const auto i = static_cast<std::size_t>(row);
  switch (storage_) {
    case Storage::kNumbers:
      return std::isnan(numbers_[i]);
    case Storage::kCodes:
      return codes_[i] == kMissingCode;
    case Storage::kTexts:
      return offsets_[i] == offsets_[i + 1];
  }
  return true;
}

std::int64_t Column::CountMissing() const {
  std::int64_t missing = 0;
  for (std::int64_t row = 0; row < size(); ++row) missing += IsMissing(row);
  return missing;
}

std::string Column::ToText(std::int64_t row) const {
  if (IsMissing(row)) return "";
  const auto i = static_cast<std::size_t>(row);
  switch (storage_) {
    case Storage::kNumbers:
      if (type_ == ColumnType::kBoolean) return numbers_[i] != 0 ? "true" : "false";
      if (type_ == ColumnType::kDatetime) return DatetimeText(numbers_[i]);
      return FormatNumber(numbers_[i]);
    case Storage::kCodes:
      return dictionary_[static_cast<std::size_t>(codes_[i])];
    case Storage::kTexts:
      return std::string(text(row));
  }
  return "";
}

Column Column::Take(std::span<const std::int64_t> rows) const {
  Column taken(name_, type_, storage_);
  switch (storage_) {
    case Storage::kNumbers:
      taken.numbers_.reserve(rows.size());
      for (const std::int64_t row : rows)
        taken.numbers_.push_back(numbers_[static_cast<std::size_t>(row)]);
      break;
    case Storage::kCodes:
      taken.dictionary_ = dictionary_;
      taken.codes_.reserve(rows.size());
      for (const std::int64_t row : rows)
        taken.codes_.push_back(codes_[static_cast<std::size_t>(row)]);
      break;
    case Storage::kTexts:
      taken.offsets_.reserve(rows.size() + 1);
      for (const std::int64_t row : rows) taken.AppendText(text(row));
      break;
  }
  return taken;
}

void Column::Append(const Column& other) {
  switch (storage_) {
    case Storage::kNumbers:
      numbers_.insert(numbers_.end(), other.numbers_.begin(), other.numbers_.end());
      break;
    case Storage::kCodes: {
      std::unordered_map<std::string_view, std::int32_t> known;
      for (std::size_t i = 0; i < dictionary_.size(); ++i)
        known.emplace(dictionary_[i], static_cast<std::int32_t>(i));
      std::vector<std::int32_t> translated(other.dictionary_.size());
      std::vector<std::string> added;
      for (std::size_t i = 0; i < translated.size(); ++i) {
        const auto it = known.find(other.dictionary_[i]);
        if (it != known.end()) {
          translated[i] = it->second;
        } else {
          translated[i] = static_cast<std::int32_t>(dictionary_.size() + added.size());
          added.push_back(other.dictionary_[i]);
        }
      }
      dictionary_.insert(dictionary_.end(), added.begin(), added.end());
      for (const std::int32_t code : other.codes_) {
        codes_.push_back(code == kMissingCode ? kMissingCode
                                              : translated[static_cast<std::size_t>(code)]);
      }
      break;
    }
    case Storage::kTexts:
      for (std::int64_t row = 0; row < other.size(); ++row) AppendText(other.text(row));
      break;
  }
}

}  // namespace reeve
