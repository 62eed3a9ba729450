#include "reeve/features/text/text_step.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/features/text/list_text.h"
#include "reeve/features/text/tokeniser.h"

namespace reeve::features {
namespace {

// More rows need fewer parts: what is left out of each matters less, and they cost more.
constexpr std::size_t kManyRows = 20'000;
constexpr int kFolds = 5, kFoldsOfManyRows = 3;
constexpr std::size_t kMostOutputs = 20'000;

constexpr std::array<std::string_view, 3> kMeasureNames = {"score", "words", "elements"};

std::string_view TextAt(const Column& column, std::int64_t row) {
  if (column.storage() == Column::Storage::kTexts) return column.text(row);
  const std::int32_t code = column.codes()[static_cast<std::size_t>(row)];
  return code == kMissingCode ? std::string_view()
                              : column.dictionary()[static_cast<std::size_t>(code)];
}

bool IsConstant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return value == values.front(); });
}

// The elements at `rows`; none of none.
std::vector<std::int32_t> Gather(std::span<const std::int32_t> values,
                                 std::span<const std::int64_t> rows) {
  std::vector<std::int32_t> gathered;
  if (values.empty()) return gathered;
  for (const std::int64_t row : rows) gathered.push_back(values[static_cast<std::size_t>(row)]);
  return gathered;
}

TextScores::Fitted FitScoresOf(std::span<const std::string_view> texts,
                               std::span<const std::int64_t> rows, const Supervision& supervision) {
  const std::vector<std::int32_t> labels = Gather(supervision.labels, rows);
  const std::vector<std::int32_t> groups = Gather(supervision.groups, rows);
  return TextScores::Fit(
      {.texts = texts, .labels = labels, .classes = supervision.classes, .groups = groups},
      {.folds = texts.size() > kManyRows ? kFoldsOfManyRows : kFolds, .seed = supervision.seed});
}

// Texts as they are learnt from: of lists the flattened ones, which `flat` holds.
struct Prepared {
  std::vector<std::string> flat;
  std::vector<std::string_view> texts;
  std::vector<std::int64_t> elements;
};

Prepared Prepare(const Column& column, std::span<const std::int64_t> rows, bool is_list) {
  Prepared prepared;
  prepared.texts.reserve(rows.size());
  prepared.elements.resize(rows.size());
  if (is_list) prepared.flat.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string_view text = TextAt(column, rows[i]);
    if (is_list) prepared.elements[i] = FlattenList(text, prepared.flat[i]);
    prepared.texts.push_back(is_list ? std::string_view(prepared.flat[i]) : text);
  }
  return prepared;
}

}  // namespace

struct TextStep::Memory {
  std::string flat;
  TextTermsMemory terms;
  std::vector<double> values;
};

TextStep::Memory& TextStep::MemoryOfThread() {
  thread_local Memory memory;
  return memory;
}

// Collects outputs and what they are in the rows that are learnt from.
class TextStep::Fitter {
 public:
  Fitter(const Column& column, Scaling scaling)
      : column_(column),
        scaling_(scaling),
        step_(new TextStep(column.name(), column.type() == ColumnType::kList)) {}

  Fitted Run(std::span<const std::int64_t> rows, const Supervision& supervision) {
    const Prepared prepared = Prepare(column_, rows, step_->is_list_);
    const bool is_any = std::any_of(prepared.texts.begin(), prepared.texts.end(),
                                    [](std::string_view text) { return !text.empty(); });
    if (is_any && !supervision.labels.empty()) FitScores(prepared.texts, rows, supervision);
    FitCount(Measure::kWords, prepared);
    if (step_->is_list_) FitCount(Measure::kElements, prepared);
    if (step_->outputs_.empty()) return {};
    return {std::move(step_), std::move(learnt_)};
  }

 private:
  void FitScores(std::span<const std::string_view> texts, std::span<const std::int64_t> rows,
                 const Supervision& supervision) {
    TextScores::Fitted fitted = FitScoresOf(texts, rows, supervision);
    if (!fitted.is_telling) return;
    const std::size_t outputs = fitted.scores.outputs();
    for (std::size_t output = 0; output < outputs; ++output) {
      std::vector<double> margins;
      for (std::size_t i = output; i < fitted.margins.size(); i += outputs)
        margins.push_back(fitted.margins[i]);
      Add(outputs == 1 ? "score" : "score of class " + std::to_string(output), Measure::kScore,
          margins);
    }
    step_->scores_.emplace(std::move(fitted.scores));
  }

  void FitCount(Measure measure, const Prepared& prepared) {
    std::vector<double> counts;
    for (std::size_t i = 0; i < prepared.texts.size(); ++i)
      counts.push_back(CountOf(measure, prepared.texts[i], prepared.elements[i]));
    if (!counts.empty() && !IsConstant(counts))
      Add(std::string(kMeasureNames[static_cast<std::size_t>(measure)]), measure, counts);
  }

  void Add(const std::string& name, Measure measure, std::span<const double> values) {
    const Scale scale = FitScale(values, scaling_);
    step_->outputs_.push_back(
        {.name = column_.name() + " (" + name + ")", .measure = measure, .scale = scale});
    for (const double value : values) learnt_.push_back(ToFeature(scale.Apply(value)));
  }

  const Column& column_;
  Scaling scaling_;
  std::unique_ptr<TextStep> step_;
  std::vector<float> learnt_;
};

