#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/table/column.h"
#include "reeve/table/matrix.h"
#include "reeve/table/table.h"

namespace reeve::features {

struct Supervision;

/// A column that a step takes values from, and how they have to be stored. Texts are taken from
/// columns of either text storage (kTexts, or kCodes of a column that is no category).
struct StepInput {
  std::string column;
  Column::Storage storage = Column::Storage::kNumbers;
};

/// Values of one input, one for each row; the member of the input's storage is set. Not owned.
struct StepValues {
  /// NaN = missing.
  std::span<const double> numbers = {};
  /// Into some dictionary, its size for any text that is not in it, kMissingCode = missing.
  std::span<const std::int32_t> codes = {};
  /// What Step::Places gave for the dictionary of `codes`.
  std::span<const std::int32_t> places = {};
  /// Trimmed; empty = missing.
  std::span<const std::string_view> texts = {};
};

/// Where features are written: output k of row i goes to first[k * stride + i].
struct FeatureColumns {
  float* first = nullptr;
  std::size_t stride = 0;

  float* column(std::size_t output) const { return first + output * stride; }
};

/// Rows that a step is given at a time at most, so that what it works in can stand on the stack.
inline constexpr std::size_t kMostStepRows = 1024;
/// Columns that one step may take.
inline constexpr std::size_t kMostStepInputs = 16;

/// One or more columns of a table become one or more columns of the matrix. Fitted; immutable; safe
/// to use from many threads.
///
/// Whoever has values asks for Inputs(), finds for each input of codes the Places of its
/// dictionary once, and then calls Apply for block after block of rows: FittedPipeline::Transform
/// with the columns of a table, inference::RowScorer with fields of rows that stand in no table.
/// Both get the very same floats, since a row's features depend on that row's values alone.
class Step {
 public:
  virtual ~Step() = default;

  /// 1 to kMostStepInputs columns, distinct.
  virtual std::vector<StepInput> Inputs() const = 0;
  /// Described for the matrix, in order.
  virtual std::vector<MatrixColumn> Outputs() const = 0;
  /// The categories of an input of codes that were fitted; none for other inputs.
  virtual std::vector<std::string> Categories(std::size_t input_idx) const;
  /// For each text of `dictionary`, and behind them for any other text, its place: the position
  /// among Categories(input_idx), their number for a text that is not among them.
  /// REQUIRES: the input's storage is kCodes.
  virtual std::vector<std::int32_t> Places(std::size_t input_idx,
                                           const std::vector<std::string>& dictionary) const;
  /// Fills every output for `rows` rows. Allocates nothing.
  /// REQUIRES: rows <= kMostStepRows; one element of `inputs` for each of Inputs(), with `rows`
  /// values.
  virtual void Apply(std::span<const StepValues> inputs, std::size_t rows,
                     FeatureColumns out) const = 0;
  /// True for a step that was fitted with labels. It gives rows that it has learnt from values that
  /// their own labels had no part in (FittedRows::matrix), and others where it is applied to them.
  virtual bool LooksAtLabels() const { return false; }
  struct Relearnt;
  /// This step as it would be, had it learnt from the rows `rows` of `table`: with the same inputs
  /// and outputs, which keep their meaning. Steps that choose their outputs by the labels
  /// (combinations of columns) cannot and fail: a pipeline with them is fitted anew.
  /// REQUIRES: LooksAtLabels().
  virtual Result<Relearnt> Relearn(const Table& table, std::span<const std::int64_t> rows,
                                   const Supervision& supervision) const;
  /// An element of pipeline.json: "kind" and what StepFromJson needs.
  virtual Json ToJson() const = 0;
};

struct Step::Relearnt {
  std::unique_ptr<Step> step;
  /// What the rows that were learnt from become: output k of row i at [k * rows + i].
  std::vector<float> learnt;
};

/// Reads back what Step::ToJson wrote, whatever its kind. Fails with kCorrupt.
Result<std::unique_ptr<Step>> StepFromJson(const Json& json);

/// What every step writes: clamped to the range of float, NaN stays NaN.
inline float ToFeature(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  // Both comparisons whatever the value: loops over this become vectors.
  const double raised = value < -kLargest ? -kLargest : value;
  return static_cast<float>(raised > kLargest ? kLargest : raised);
}

}  // namespace reeve::features
