// Reading a chunk by the contract's types: the prediction side of typing.

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/contract/contract.h"

namespace reeve::contract {
namespace {

constexpr std::size_t kFoundBytes = 60;

std::string Cut(std::string_view text) {
  const std::string quoted = Quote(text, kFoundBytes);
  return quoted.substr(1, quoted.size() - 2);
}

std::string RangeText(const ContractColumn& column) {
  const auto text = [&](double value) {
    return Column::Numbers("", column.type, {value}).ToText(0);
  };
  return text(*column.minimum) + " to " + text(*column.maximum);
}

// Conforms one column of a chunk.
class ColumnConformer {
 public:
  ColumnConformer(const ContractColumn& column, const MissingTexts& missing,
                  const ConformOptions& options, Conformed& conformed)
      : column_(column),
        missing_(missing),
        stray_(column.stray_texts),
        options_(options),
        conformed_(conformed) {}

  Column Run(const Column& raw) {
    switch (column_.type) {
      case ColumnType::kInteger:
      case ColumnType::kReal:
      case ColumnType::kBoolean:
      case ColumnType::kDatetime:
        return Numbers(raw);
      case ColumnType::kCategory:
        return Categories(raw);
      case ColumnType::kText:
      case ColumnType::kList:
      case ColumnType::kId:
        return Texts(raw);
    }
    return raw;
  }

  // A column that the chunk does not have: all missing. REQUIRES: not required.
  Column Absent(std::int64_t rows) const {
    const auto count = static_cast<std::size_t>(rows);
    if (column_.type == ColumnType::kCategory) {
      return Column::Codes(column_.name, column_.type,
                           std::vector<std::int32_t>(count, kMissingCode), Known());
    }
    if (column_.type == ColumnType::kText || column_.type == ColumnType::kList ||
        column_.type == ColumnType::kId) {
      Column texts = Column::Texts(column_.name, column_.type);
      for (std::size_t i = 0; i < count; ++i) texts.AppendText("");
      return texts;
    }
    return Column::Numbers(column_.name, column_.type, std::vector<double>(count, kMissingNumber));
  }

 private:
  bool IsMissing(std::string_view text) const {
    return text.empty() || missing_.Contains(text) || stray_.Contains(text);
  }

  // Seconds are no text that could be missing.
  bool IsMissing(double number) const {
    return column_.type != ColumnType::kDatetime &&
           (missing_.ContainsNumber(number) || stray_.ContainsNumber(number));
  }

  std::vector<std::string> Known() const {
    std::vector<std::string> known;
    known.reserve(column_.categories.size());
    for (const auto& [category, rows] : column_.categories) known.push_back(category);
    return known;
  }

  void Violate(std::int64_t row, Rule rule, std::string found, std::string expected) {
    if (IsFatal(rule)) conformed_.usable[static_cast<std::size_t>(row)] = false;
    conformed_.violations.push_back(
        {options_.first_row + row, column_.name, rule, std::move(found), std::move(expected)});
  }

  void MissingAt(std::int64_t row) {
    if (column_.required)
      Violate(row, Rule::kMissingValue, "", "a value (required: never missing in training)");
  }

  void CheckRange(std::int64_t row, double value) {
    if (!options_.report_soft_violations || !column_.minimum || !column_.maximum) return;
    if (value < *column_.minimum || value > *column_.maximum) {
      Violate(row, Rule::kOutOfRange, Column::Numbers("", column_.type, {value}).ToText(0),
              RangeText(column_));
    }
  }

  std::optional<double> Read(std::string_view text) const {
    if (column_.type == ColumnType::kDatetime) return ReadDatetime(text);
    if (column_.type == ColumnType::kBoolean) {
      const auto value = ReadBoolean(text);
      return value ? std::optional<double>(*value ? 1.0 : 0.0) : std::nullopt;
    }
    return ReadNumber(text, column_.number_format);
  }

  // A number of a typed source.
  double NumberAt(std::int64_t row, double number) {
    if (std::isnan(number) || IsMissing(number)) {
      MissingAt(row);
      return kMissingNumber;
    }
    if (column_.type == ColumnType::kBoolean && number != 0 && number != 1) {
      Violate(row, Rule::kWrongType, FormatNumber(number), "boolean");
      return kMissingNumber;
    }
    CheckRange(row, number);
    return number;
  }

  double NumberAt(std::int64_t row, std::string_view text) {
    if (IsMissing(text)) {
      MissingAt(row);
      return kMissingNumber;
    }
    const auto number = Read(text);
    if (number) {
      CheckRange(row, *number);
      return *number;
    }
    if (IsNoNumber(text)) {
      MissingAt(row);
    } else {
      Violate(row, Rule::kWrongType, Cut(text), std::string(ColumnTypeName(column_.type)));
    }
    return kMissingNumber;
  }