Result<Step::Relearnt> TextStep::Relearn(const Table& table, std::span<const std::int64_t> rows,
                                         const Supervision& supervision) const {
  REEVE_ASSIGN_OR_RETURN(const Column* const column, table.Get(column_));
  const Prepared prepared = Prepare(*column, rows, is_list_);
  TextScores::Fitted fitted = FitScoresOf(prepared.texts, rows, supervision);
  const std::size_t scored = fitted.scores.outputs();
  if (scored != scores_->outputs())
    return Status::Internal("text column " + Quote(column_) + " learns other classes than before");
  Relearnt relearnt;
  for (std::size_t output = 0; output < outputs_.size(); ++output) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double value = output < scored ? fitted.margins[i * scored + output]
                                           : CountOf(outputs_[output].measure, prepared.texts[i],
                                                     prepared.elements[i]);
      relearnt.learnt.push_back(ToFeature(outputs_[output].scale.Apply(value)));
    }
  }
  std::unique_ptr<TextStep> step(new TextStep(column_, is_list_));
  step->outputs_ = outputs_;
  step->scores_.emplace(std::move(fitted.scores));
  relearnt.step = std::move(step);
  return relearnt;
}

bool TextStep::Takes(const Column& column) {
  return (column.type() == ColumnType::kText || column.type() == ColumnType::kList) &&
         column.storage() != Column::Storage::kNumbers;
}

TextStep::Fitted TextStep::Fit(const Column& column, std::span<const std::int64_t> rows,
                               const PipelineOptions& options, const Supervision& supervision) {
  return Fitter(column, options.scaling).Run(rows, supervision);
}

double TextStep::CountOf(Measure measure, std::string_view text, std::int64_t elements) {
  const std::int64_t count = measure == Measure::kWords ? Tokeniser::CountWords(text) : elements;
  return std::log1p(static_cast<double>(count));
}

std::vector<StepInput> TextStep::Inputs() const {
  return {{.column = column_, .storage = Column::Storage::kTexts}};
}

std::vector<MatrixColumn> TextStep::Outputs() const {
  std::vector<MatrixColumn> outputs;
  for (const Output& output : outputs_) outputs.push_back({.name = output.name, .source = column_});
  return outputs;
}

void TextStep::MeasureText(std::string_view text, Memory& memory, std::span<double> values) const {
  std::int64_t elements = 0;
  if (is_list_) {
    elements = FlattenList(text, memory.flat);
    text = memory.flat;
  }
  const std::size_t scored = scores_ ? scores_->outputs() : 0;
  if (scored > 0) scores_->Score(text, memory.terms, values.first(scored));
  for (std::size_t i = scored; i < outputs_.size(); ++i)
    values[i] = CountOf(outputs_[i].measure, text, elements);
}

void TextStep::Apply(std::span<const StepValues> inputs, std::size_t rows,
                     FeatureColumns out) const {
  Memory& memory = MemoryOfThread();
  memory.values.resize(outputs_.size());
  for (std::size_t row = 0; row < rows; ++row) {
    MeasureText(inputs[0].texts[row], memory, memory.values);
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      out.column(i)[row] = ToFeature(outputs_[i].scale.Apply(memory.values[i]));
  }
}

Json TextStep::ToJson() const {
  Json json;
  json["column"] = column_;
  json["kind"] = "text";
  json["is_list"] = is_list_;
  json["outputs"] = Json::array();
  for (const Output& output : outputs_) {
    Json element;
    element["name"] = output.name;
    element["measure"] = kMeasureNames[static_cast<std::size_t>(output.measure)];
    element["center"] = output.scale.center;
    element["scale"] = output.scale.scale;
    json["outputs"].push_back(std::move(element));
  }
  if (scores_) json["scores"] = scores_->ToJson();
  return json;
}

Status TextStep::ReadOutputs(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const Json* const array, JsonArray(json, "outputs"));
  const std::size_t scored = scores_ ? scores_->outputs() : 0;
  if (array->size() > kMostOutputs || array->empty())
    return Status::Corrupt("text column " + Quote(column_) + " has " +
                           std::to_string(array->size()) + " outputs");
  for (const Json& element : *array) {
    Output output;
    REEVE_ASSIGN_OR_RETURN(output.name, JsonString(element, "name"));
    REEVE_ASSIGN_OR_RETURN(const std::string measure, JsonString(element, "measure"));
    REEVE_ASSIGN_OR_RETURN(output.scale.center, JsonNumber(element, "center"));
    REEVE_ASSIGN_OR_RETURN(output.scale.scale, JsonNumber(element, "scale"));
    const auto it = std::find(kMeasureNames.begin(), kMeasureNames.end(), measure);
    if (it == kMeasureNames.end()) return Status::Corrupt("unknown measure " + Quote(measure));
    output.measure = static_cast<Measure>(it - kMeasureNames.begin());
    if (output.scale.scale == 0) return Status::Corrupt("a scale of 0 for " + Quote(output.name));
    const bool is_score = output.measure == Measure::kScore;
    if (is_score != (outputs_.size() < scored))
      return Status::Corrupt("outputs of text column " + Quote(column_) + " do not fit its scores");
    outputs_.push_back(std::move(output));
  }
  if (outputs_.size() < scored)
    return Status::Corrupt("outputs of text column " + Quote(column_) + " do not fit its scores");
  return Status::Ok();
}

Result<std::unique_ptr<Step>> TextStep::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(std::string column, JsonString(json, "column"));
  REEVE_ASSIGN_OR_RETURN(const bool is_list, JsonBool(json, "is_list"));
  std::unique_ptr<TextStep> step(new TextStep(std::move(column), is_list));
  if (json.contains("scores")) {
    REEVE_ASSIGN_OR_RETURN(TextScores scores, TextScores::FromJson(json["scores"]));
    step->scores_.emplace(std::move(scores));
  }
  REEVE_RETURN_IF_ERROR(step->ReadOutputs(json));
  return std::unique_ptr<Step>(std::move(step));
}

}  // namespace reeve::features
