#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/key_index.h"
#include "reeve/features/step.h"

namespace reeve::features {

/// A column whose values are told apart: categories, numbers that stand for something (ids, codes),
/// or numbers in bins. A value's place is its position here; unknown values and missing ones
/// follow.
struct StatisticsInput {
  StepInput source;
  /// Of codes.
  std::vector<std::string> categories = {};
  /// Of numbers: finite, distinct.
  std::vector<double> numbers = {};
  /// Of numbers in bins, which have no `numbers`: where the second bin and those behind it begin;
  /// finite, ascending.
  std::vector<double> cuts = {};

  bool is_binned() const { return !cuts.empty(); }
  std::size_t known() const {
    return source.storage == Column::Storage::kCodes ? categories.size()
           : is_binned()                             ? cuts.size() + 1
                                                     : numbers.size();
  }
  /// The place of a number that is known in bins: how many cuts it has reached.
  std::uint64_t BinOf(double number) const;
  std::uint64_t unknown_place() const { return known(); }
  std::uint64_t missing_place() const { return known() + 1; }
  /// Places are less.
  std::uint64_t places() const { return known() + 2; }
};

/// What was counted of the fitted rows that agree in one column or in a combination of columns.
struct TargetStatistic {
  /// Positions among the step's inputs, ascending, distinct; 1 to 3.
  std::vector<std::size_t> inputs;
  /// The places of each key, one after the other: keys x inputs.
  std::vector<std::uint32_t> places;
  /// Rows of each key.
  std::vector<std::int64_t> rows;
  /// Rows of each key in each counted class: keys x classes.
  std::vector<std::int64_t> hits;

  std::size_t keys() const { return rows.size(); }
};

/// What the step is made of.
struct StatisticsParts {
  std::vector<StatisticsInput> inputs;
  /// Classes that are counted, ascending: the second of two, else all but the first.
  std::vector<std::int32_t> classes;
  /// Their shares of the fitted rows.
  std::vector<double> priors;
  /// Rows that the prior counts for.
  double prior_rows = 1;
  std::vector<TargetStatistic> statistics;
};

/// Target statistics: for a column or a combination of columns how frequent each class was among
/// the fitted rows with the same values, (hits + a * prior) / (rows + a), and how many rows that
/// were (Micci-Barreca 2001; for combinations Prokhorenkova et al. 2018).
///
/// Fitted rows must not be given their own labels back: what they get instead is made by
/// FitStatistics.
class StatisticsStep final : public Step {
 public:
  /// Fails with kCorrupt when the parts do not fit each other.
  static Result<std::unique_ptr<Step>> Make(StatisticsParts parts);
  static Result<std::unique_ptr<Step>> FromJson(const Json& json);

  const StatisticsParts& parts() const { return parts_; }

  std::vector<StepInput> Inputs() const override;
  /// For each statistic one number for each counted class, and the number of rows.
  std::vector<MatrixColumn> Outputs() const override;
  std::vector<std::string> Categories(std::size_t input_idx) const override;
  void Apply(std::span<const StepValues> inputs, std::size_t rows,
             FeatureColumns out) const override;
  bool LooksAtLabels() const override { return true; }
  Json ToJson() const override;

 private:
  explicit StatisticsStep(StatisticsParts parts) : parts_(std::move(parts)) {}

  Status Check() const;
  Status Index();
  /// Of a number that is told from others, not binned.
  std::uint64_t PlaceOf(std::size_t input_idx, double number) const;
  void FindPlaces(std::span<const StepValues> inputs, std::size_t begin, std::size_t count,
                  std::uint64_t* places) const;

  StatisticsParts parts_;
  // Of each input of numbers.
  std::vector<KeyIndex> numbers_;
  // Of each statistic: its keys, and what each gives; behind them what an absent one gives.
  std::vector<KeyIndex> keys_;
  std::vector<std::vector<float>> values_;
};

/// "A × B".
std::string NameOfCombination(const StatisticsParts& parts, const TargetStatistic& statistic);

}  // namespace reeve::features
