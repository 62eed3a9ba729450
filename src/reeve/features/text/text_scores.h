#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/features/text/text_terms.h"

namespace reeve::features {

/// What scores are learnt from. Does not own.
struct LabelledTexts {
  std::span<const std::string_view> texts;
  /// 0 … classes-1, one for each text.
  std::span<const std::int32_t> labels;
  int classes = 2;
  /// Texts of one group stay in one part; empty: equal texts do.
  std::span<const std::int32_t> groups = {};
};

struct TextScoresOptions {
  TextTermsOptions terms = {};
  /// Cost of the linear separators, see LinearSvmOptions.
  double cost = 1;
  /// Parts that the texts are cut into for scores of texts that were not learnt from.
  int folds = 5;
  std::uint64_t seed = 42;
};

/// What a text says of each class: the margin of a linear separator on its terms, one against the
/// rest (for two classes one margin, positive for class 1). A table's texts become few numbers
/// that trees and linear models can both take.
///
/// Rows that were learnt from get the margins of a separator that has not seen them (stacking,
/// Wolpert 1992), or a model behind would trust them too much; new texts get the mean of these
/// separators. Immutable; safe to use from many threads.
class TextScores {
 public:
  struct Fitted;
  /// REQUIRES: set.classes >= 2.
  static Fitted Fit(const LabelledTexts& set, const TextScoresOptions& options);

  /// Margins of a text: 1 for two classes, else one for each class.
  std::size_t outputs() const { return intercepts_.size(); }
  /// Fills outputs() margins.
  void Score(std::string_view text, TextTermsMemory& memory, std::span<double> margins) const;

  /// Part of pipeline.json (docs/formats/pipeline.md).
  Json ToJson() const;
  /// Fails with kCorrupt.
  static Result<TextScores> FromJson(const Json& json);

 private:
  explicit TextScores(TextTerms terms) : terms_(std::move(terms)) {}
  void SetWeights(std::span<const std::vector<double>> weights);

  TextTerms terms_;
  // Weights as whole numbers, term after term with one for each output, and what one is worth.
  std::vector<std::int16_t> weights_;
  std::vector<double> steps_;
  std::vector<double> intercepts_;
};

struct TextScores::Fitted {
  TextScores scores;
  /// Margins of the texts that were learnt from, row after row.
  std::vector<double> margins;
  /// False when the texts say nothing of any class that chance would not.
  bool is_telling = false;
};

}  // namespace reeve::features
