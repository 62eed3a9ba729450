#include "reeve/contract/lint.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <unordered_map>

#include "reeve/base/digest.h"
#include "reeve/base/text.h"
#include "reeve/table/column_index.h"

namespace reeve::contract {
namespace {

// Fewer rows say nothing about whether values name rows.
constexpr std::int64_t kFewRows = 20;
// Copies that were rounded on their way still have a correlation like this; exact ones lose only
// what double arithmetic does.
constexpr double kCopyCorrelation = 0.9999, kExactCorrelation = 1 - 1e-9;

// Pairs of columns are compared on so many rows first; only those that agree there are read whole.
constexpr std::int64_t kHeadRows = 2000;
// Columns of numbers with fewer distinct values agree by chance.
constexpr std::size_t kFewDistinct = 10;

// How many distinct values may stand under other names elsewhere. Where nearly all values differ,
// any two columns are one-to-one; so are numbers that each belong to one person in a table of
// visits.
bool MayBeRenamed(const Column& column, std::size_t distinct, std::int64_t rows, bool is_head) {
  constexpr std::size_t kAlways = 10;
  constexpr double kNumbersShare = 0.05, kTextsShare = 0.2;
  // A head knows fewer repeats than the whole.
  constexpr double kHeadFactor = 4;
  if (column.type() == ColumnType::kReal || column.type() == ColumnType::kDatetime) return false;
  const bool is_number = column.storage() == Column::Storage::kNumbers;
  const double share = (is_number ? kNumbersShare : kTextsShare) * (is_head ? kHeadFactor : 1);
  return distinct <= kAlways || static_cast<double>(distinct) <= share * static_cast<double>(rows);
}

void AddValue(const Column& column, std::int64_t row, TableDigest& digest) {
  if (column.storage() == Column::Storage::kNumbers) {
    const double value = column.numbers()[static_cast<std::size_t>(row)];
    // Every NaN and both zeros alike.
    const double plain = std::isnan(value) ? kMissingNumber : value == 0 ? 0.0 : value;
    digest.Add({reinterpret_cast<const char*>(&plain), sizeof plain});
  } else {
    digest.AddText(column.ToText(row));
  }
}

// A digest of the first `rows` values that is equal for copies: of values as 0, 1, 2 … in order of
// first appearance (missing as -1), which a one-to-one renaming leaves alone, or of the values
// themselves where renaming says nothing.
std::string CopyDigest(const Column& column, std::int64_t rows) {
  std::vector<std::int32_t> codes;
  codes.reserve(static_cast<std::size_t>(rows));
  std::unordered_map<double, std::int32_t> numbers;
  std::unordered_map<std::string, std::int32_t> texts;
  for (std::int64_t row = 0; row < rows; ++row) {
    if (column.IsMissing(row)) {
      codes.push_back(kMissingCode);
      continue;
    }
    const auto next = static_cast<std::int32_t>(numbers.size() + texts.size());
    codes.push_back(column.storage() == Column::Storage::kNumbers
                        ? numbers.try_emplace(column.numbers()[static_cast<std::size_t>(row)], next)
                              .first->second
                        : texts.try_emplace(column.ToText(row), next).first->second);
  }
  TableDigest digest;
  if (MayBeRenamed(column, numbers.size() + texts.size(), rows, rows < column.size())) {
    digest.Add({reinterpret_cast<const char*>(codes.data()), codes.size() * sizeof codes[0]});
  } else {
    for (std::int64_t row = 0; row < rows; ++row) AddValue(column, row, digest);
  }
  return digest.Hex();
}

bool HasSameValues(const Column& a, const Column& b) {
  if (a.storage() != b.storage()) return false;
  TableDigest of_a, of_b;
  for (std::int64_t row = 0; row < a.size(); ++row) {
    AddValue(a, row, of_a);
    AddValue(b, row, of_b);
  }
  return of_a.Hex() == of_b.Hex();
}

struct ColumnFacts {
  /// Counted up to kFewDistinct.
  std::size_t distinct = 0;
  bool has_missing = false;
};

ColumnFacts Survey(const Column& column) {
  ColumnFacts facts;
  std::vector<double> numbers;
  std::vector<std::string> texts;
  const auto add = [&](auto& seen, const auto& value) {
    if (std::find(seen.begin(), seen.end(), value) == seen.end()) seen.push_back(value);
    return seen.size();
  };
  for (std::int64_t row = 0; row < column.size(); ++row) {
    if (column.IsMissing(row)) {
      facts.has_missing = true;
    } else if (facts.distinct < kFewDistinct) {
      facts.distinct = column.storage() == Column::Storage::kNumbers
                           ? add(numbers, column.numbers()[static_cast<std::size_t>(row)])
                           : add(texts, column.ToText(row));
    }
  }
  return facts;
}

// 1, 2, 3 … or 1000, 990, 980 …: a constant step from row to row.
bool IsRunningNumber(const Column& column) {
  if (column.storage() != Column::Storage::kNumbers || column.size() <= kFewRows) return false;
  const auto numbers = column.numbers();
  const double step = numbers[1] - numbers[0];
  if (step == 0 || std::isnan(step)) return false;
  for (std::size_t i = 2; i < numbers.size(); ++i) {
    if (numbers[i] - numbers[i - 1] != step) return false;
  }
  return true;
}

// Of the first `rows` values.
double Correlation(const Column& left, const Column& right, std::int64_t rows) {
  const auto a = left.numbers().first(static_cast<std::size_t>(rows));
  const auto b = right.numbers().first(static_cast<std::size_t>(rows));
  double n = 0, sum_a = 0, sum_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) != std::isnan(b[i])) return 0;
    if (std::isnan(a[i])) continue;
    n += 1;
    sum_a += a[i];
    sum_b += b[i];
  }
  if (n < 2) return 0;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i])) continue;
    const double da = a[i] - sum_a / n, db = b[i] - sum_b / n;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