  Column Numbers(const Column& raw) {
    std::vector<double> numbers;
    numbers.reserve(static_cast<std::size_t>(raw.size()));
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      if (raw.storage() == Column::Storage::kTexts) {
        numbers.push_back(NumberAt(row, raw.text(row)));
      } else if (raw.storage() == Column::Storage::kCodes) {
        numbers.push_back(NumberAt(row, raw.ToText(row)));
      } else {
        numbers.push_back(NumberAt(row, raw.numbers()[static_cast<std::size_t>(row)]));
      }
    }
    return Column::Numbers(column_.name, column_.type, std::move(numbers));
  }

  Column Categories(const Column& raw) {
    std::vector<std::string> dictionary = Known();
    const std::size_t known = dictionary.size();
    std::unordered_map<std::string, std::int32_t> code_of;
    for (std::size_t code = 0; code < known; ++code)
      code_of.emplace(dictionary[code], static_cast<std::int32_t>(code));
    std::vector<std::int32_t> codes;
    codes.reserve(static_cast<std::size_t>(raw.size()));
    std::string key;  // reused, so that a row costs no allocation
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      if (raw.storage() == Column::Storage::kTexts) {
        key.assign(raw.text(row));
      } else {
        key = raw.ToText(row);
      }
      auto it = code_of.find(key);
      if (it == code_of.end()) {
        if (IsMissing(key)) {
          MissingAt(row);
          codes.push_back(kMissingCode);
          continue;
        }
        it = code_of.emplace(key, static_cast<std::int32_t>(dictionary.size())).first;
        dictionary.push_back(key);
      }
      if (static_cast<std::size_t>(it->second) >= known) UnseenAt(row, key);
      codes.push_back(it->second);
    }
    return Column::Codes(column_.name, column_.type, std::move(codes), std::move(dictionary));
  }

  void UnseenAt(std::int64_t row, const std::string& category) {
    // Bounded: a column of ever new values must not fill memory with counts.
    constexpr std::size_t kMostUnseen = 1000;
    auto& counts = conformed_.unseen[column_.name];
    const auto it = counts.find(category);
    if (it != counts.end()) {
      ++it->second;
    } else {
      ++counts[counts.size() < kMostUnseen ? category : std::string("(others)")];
    }
    if (options_.report_soft_violations) {
      std::vector<std::string> known;
      for (std::size_t i = 0; i < std::min<std::size_t>(8, column_.categories.size()); ++i) {
        known.push_back(column_.categories[i].first);
      }
      Violate(row, Rule::kUnseenCategory, Cut(category),
              Join(known, ", ") + (column_.categories.size() > known.size() ? ", …" : ""));
    }
  }

  Column Texts(const Column& raw) {
    Column texts = Column::Texts(column_.name, column_.type);
    for (std::int64_t row = 0; row < raw.size(); ++row) {
      const std::string text = raw.ToText(row);
      const bool is_missing = IsMissing(text);
      if (is_missing) MissingAt(row);
      texts.AppendText(is_missing ? std::string_view() : std::string_view(text));
    }
    return texts;
  }

  const ContractColumn& column_;
  const MissingTexts& missing_;
  const MissingTexts stray_;
  const ConformOptions& options_;
  Conformed& conformed_;
};

Status AbsentColumn(const Contract& contract, const std::string& name, const Table& chunk) {
  std::string message = "required column " + Quote(name) + " is not in the table";
  if (const auto near = Nearest(name, UnknownColumns(contract, chunk.Names()))) {
    message += ", but " + Quote(*near) + " is. Is it " + Quote(name) + "?";
  } else {
    message += ", expected a column of type " +
               std::string(ColumnTypeName(contract.columns[*contract.Find(name)].type));
  }
  return Status::InvalidData(message);
}

}  // namespace

Result<Conformed> Conform(const Contract& contract, const Table& chunk,
                          const ConformOptions& options) {
  Conformed conformed;
  conformed.usable.assign(static_cast<std::size_t>(chunk.rows()), true);
  const MissingTexts missing(contract.missing_texts);
  for (const ContractColumn& column : contract.columns) {
    ColumnConformer conformer(column, missing, options, conformed);
    if (const auto found = chunk.Find(column.name)) {
      conformed.table.Add(conformer.Run(chunk.column(*found)));
    } else if (column.required) {
      return AbsentColumn(contract, column.name, chunk);
    } else {
      conformed.table.Add(conformer.Absent(chunk.rows()));
    }
  }
  std::stable_sort(conformed.violations.begin(), conformed.violations.end(),
                   [](const Violation& a, const Violation& b) { return a.row < b.row; });
  return conformed;
}

}  // namespace reeve::contract
