#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/pipeline.h"
#include "reeve/features/step.h"
#include "reeve/features/text/text_scores.h"
#include "reeve/features/transforms.h"
#include "reeve/table/column.h"

namespace reeve::features {

/// What texts and lists become: what they say of each class (TextScores), how many words they have
/// and, of lists, how many elements; these two as ln(1 + n). A missing text scores as one without
/// words. Memory that texts are worked on in is kept by each thread.
class TextStep final : public Step {
 public:
  struct Fitted;
  /// True for columns of texts and of lists.
  static bool Takes(const Column& column);
  /// Learns from the rows `rows` of `column`; without labels no scores. Null step when the column
  /// gives nothing: no score that chance would not give, and the same number of words everywhere.
  /// REQUIRES: Takes(column).
  static Fitted Fit(const Column& column, std::span<const std::int64_t> rows,
                    const PipelineOptions& options, const Supervision& supervision);
  static Result<std::unique_ptr<Step>> FromJson(const Json& json);

  bool LooksAtLabels() const override { return scores_.has_value(); }
  Result<Relearnt> Relearn(const Table& table, std::span<const std::int64_t> rows,
                           const Supervision& supervision) const override;
  std::vector<StepInput> Inputs() const override;
  std::vector<MatrixColumn> Outputs() const override;
  void Apply(std::span<const StepValues> inputs, std::size_t rows,
             FeatureColumns out) const override;
  Json ToJson() const override;

 private:
  enum class Measure { kScore, kWords, kElements };
  struct Output {
    std::string name;
    Measure measure = Measure::kScore;
    Scale scale;
  };
  struct Memory;
  class Fitter;

  TextStep(std::string column, bool is_list) : column_(std::move(column)), is_list_(is_list) {}
  static Memory& MemoryOfThread();
  static double CountOf(Measure measure, std::string_view text, std::int64_t elements);
  Status ReadOutputs(const Json& json);
  // Fills a value for each output, before its scale.
  void MeasureText(std::string_view text, Memory& memory, std::span<double> values) const;

  std::string column_;
  bool is_list_;
  std::optional<TextScores> scores_;
  // Scores, one for each of scores_'s, and then counts.
  std::vector<Output> outputs_;
};

struct TextStep::Fitted {
  std::unique_ptr<Step> step;
  /// What the rows that were learnt from become: output k of row i at [k * rows + i]. Apply gives
  /// others, as it has seen their labels.
  std::vector<float> learnt;
};

}  // namespace reeve::features
