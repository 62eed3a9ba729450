#include "reeve/features/number_step.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/base/wide_loops.h"

namespace reeve::features {
namespace {

std::vector<double> Gather(std::span<const double> values, std::span<const std::int64_t> rows) {
  std::vector<double> gathered;
  gathered.reserve(rows.size());
  for (const std::int64_t row : rows) gathered.push_back(values[static_cast<std::size_t>(row)]);
  return gathered;
}

std::vector<NumberOutput> FitDateParts(const Column& column, const std::vector<double>& values,
                                       const PipelineOptions& options) {
  std::vector<NumberOutput> numbers;
  for (const std::string& part : options.date_parts) {
    std::vector<double> parts;
    for (const double value : values) parts.push_back(DatePart(value, part));
    const auto present =
        std::find_if(parts.begin(), parts.end(), [](double value) { return !std::isnan(value); });
    const bool varies = std::any_of(parts.begin(), parts.end(), [&](double value) {
      return present != parts.end() && !std::isnan(value) && value != *present;
    });
    if (varies) {
      numbers.push_back(
          FitNumberOutput(column.name() + "." + part, part, std::move(parts), options));
    }
  }
  return numbers;
}

REEVE_LOOP void ToFeatures(const double* values, std::size_t rows, float* features) {
  for (std::size_t i = 0; i < rows; ++i) features[i] = ToFeature(values[i]);
}

// A date is taken apart once for all of its parts.
void ApplyDates(const std::vector<NumberOutput>& numbers, std::span<const double> values,
                FeatureColumns out) {
  DateColumns dates;
  for (std::size_t begin = 0; begin < values.size(); begin += kDateRows) {
    const auto block = values.subspan(begin, std::min(kDateRows, values.size() - begin));
    dates.Split(block);
    FeatureColumns place{.first = out.first + begin, .stride = out.stride};
    for (const NumberOutput& number : numbers) {
      const std::span<const double> part =
          number.is_date_part() ? dates.Part(number.date_part) : block;
      number.Apply(part.first(block.size()), place);
      place.first = place.column(number.width());
    }
  }
}

}  // namespace

NumberOutput FitNumberOutput(std::string name, std::string date_part, std::vector<double> values,
                             const PipelineOptions& options) {
  NumberOutput output{.name = std::move(name),
                      .date_part = std::move(date_part),
                      .imputed = {},
                      .scale = {},
                      .flag = false};
  const bool any_missing =
      std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  output.flag = options.missing_flags && any_missing;
  if (options.imputation != Imputation::kNone) {
    output.imputed = FitImputation(values, options.imputation, options.constant);
    for (double& value : values) {
      if (std::isnan(value)) value = *output.imputed;
    }
  }
  if (options.scaling != Scaling::kNone) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    output.scale = FitScale(values, options.scaling);
  }
  return output;
}

std::unique_ptr<Step> NumberStep::Fit(const Column& column, std::span<const std::int64_t> rows,
                                      const PipelineOptions& options) {
  std::vector<double> values = Gather(column.numbers(), rows);
  const bool all_missing =
      std::all_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  if (all_missing && options.imputation != Imputation::kNone &&
      options.imputation != Imputation::kConstant)
    return nullptr;
  std::vector<NumberOutput> numbers;
  if (column.type() != ColumnType::kDatetime) {
    numbers.push_back(FitNumberOutput(column.name(), "", std::move(values), options));
  } else {
    numbers = FitDateParts(column, values, options);
    if (numbers.empty()) return nullptr;
  }
  return std::make_unique<NumberStep>(column.name(), std::move(numbers));
}

std::vector<StepInput> NumberStep::Inputs() const {
  return {{.column = column_, .storage = Column::Storage::kNumbers}};
}

std::vector<MatrixColumn> NumberOutput::Outputs(const std::string& source) const {
  std::vector<MatrixColumn> outputs = {{.name = name, .source = source}};
  if (flag) outputs.push_back({.name = name + " (missing)", .source = source});
  return outputs;
}

