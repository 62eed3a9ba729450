#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/explain/attributor.h"
#include "reeve/explain/explained_model.h"
#include "reeve/table/table.h"

namespace reeve::explain {

/// A field's part in what a model says of one row.
struct Reason {
  /// Index into Explainer::fields().
  std::size_t field = 0;
  /// In Explainer::unit(): positive when it speaks for the explained class.
  double contribution = 0;
};

/// How much a column matters, and where that plausibly lies: a 95 % interval.
struct ColumnImportance {
  std::string column;
  double mean = 0, low = 0, high = 0;
};

/// Explains rows of tables by the table's columns: the contributions of all features that were made
/// of a column (one-hot, parts of a date, codes) are added up. Features made of several columns
/// stand under their own name. Immutable; safe to use from many threads.
///
/// For two classes the positive class is explained, whatever is predicted; for more the class that
/// is given for each row, which is the predicted one as a rule.
class Explainer {
 public:
  /// What `model` refers to has to outlive the result. Fails as MakeAttributor does.
  static Result<Explainer> Make(const ExplainedModel& model);

  /// What contributions are added up by, in the order of the features.
  const std::vector<std::string>& fields() const { return fields_; }
  Unit unit() const { return attributor_->unit(); }
  /// What is said of a row of which nothing is known.
  double expected(int class_idx) const { return attributor_->expected(class_idx); }
  /// As Attributor's.
  double CostPerRow() const { return attributor_->CostPerRow(); }

  /// The `top` strongest reasons of each row, strongest first (ties in the order of fields()), for
  /// rows with a class; none for rows of class -1. Contributions of exactly 0 are no reasons.
  /// REQUIRES: `table` as contract::Conform gives it, `classes` one per row.
  Result<std::vector<std::vector<Reason>>> Reasons(const Table& table,
                                                   std::span<const std::int32_t> classes,
                                                   std::size_t top, int threads) const;
  /// Mean size of each field's contributions over the rows with a class, largest first, with a
  /// normal interval for the rows being a sample.
  Result<std::vector<ColumnImportance>> Importance(const Table& table,
                                                   std::span<const std::int32_t> classes,
                                                   int threads) const;

 private:
  /// Called with the number of a row and its contributions by field. Rows of a block come one
  /// after the other, class by class; blocks may run at once.
  using Visit = std::function<void(std::int64_t row, std::span<const double> contributions)>;

  Explainer(const ExplainedModel& model, std::unique_ptr<Attributor> attributor);
  Status ForEachRow(const Table& table, std::span<const std::int32_t> classes, int threads,
                    const Visit& visit) const;
  void ExplainBlock(const Matrix& matrix, std::span<const std::int32_t> classes, std::int64_t block,
                    const Visit& visit) const;

  void ExplainRows(const Matrix& matrix, int class_idx, std::span<const std::int64_t> rows,
                   const Visit& visit) const;

  ExplainedModel model_;
  std::unique_ptr<Attributor> attributor_;
  std::vector<std::string> fields_;
  /// Field of each matrix column.
  std::vector<std::size_t> field_of_;
};

}  // namespace reeve::explain
