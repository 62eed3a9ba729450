#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/contract/cell.h"
#include "reeve/contract/contract.h"
#include "reeve/inference/category_index.h"
#include "reeve/inference/category_list.h"

namespace reeve::inference {

/// Reads cells of one field by the contract, value by value: the rules of contract::Conform for
/// rows that stand in no table. Immutable; safe to use from many threads.
class FieldReader {
 public:
  /// `further` are categories that the pipeline knows besides the contract's. `column` has to
  /// outlive the object.
  FieldReader(const contract::ContractColumn& column, const std::vector<std::string>& missing_texts,
              const std::vector<std::string>& further);

  /// A value of the field, and the rule that the cell breaks, if any. A bad value is missing.
  struct Number {
    double value = 0;  ///< NaN = missing.
    std::optional<contract::Rule> broken = {};
  };
  /// For integer, real, boolean and datetime.
  Number ReadNumber(const contract::Cell& cell) const;
  /// True for a number within the contract's range, which is taken as it is: the case that is worth
  /// a way of its own, without a call and without a result in memory.
  bool IsPlainNumber(const contract::Cell& cell) const {
    return cell.kind == contract::Cell::Kind::kNumber && cell.number >= plain_minimum_ &&
           cell.number <= plain_maximum_;
  }

  /// True when that holds for each of them, for at most 64 cells in columns.
  bool ArePlainNumbers(std::span<const contract::Cell::Kind> kinds,
                       std::span<const double> numbers) const;

  /// At most 64 cells in columns (CellColumns).
  struct CellSpans {
    std::span<const contract::Cell::Kind> kinds;
    std::span<const double> numbers;
    std::span<const std::string_view> texts;
    std::span<const contract::TextHead> heads;
  };
  /// What ReadPlain tells.
  struct Plain {
    /// A bit for each row that ReadNumber has to tell, the first one's lowest.
    std::uint64_t others = 0;
    /// How many of the rest are missing.
    int missing = 0;
  };
  /// Reads what is plain: such numbers, days ("2024-02-12") of dates, and missing cells where that
  /// breaks no rule.
  Plain ReadPlain(const CellSpans& cells, double* values) const;

  struct Code {
    /// Index into dictionary(), its size for a text that is not in it, kMissingCode = missing.
    std::int32_t value = 0;
    std::optional<contract::Rule> broken = {};
  };
  /// For categories.
  Code ReadCode(const contract::Cell& cell) const;
  /// The code of a text that is one of the contract's categories as it stands; for any other cell
  /// CategoryIndex::kUnknown, and ReadCode has to tell.
  std::int32_t FindKnown(const contract::Cell& cell) const {
    if (cell.kind != contract::Cell::Kind::kText || !is_trimmed_) return CategoryIndex::kUnknown;
    const std::int32_t found = index_.Find(cell.text);
    return found < known_ ? found : CategoryIndex::kUnknown;
  }
  /// The same for cells in columns. Gives the bits of those that ReadCode has to tell.
  std::uint64_t FindKnown(const CellSpans& cells, std::int32_t* codes) const;

  struct Presence {
    bool is_missing = false;
    std::optional<contract::Rule> broken = {};
  };
  /// For the other types, where no step takes the field.
  Presence ReadPresence(const contract::Cell& cell) const;

  struct Text {
    /// Trimmed; empty = missing. Points into the cell's text or into what it was spelt into.
    std::string_view value = {};
    std::optional<contract::Rule> broken = {};
  };
  /// Bytes that a number takes as a text at most.
  static constexpr std::size_t kSpelledBytes = 32;
  /// For the other types, where a step takes the field. Numbers are spelt into `spelled`.
  Text ReadText(const contract::Cell& cell, std::span<char, kSpelledBytes> spelled) const;

  /// How a table would store the field.
  Column::Storage storage() const;
  /// The contract's categories, then those that only the pipeline knows.
  const std::vector<std::string>& dictionary() const { return dictionary_; }

 private:
  bool IsMissing(std::string_view text) const { return text.empty() || missing_.Contains(text); }
  std::optional<contract::Rule> Absent() const;
  Number InRange(double value) const;
  Number ReadText(std::string_view text, contract::NumberFormat format) const;
  Code CodeOf(std::string_view text) const;

  const contract::ContractColumn* column_;
  contract::MissingTexts missing_;
  /// Numbers are read through their text: the column holds none, or some text of a number (99)
  /// means "missing".
  bool numbers_as_texts_;
  // Infinite where the contract has no range.
  double minimum_, maximum_;
  // The range of IsPlainNumber: nothing lies in it when numbers are read through their text.
  double plain_minimum_ = std::numeric_limits<double>::infinity();
  double plain_maximum_ = -std::numeric_limits<double>::infinity();
  // The column holds dates, and no day among them means "missing".
  bool has_plain_days_ = false;
  std::vector<std::string> dictionary_;
  std::int32_t known_ = 0;
  // No text of the dictionary starts or ends with a blank: one that is found need not be trimmed.
  bool is_trimmed_ = true;
  CategoryIndex index_;
  // The contract's categories, where they are few and short and no text has to be trimmed.
  CategoryList list_;
  // Of a category that is not there.
  Code missing_code_;
};

}  // namespace reeve::inference
