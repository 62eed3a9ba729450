#include "reeve/features/text/text_scores.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/features/text/linear_svm.h"

namespace reeve::features {
namespace {

constexpr double kLargestWeight = 32767;
// Weights of all terms and classes together.
constexpr std::size_t kMostWeights = 4'000'000;
constexpr std::int64_t kMostOutputs = 10'000;
// Products that training may cost, and passes over the rows that it gets in any case.
constexpr double kMostProducts = 3e8;
constexpr int kFewestPasses = 5, kMostPasses = 20;

// The first text of each one's group: of the texts that must not be told of each other, as a
// separator would have seen what it is asked about.
std::vector<std::size_t> FirstOfGroup(const LabelledTexts& set) {
  std::vector<std::size_t> first(set.texts.size());
  std::unordered_map<std::string_view, std::size_t> of_text;
  std::unordered_map<std::int32_t, std::size_t> of_group;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!set.groups.empty()) {
      first[i] = of_group.emplace(set.groups[i], i).first->second;
    } else {
      // Texts that are missing are known to nobody: they need not stay together.
      first[i] = set.texts[i].empty() ? i : of_text.emplace(set.texts[i], i).first->second;
    }
  }
  return first;
}

// The part of each text; each class is dealt out evenly.
std::vector<int> Deal(const LabelledTexts& set, const TextScoresOptions& options) {
  const std::vector<std::size_t> first = FirstOfGroup(set);
  std::vector<std::vector<std::size_t>> of_class(static_cast<std::size_t>(set.classes));
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i] == i) of_class[static_cast<std::size_t>(set.labels[i])].push_back(i);
  }
  std::vector<int> part(first.size());
  Random random = Random(options.seed).Fork("texts");
  int next = 0;
  for (std::vector<std::size_t>& rows : of_class) {
    random.Shuffle(std::span(rows));
    for (const std::size_t row : rows) {
      part[row] = next;
      next = (next + 1) % options.folds;
    }
  }
  for (std::size_t i = 0; i < first.size(); ++i) part[i] = part[first[i]];
  return part;
}

SparseRows TransformAll(const TextTerms& terms, std::span<const std::string_view> texts) {
  SparseRows rows(terms.columns());
  TextTermsMemory memory;
  for (const std::string_view text : texts) {
    for (const SparseRows::Value& value : terms.Transform(text, memory))
      rows.Append(value.column, value.value);
    rows.EndRow();
  }
  return rows;
}

// Welch's statistic of the margins of a class against those of the others.
double Difference(std::span<const double> margins, std::span<const std::uint8_t> is_positive) {
  double count[2] = {}, sum[2] = {}, squares[2] = {};
  for (std::size_t i = 0; i < margins.size(); ++i) {
    const std::size_t side = is_positive[i];
    ++count[side];
    sum[side] += margins[i];
    squares[side] += margins[i] * margins[i];
  }
  if (count[0] < 2 || count[1] < 2) return 0;
  double variance = 0;
  for (const std::size_t side : {0, 1}) {
    const double mean = sum[side] / count[side];
    variance += std::max(squares[side] / count[side] - mean * mean, 0.0) / (count[side] - 1);
  }
  const double difference = sum[1] / count[1] - sum[0] / count[0];
  return variance > 0 ? difference / std::sqrt(variance) : 0;
}

// Separators of one output, one for each part that they have not seen.
struct OutputFit {
  // Of new texts: the mean.
  std::vector<double> weights;
  double intercept = 0;
  // Of each text by the separator that has not seen it.
  std::vector<double> margins;
};

OutputFit FitOutput(const SparseRows& rows, std::span<const int> part,
                    std::span<const std::uint8_t> is_positive, const LinearSvmOptions& svm,
                    int folds) {
  OutputFit fit;
  fit.weights.resize(static_cast<std::size_t>(rows.columns()));
  fit.margins.resize(part.size());
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<std::int64_t> learnt;
    std::vector<std::uint8_t> positive;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] == fold) continue;
      learnt.push_back(static_cast<std::int64_t>(i));
      positive.push_back(is_positive[i]);
    }
    const LinearSeparator separator = TrainLinearSvm(rows, learnt, positive, svm);
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] == fold)
        fit.margins[i] = separator.Margin(rows.row(static_cast<std::int64_t>(i)));
    }
    for (std::size_t j = 0; j < fit.weights.size(); ++j)
      fit.weights[j] += separator.weights[j] / folds;
    fit.intercept += separator.intercept / folds;
  }
  return fit;
}

int PassesWithinBudget(const SparseRows& rows, std::size_t outputs, int folds) {
  double values = 0;
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    values += static_cast<double>(rows.row(row).size());
  const double pass = std::max(values * static_cast<double>(outputs) * folds, 1.0);
  return std::clamp(static_cast<int>(std::min(kMostProducts / pass, 1e6)), kFewestPasses,
                    kMostPasses);
}

}  // namespace

