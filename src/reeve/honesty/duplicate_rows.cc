#include "reeve/honesty/duplicate_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "reeve/base/text.h"

namespace reeve::honesty {
namespace {

constexpr double kCombinationsPerRow = 20;
constexpr std::int64_t kFewest = 3;
constexpr double kTestShare = 0.05, kContradictingShare = 0.01;
// Distinct values are counted up to this, on the first rows.
constexpr std::size_t kMostDistinct = 1000;
constexpr std::int64_t kCountedRows = 10'000;

std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::uint64_t ValueDigest(const Column& column, std::int64_t row) {
  switch (column.storage()) {
    case Column::Storage::kNumbers: {
      const double value = column.numbers()[static_cast<std::size_t>(row)];
      if (std::isnan(value)) return 1;
      return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    }
    case Column::Storage::kCodes:
      return static_cast<std::uint64_t>(column.codes()[static_cast<std::size_t>(row)] + 2);
    case Column::Storage::kTexts:
      return std::hash<std::string_view>{}(column.text(row));
  }
  return 0;
}

// A digest of each row over all columns that are as long as the first table.
class RowDigests {
 public:
  explicit RowDigests(const std::vector<const Table*>& tables) {
    const std::int64_t rows = tables.front()->rows();
    digests_.assign(static_cast<std::size_t>(rows), 0x9E3779B97F4A7C15ULL);
    for (const Table* const table : tables) {
      if (table->rows() != rows) continue;
      for (const Column& column : table->columns()) Add(column);
    }
  }

  std::uint64_t of(std::int64_t row) const { return digests_[static_cast<std::size_t>(row)]; }
  /// log of the number of ways in which values can be combined.
  double log_combinations() const { return log_combinations_; }

 private:
  void Add(const Column& column) {
    std::unordered_set<std::uint64_t> distinct;
    for (std::int64_t row = 0; row < column.size(); ++row) {
      const std::uint64_t value = ValueDigest(column, row);
      std::uint64_t& digest = digests_[static_cast<std::size_t>(row)];
      digest = Mix(digest * 31 + Mix(value + 0x9E3779B97F4A7C15ULL));
      if (row < kCountedRows && distinct.size() < kMostDistinct) distinct.insert(value);
    }
    log_combinations_ += std::log(static_cast<double>(std::max<std::size_t>(distinct.size(), 1)));
  }

  std::vector<std::uint64_t> digests_;
  double log_combinations_ = 0;
};

std::string Count(std::int64_t count) { return GroupDigits(count); }

}  // namespace

std::vector<contract::Warning> FindDuplicateRows(const DuplicateProblem& problem) {
  std::vector<contract::Warning> warnings;
  const auto rows = static_cast<double>(problem.train.size() + problem.test.size());
  if (problem.tables.empty() || rows == 0) return warnings;
  const RowDigests digests(problem.tables);
  if (digests.log_combinations() < std::log(kCombinationsPerRow * rows)) return warnings;

  std::unordered_map<std::uint64_t, std::int32_t> first_class;
  first_class.reserve(problem.train.size());
  std::int64_t repeated = 0, contradicting = 0, in_training = 0, of_other_class = 0;
  for (const std::int64_t row : problem.train) {
    const std::int32_t label = problem.labels[static_cast<std::size_t>(row)];
    const auto [it, is_new] = first_class.try_emplace(digests.of(row), label);
    if (is_new) continue;
    ++repeated;
    contradicting += it->second != label;
  }
  for (const std::int64_t row : problem.test) {
    const auto it = first_class.find(digests.of(row));
    if (it == first_class.end()) continue;
    ++in_training;
    of_other_class += it->second != problem.labels[static_cast<std::size_t>(row)];
  }
  const auto test_rows = static_cast<double>(problem.test.size());
  if (in_training >= kFewest && static_cast<double>(in_training) >= kTestShare * test_rows) {
    warnings.push_back(
        {"duplicate_rows_across_split", "",
         Count(in_training) + " of " + Count(static_cast<std::int64_t>(problem.test.size())) +
             " test rows are duplicates of training rows" +
             (of_other_class > 0 ? " (" + Count(of_other_class) + " with another class)" : "") +
             ": the test is easier than new rows will be"});
  }
  const std::int64_t other = contradicting + of_other_class;
  if (other >= kFewest && static_cast<double>(other) >= kContradictingShare * rows) {
    warnings.push_back({"contradicting_rows", "",
                        Count(other) + " of " + Count(repeated + in_training) +
                            " repeated rows have another class than the row they repeat: no model "
                            "can be right about both"});
  }
  return warnings;
}

}  // namespace reeve::honesty
