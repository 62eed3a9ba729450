#include "reeve/contract/lint.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "reeve/base/digest.h"
#include "reeve/base/text.h"

namespace reeve::contract {
namespace {

// Fewer rows say nothing about whether values name rows.
constexpr std::int64_t kFewRows = 20;
// Copies that were rounded on their way still have a correlation like this.
constexpr double kCopyCorrelation = 0.99999;

// Values as 0, 1, 2 … in order of first appearance, missing as -1: two columns with equal codes
// hold the same values up to a one-to-one renaming.
std::vector<std::int32_t> AppearanceCodes(const Column& column) {
  std::vector<std::int32_t> codes;
  codes.reserve(static_cast<std::size_t>(column.size()));
  std::int32_t next = 0;
  if (column.storage() == Column::Storage::kNumbers) {
    std::unordered_map<double, std::int32_t> seen;
    for (const double number : column.numbers()) {
      if (std::isnan(number)) {
        codes.push_back(kMissingCode);
        continue;
      }
      const auto [it, is_new] = seen.try_emplace(number + 0.0, next);
      next += is_new;
      codes.push_back(it->second);
    }
    return codes;
  }
  std::unordered_map<std::string, std::int32_t> seen;
  for (std::int64_t row = 0; row < column.size(); ++row) {
    if (column.IsMissing(row)) {
      codes.push_back(kMissingCode);
      continue;
    }
    const auto [it, is_new] = seen.try_emplace(column.ToText(row), next);
    next += is_new;
    codes.push_back(it->second);
  }
  return codes;
}

struct ColumnFacts {
  std::int64_t distinct = 0;
  std::int64_t missing = 0;
  std::string digest;
};

ColumnFacts Survey(const Column& column) {
  const std::vector<std::int32_t> codes = AppearanceCodes(column);
  ColumnFacts facts;
  for (const std::int32_t code : codes) {
    facts.distinct = std::max<std::int64_t>(facts.distinct, code + 1);
    facts.missing += code == kMissingCode;
  }
  TableDigest digest;
  digest.Add({reinterpret_cast<const char*>(codes.data()), codes.size() * sizeof codes[0]});
  facts.digest = digest.Hex();
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

double Correlation(std::span<const double> a, std::span<const double> b) {
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
    for (const std::string& name : features) {
      const Column& column = table_.column(*table_.Find(name));
      if (!Check(column)) result_.unusable.push_back(name);
    }
    return std::move(result_);
  }

 private:
  // False when the column cannot help.
  bool Check(const Column& column) {
    if (column.type() == ColumnType::kText || column.type() == ColumnType::kList) {
      Warn("unused_column", column,
           "is " + std::string(column.type() == ColumnType::kText ? "free text" : "a list") +
               ", which this version learns nothing from");
      return false;
    }
    const ColumnFacts facts = Survey(column);
    if (facts.distinct == 0) {
      Warn("constant_column", column,
           "has no value in any row: it is missing everywhere and is left out");
      return false;
    }
    if (facts.distinct == 1 && facts.missing == 0) {
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
    const auto [it, is_new] = by_digest_.try_emplace(facts.digest, column.name());
    if (!is_new) {
      Warn("duplicate_column", column,
           "is a copy of column " + Quote(it->second) + " (same values, possibly renamed)");
      return;
    }
    constexpr std::int64_t kFewDistinct = 10;
    if (column.storage() != Column::Storage::kNumbers || facts.distinct < kFewDistinct) return;
    for (const Column* const other : numbers_) {
      if (std::abs(Correlation(column.numbers(), other->numbers())) > kCopyCorrelation) {
        Warn("duplicate_column", column,
             "is a copy of column " + Quote(other->name()) + " up to scale (correlation 1)");
        return;
      }
    }
    if (numbers_.size() < kMostCompared) numbers_.push_back(&column);
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
  std::map<std::string, std::string> by_digest_;
  std::vector<const Column*> numbers_;
};

}  // namespace

LintResult LintFeatures(const Table& table, const std::vector<std::string>& features) {
  return Linter(table).Run(features);
}

}  // namespace reeve::contract