TextScores::Fitted TextScores::Fit(const LabelledTexts& set, const TextScoresOptions& options) {
  const std::size_t outputs = set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes);
  TextTermsOptions term_options = options.terms;
  // Halved for the two kinds of terms.
  const std::size_t most = std::max<std::size_t>(kMostWeights / outputs / 2, 1);
  term_options.words.most_terms = std::min(term_options.words.most_terms, most);
  term_options.characters.most_terms = std::min(term_options.characters.most_terms, most);
  TextScores scores(TextTerms::Fit(set.texts, term_options));
  const SparseRows rows = TransformAll(scores.terms_, set.texts);
  const std::vector<int> part = Deal(set, options);
  const LinearSvmOptions svm = {.cost = options.cost,
                                .most_passes = PassesWithinBudget(rows, outputs, options.folds),
                                .seed = options.seed};
  std::vector<double> margins(set.texts.size() * outputs);
  std::vector<std::vector<double>> weights;
  bool is_telling = false;
  for (std::size_t output = 0; output < outputs; ++output) {
    const auto positive_class = static_cast<std::int32_t>(outputs == 1 ? 1 : output);
    std::vector<std::uint8_t> is_positive;
    for (const std::int32_t label : set.labels)
      is_positive.push_back(label == positive_class ? 1 : 0);
    OutputFit fit = FitOutput(rows, part, is_positive, svm, options.folds);
    constexpr double kTelling = 2.5;
    is_telling |= Difference(fit.margins, is_positive) > kTelling;
    for (std::size_t i = 0; i < set.texts.size(); ++i)
      margins[i * outputs + output] = fit.margins[i];
    scores.intercepts_.push_back(fit.intercept);
    weights.push_back(std::move(fit.weights));
  }
  scores.SetWeights(weights);
  return {std::move(scores), std::move(margins), is_telling};
}

void TextScores::SetWeights(std::span<const std::vector<double>> weights) {
  const auto columns = static_cast<std::size_t>(terms_.columns());
  weights_.resize(columns * weights.size());
  for (std::size_t output = 0; output < weights.size(); ++output) {
    double largest = 0;
    for (const double weight : weights[output]) largest = std::max(largest, std::abs(weight));
    const double step = largest > 0 ? largest / kLargestWeight : 1;
    steps_.push_back(step);
    for (std::size_t column = 0; column < columns; ++column)
      weights_[column * weights.size() + output] =
          static_cast<std::int16_t>(std::lround(weights[output][column] / step));
  }
}

void TextScores::Score(std::string_view text, TextTermsMemory& memory,
                       std::span<double> margins) const {
  std::fill(margins.begin(), margins.end(), 0.0);
  for (const SparseRows::Value& value : terms_.Transform(text, memory)) {
    const std::int16_t* const weights =
        weights_.data() + static_cast<std::size_t>(value.column) * margins.size();
    for (std::size_t output = 0; output < margins.size(); ++output)
      margins[output] += static_cast<double>(value.value) * static_cast<double>(weights[output]);
  }
  for (std::size_t output = 0; output < margins.size(); ++output)
    margins[output] = intercepts_[output] + steps_[output] * margins[output];
}

Json TextScores::ToJson() const {
  Json json;
  json["terms"] = terms_.ToJson();
  json["intercepts"] = intercepts_;
  json["steps"] = steps_;
  json["weights"] = weights_;
  return json;
}

Result<TextScores> TextScores::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const Json* const terms, JsonMember(json, "terms"));
  REEVE_ASSIGN_OR_RETURN(TextTerms read, TextTerms::FromJson(*terms));
  TextScores scores(std::move(read));
  REEVE_ASSIGN_OR_RETURN(scores.intercepts_, JsonNumbers(json, "intercepts"));
  REEVE_ASSIGN_OR_RETURN(scores.steps_, JsonNumbers(json, "steps"));
  REEVE_ASSIGN_OR_RETURN(const Json* const weights, JsonArray(json, "weights"));
  const std::size_t outputs = scores.intercepts_.size();
  const auto columns = static_cast<std::size_t>(scores.terms_.columns());
  if (outputs == 0 || static_cast<std::int64_t>(outputs) > kMostOutputs ||
      scores.steps_.size() != outputs || weights->size() != columns * outputs) {
    return Status::Corrupt("scores of a text column: " + std::to_string(outputs) + " intercepts, " +
                           std::to_string(scores.steps_.size()) + " steps, " +
                           std::to_string(columns) + " terms and " +
                           std::to_string(weights->size()) + " weights do not fit each other");
  }
  scores.weights_.reserve(weights->size());
  for (const Json& weight : *weights) {
    if (!weight.is_number_integer() || std::abs(weight.get<double>()) > kLargestWeight)
      return Status::Corrupt("a weight of a text column is no whole number within ±32767");
    scores.weights_.push_back(static_cast<std::int16_t>(weight.get<std::int64_t>()));
  }
  return scores;
}

}  // namespace reeve::features