void NumberOutput::Apply(std::span<const double> values, FeatureColumns out) const {
  float* const features = out.column(0);
  const bool is_unscaled = scale.center == 0 && scale.scale == 1;  // (x - 0) / 1 is x
  if (is_unscaled && !imputed && !flag) {                          // what trees get
    return RunLoop<ToFeatures>(values.data(), values.size(), features);
  }
  float* const flags = flag ? out.column(1) : nullptr;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double value = values[i];
    const bool missing = std::isnan(value);
    if (flags != nullptr) flags[i] = missing ? 1.0F : 0.0F;
    if (missing && imputed) value = *imputed;
    features[i] = ToFeature(is_unscaled ? value : scale.Apply(value));
  }
}

Json NumberOutput::ToJson() const {
  Json json;
  json["name"] = name;
  if (!date_part.empty()) json["date_part"] = date_part;
  if (imputed) json["impute"] = *imputed;
  json["center"] = scale.center;
  json["scale"] = scale.scale;
  json["missing_flag"] = flag;
  return json;
}

Result<NumberOutput> NumberOutput::FromJson(const Json& json) {
  NumberOutput number;
  REEVE_ASSIGN_OR_RETURN(number.name, JsonString(json, "name"));
  if (json.contains("date_part")) {
    REEVE_ASSIGN_OR_RETURN(number.date_part, JsonString(json, "date_part"));
    if (!IsDatePart(number.date_part))
      return Status::Corrupt("unknown date part " + Quote(number.date_part));
  }
  REEVE_ASSIGN_OR_RETURN(number.imputed, JsonOptionalNumber(json, "impute"));
  REEVE_ASSIGN_OR_RETURN(number.scale.center, JsonNumber(json, "center"));
  REEVE_ASSIGN_OR_RETURN(number.scale.scale, JsonNumber(json, "scale"));
  REEVE_ASSIGN_OR_RETURN(number.flag, JsonBool(json, "missing_flag"));
  if (number.scale.scale == 0) return Status::Corrupt("a scale of 0 for " + Quote(number.name));
  return number;
}

std::vector<MatrixColumn> NumberStep::Outputs() const {
  std::vector<MatrixColumn> outputs;
  for (const NumberOutput& number : numbers_) {
    for (MatrixColumn& output : number.Outputs(column_)) outputs.push_back(std::move(output));
  }
  return outputs;
}

void NumberStep::Apply(std::span<const StepValues> inputs, std::size_t rows,
                       FeatureColumns out) const {
  const std::span<const double> values = inputs[0].numbers.first(rows);
  const bool any_date =
      std::any_of(numbers_.begin(), numbers_.end(),
                  [](const NumberOutput& number) { return number.is_date_part(); });
  if (any_date) return ApplyDates(numbers_, values, out);
  for (const NumberOutput& number : numbers_) {
    number.Apply(values, out);
    out.first = out.column(number.width());
  }
}

Json NumberStep::ToJson() const {
  Json json;
  json["column"] = column_;
  json["kind"] = "number";
  json["numbers"] = Json::array();
  for (const NumberOutput& number : numbers_) json["numbers"].push_back(number.ToJson());
  return json;
}

Result<std::unique_ptr<Step>> NumberStep::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(std::string column, JsonString(json, "column"));
  REEVE_ASSIGN_OR_RETURN(const Json* const array, JsonArray(json, "numbers"));
  std::vector<NumberOutput> numbers;
  for (const Json& element : *array) {
    REEVE_ASSIGN_OR_RETURN(NumberOutput number, NumberOutput::FromJson(element));
    numbers.push_back(std::move(number));
  }
  return std::unique_ptr<Step>(std::make_unique<NumberStep>(std::move(column), std::move(numbers)));
}

}  // namespace reeve::features
