#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/features/expression.h"
#include "reeve/table/matrix.h"
#include "reeve/table/table.h"

namespace reeve::features {

enum class Imputation { kNone, kMedian, kMean, kMostFrequent, kConstant };
enum class Scaling { kNone, kStandard, kRobust };
enum class CategoryEncoding {
  /// Codes 0 … n-1 for learners that split on sets of categories.
  kCodes,
  /// One 0/1 column per category.
  kOneHot,
  /// The rank in a given or sorted order as a number.
  kOrdinal,
};

enum class Statistics {
  kNone,
  /// Of single columns.
  kColumns,
  /// Of single columns and of combinations of up to three.
  kCombinations,
};

/// Target statistics (statistics_step.h) of columns whose values are told apart: categories, and
/// whole numbers that repeat and whose order says little.
struct StatisticsOptions {
  Statistics statistics = Statistics::kNone;
  /// Rows that the overall share of a class counts for beside the rows of a value.
  double prior_rows = 2;
  /// Combinations that are kept at most.
  int most_combinations = 12;
};

/// What supervised steps learn from. Does not own.
struct Supervision {
  /// Class of each row of the table (rows that are not fitted may hold anything in range).
  std::span<const std::int32_t> labels = {};
  int classes = 2;
  /// Group of each row of the table, or empty: rows of a group are not told of each other's labels.
  std::span<const std::int32_t> groups = {};
  /// Positions among the fitted rows of those that tell no label: what is tested or watched. They
  /// get what new rows will get.
  std::span<const std::int64_t> watched = {};
  std::uint64_t seed = 42;
};

/// The recipe of a pipeline. Everything fitted is learnt from the rows given to Fit and from no
/// other.
struct PipelineOptions {
  /// For numbers; kNone leaves NaN.
  Imputation imputation = Imputation::kNone;
  /// Used by Imputation::kConstant.
  double constant = 0;
  /// Adds a 0/1 column "x (missing)" for every number that was missing in the fitted rows.
  bool missing_flags = false;
  Scaling scaling = Scaling::kNone;
  CategoryEncoding categories = CategoryEncoding::kCodes;
  /// Categories with fewer fitted rows share one code or column, which also takes unseen ones.
  std::int64_t min_category_rows = 1;
  /// At most this many categories of a column are kept apart, the most frequent ones.
  std::int64_t max_categories = 1000;
  /// Dates become these numbers: year, month, day, weekday, hour, epoch_days.
  std::vector<std::string> date_parts = {"year", "month", "day", "weekday", "hour", "epoch_days"};

  StatisticsOptions target = {};
  /// Columns computed from others, as further numbers.
  std::vector<Derived> derived = {};

  /// Raw numbers with NaN, categories as codes: for trees.
  static PipelineOptions ForTrees();
  /// ForTrees, and target statistics of columns and of combinations.
  static PipelineOptions ForTreesWithStatistics();
  /// Median, flags, standard scaling, one-hot with a rare bucket: for linear models.
  static PipelineOptions ForLinear();
};

class Step;

/// A fitted sequence of feature steps: table in, matrix out. The same object at training, in
/// batches and behind a service. Immutable; safe to use from many threads.
class FittedPipeline {
 public:
  ~FittedPipeline();
  FittedPipeline(FittedPipeline&&) noexcept;
  FittedPipeline& operator=(FittedPipeline&&) noexcept;

  /// The matrix of the rows `rows` of `table`, whose columns are found by name.
  /// Categories that were not fitted get the unseen code or the rare column (all zero without one).
  /// Values beyond float32 are clamped to its range.
  /// Fails with kInvalidData when a column is absent or stored differently from the fitted one.
  Result<Matrix> Transform(const Table& table, std::span<const std::int64_t> rows) const;

  /// Columns that Transform gives. Several steps may take the same table column, so that a name
  /// can stand twice.
  const std::vector<MatrixColumn>& outputs() const;
  /// In the order of outputs(): for rows that stand in no table.
  const std::vector<std::unique_ptr<Step>>& steps() const;
  /// The steps of all pipelines in one, whose matrix holds their columns side by side: for models
  /// of which each looks at its own range of columns.
  static FittedPipeline Join(std::vector<FittedPipeline> pipelines);

  /// True when a step was fitted with labels.
  bool looks_at_labels() const;
  /// Makes of `matrix`, which holds the rows `rows` of `table` as Transform or FitTransform give
  /// them, one on which a model can learn from the rows at `learn` (positions in `rows`) and be
  /// judged by all others: steps that look at labels learn again, from those rows alone. The
  /// columns stay the same, and so does this pipeline.
  Status Relearn(const Table& table, std::span<const std::int64_t> rows,
                 std::span<const std::int64_t> learn, const Supervision& supervision,
                 Matrix& matrix) const;

  /// pipeline.json (docs/formats/pipeline.md).
  Json ToJson() const;
  static Result<FittedPipeline> FromJson(const Json& json);

 private:
  friend class Pipeline;
  struct Impl;
  explicit FittedPipeline(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A pipeline and the matrix of the rows it was fitted on.
struct FittedRows {
  FittedPipeline pipeline;
  /// Like Transform of these rows, but for supervised steps: those tell a row of other rows'
  /// labels only.
  Matrix matrix;
};

/// Fits pipelines. Stateless.
class Pipeline {
 public:
  /// Learns medians, scales and categories of the columns `features` from the rows `rows` alone.
  /// Texts and lists give what needs no labels, ids give nothing.
  /// Fails with kInvalidData when no column of the matrix would remain.
  static Result<FittedPipeline> Fit(const Table& table, std::span<const std::int64_t> rows,
                                    const std::vector<std::string>& features,
                                    const PipelineOptions& options);
  /// Fit with labels, for every kind of step, and the matrix to learn from. Without supervised
  /// steps it is Fit, then Transform.
  static Result<FittedRows> FitTransform(const Table& table, std::span<const std::int64_t> rows,
                                         const std::vector<std::string>& features,
                                         const PipelineOptions& options,
                                         const Supervision& supervision);

 private:
  struct StatisticsRequest {
    const Table& table;
    std::span<const std::int64_t> rows;
    std::span<const std::int64_t> learn;
    const std::vector<std::string>& features;
    const PipelineOptions& options;
    const Supervision& supervision;
  };
  static Status AddStatistics(const StatisticsRequest& request, FittedRows& fitted);
};

}  // namespace reeve::features