class Linter {
 public:
  explicit Linter(const Table& table) : table_(table) {}

  LintResult Run(const std::vector<std::string>& features) {
    const ColumnIndex index(table_);
    for (const std::string& name : features) {
      const Column& column = *index.Find(name);
      if (!Check(column)) result_.unusable.push_back(name);
    }
    return std::move(result_);
  }

 private:
  // False when the column cannot help.
  bool Check(const Column& column) {
    const ColumnFacts facts = Survey(column);
    if (facts.distinct == 0) {
      Warn("constant_column", column,
           "has no value in any row: it is missing everywhere and is left out");
      return false;
    }
    if (facts.distinct == 1 && !facts.has_missing) {
      Warn("constant_column", column,
           "has the same value in every row, " + Quote(column.ToText(0), 40) + ", and is left out");
      return false;
    }
    if (IsRunningNumber(column)) {
      Warn("id_like_column", column,
           "counts the rows (a running number): an id, no feature; it is left out");
      return false;
    }
    if (column.type() == ColumnType::kId) {
      Warn("id_like_column", column,
           "has a unique value in nearly every row: an id, no feature; it is left out");
      return false;
    }
    CheckCopies(column, facts);
    return true;
  }

  void CheckCopies(const Column& column, const ColumnFacts& facts) {
    const std::int64_t rows = column.size(), head = std::min(rows, kHeadRows);
    std::vector<const Column*>& alike = by_head_[CopyDigest(column, head)];
    for (const Column* const other : alike) {
      if (head < rows && CopyDigest(column, rows) != CopyDigest(*other, rows)) continue;
      Warn("duplicate_column", column,
           "is a copy of column " + Quote(other->name()) +
               (HasSameValues(column, *other) ? " (same values)"
                                              : " (same values under other names)"));
      return;
    }
    alike.push_back(&column);
    if (column.storage() != Column::Storage::kNumbers || facts.distinct < kFewDistinct) return;
    for (const Column* const other : numbers_) {
      const double correlation = CopyCorrelation(column, *other);
      if (correlation < kCopyCorrelation) continue;
      Warn("duplicate_column", column,
           correlation > kExactCorrelation
               ? "is a copy of column " + Quote(other->name()) + " up to scale (correlation 1)"
               : "is nearly a copy of column " + Quote(other->name()) + " (correlation " +
                     Rounded(correlation) + ")");
      return;
    }
    if (numbers_.size() < kMostCompared) numbers_.push_back(&column);
  }

  // |r| of two columns, or 0 when they are no candidates.
  static double CopyCorrelation(const Column& a, const Column& b) {
    // Weaker than what is asked of the whole table: a head may be flat where the whole is not.
    constexpr double kHeadCorrelation = 0.99;
    const std::int64_t rows = a.size(), head = std::min(rows, kHeadRows);
    if (head < rows && std::abs(Correlation(a, b, head)) < kHeadCorrelation) return 0;
    return std::abs(Correlation(a, b, rows));
  }

  static std::string Rounded(double correlation) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", correlation);
    return text;
  }

  void Warn(std::string code, const Column& column, const std::string& message) {
    result_.warnings.push_back(
        {std::move(code), column.name(), "column " + Quote(column.name()) + " " + message});
  }

  // Every pair of numeric columns is compared; beyond this many the pairs would take longer than
  // training.
  static constexpr std::size_t kMostCompared = 60;

  const Table& table_;
  LintResult result_;
  // By the digest of their first rows.
  std::map<std::string, std::vector<const Column*>> by_head_;
  std::vector<const Column*> numbers_;
};

}  // namespace

LintResult LintFeatures(const Table& table, const std::vector<std::string>& features) {
  return Linter(table).Run(features);
}

}  // namespace reeve::contract
