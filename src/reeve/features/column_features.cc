#include "reeve/features/column_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"

namespace reeve::features {
namespace {

float ToFloat(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLargest, kLargest));  // NaN stays NaN
}

Status WrongStorage(const Column& column, std::string_view expected) {
  return Status::InvalidData("column " + Quote(column.name()) + " holds " +
                             std::string(ColumnTypeName(column.type())) +
                             " values, the pipeline was fitted on " + std::string(expected));
}

// Values that Apply takes from a table at a time.
constexpr std::size_t kBlock = 1024;

FeatureColumns Columns(Matrix& matrix, std::int64_t first, std::size_t row) {
  return {.first = matrix.column(first).data() + row,
          .stride = static_cast<std::size_t>(matrix.rows())};
}

std::vector<double> Gather(std::span<const double> values, std::span<const std::int64_t> rows) {
  std::vector<double> gathered;
  gathered.reserve(rows.size());
  for (const std::int64_t row : rows) gathered.push_back(values[static_cast<std::size_t>(row)]);
  return gathered;
}

// One number of the matrix made from a number of the table: [date part] → impute → scale, with an
// optional flag.
struct NumberSteps {
  std::string name;
  std::string date_part;  // empty: the number itself
  std::optional<double> imputed;
  Scale scale;
  bool flag = false;

  // True when a number only becomes a float.
  bool is_plain() const { return date_part.empty() && !imputed && !flag && is_unscaled(); }
  // True when what is left is at most a missing value to fill: (x - 0) / 1 is x.
  bool is_unscaled() const { return scale.center == 0 && scale.scale == 1; }
};

NumberSteps FitNumber(std::string name, std::string date_part, std::vector<double> values,
                      const PipelineOptions& options) {
  NumberSteps steps{.name = std::move(name),
                    .date_part = std::move(date_part),
                    .imputed = {},
                    .scale = {},
                    .flag = false};
  const bool any_missing =
      std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  steps.flag = options.missing_flags && any_missing;
  if (options.imputation != Imputation::kNone) {
    steps.imputed = FitImputation(values, options.imputation, options.constant);
    for (double& value : values) {
      if (std::isnan(value)) value = *steps.imputed;
    }
  }
  if (options.scaling != Scaling::kNone) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    steps.scale = FitScale(values, options.scaling);
  }
  return steps;
}

// Numbers, booleans and dates.
class NumberFeatures final : public ColumnFeatures {
 public:
  NumberFeatures(std::string column, std::vector<NumberSteps> numbers)
      : ColumnFeatures(std::move(column)), numbers_(std::move(numbers)) {}

  std::vector<MatrixColumn> Outputs() const override {
    std::vector<MatrixColumn> outputs;
    for (const NumberSteps& steps : numbers_) {
      outputs.push_back({.name = steps.name, .source = column()});
      if (steps.flag) outputs.push_back({.name = steps.name + " (missing)", .source = column()});
    }
    return outputs;
  }

  Status Apply(const Column& column, std::span<const std::int64_t> rows, Matrix& matrix,
               std::int64_t first) const override {
    if (column.storage() != Column::Storage::kNumbers) return WrongStorage(column, "numbers");
    std::array<double, kBlock> block;
    for (std::size_t begin = 0; begin < rows.size(); begin += kBlock) {
      const std::size_t count = std::min(kBlock, rows.size() - begin);
      for (std::size_t i = 0; i < count; ++i)
        block[i] = column.numbers()[static_cast<std::size_t>(rows[begin + i])];
      ApplyNumbers(std::span(block).first(count), Columns(matrix, first, begin));
    }
    return Status::Ok();
  }

  Column::Storage storage() const override { return Column::Storage::kNumbers; }

  void ApplyNumbers(std::span<const double> values, FeatureColumns out) const override {
    if (std::any_of(numbers_.begin(), numbers_.end(), IsOfDate)) return ApplyDates(values, out);
    std::size_t output = 0;
    for (const NumberSteps& steps : numbers_) {
      float* const numbers = out.column(output++);
      float* const flags = steps.flag ? out.column(output++) : nullptr;
      if (steps.is_plain()) {  // what trees get
        for (std::size_t i = 0; i < values.size(); ++i) numbers[i] = ToFloat(values[i]);
      } else {
        ApplySteps(steps, values, numbers, flags);
      }
    }
  }

  Json ToJson() const override {
    Json json;
    json["column"] = column();
    json["kind"] = "number";
    json["numbers"] = Json::array();
    for (const NumberSteps& steps : numbers_) {
      Json number;
      number["name"] = steps.name;
      if (!steps.date_part.empty()) number["date_part"] = steps.date_part;
      if (steps.imputed) number["impute"] = *steps.imputed;
      number["center"] = steps.scale.center;
      number["scale"] = steps.scale.scale;
      number["missing_flag"] = steps.flag;
      json["numbers"].push_back(std::move(number));
    }
    return json;
  }

  static Result<std::unique_ptr<ColumnFeatures>> FromJson(const Json& json, std::string column) {
    REEVE_ASSIGN_OR_RETURN(const Json* const array, JsonArray(json, "numbers"));
    std::vector<NumberSteps> numbers;
    for (const Json& element : *array) {
      NumberSteps steps;
      REEVE_ASSIGN_OR_RETURN(steps.name, JsonString(element, "name"));
      if (element.contains("date_part")) {
        REEVE_ASSIGN_OR_RETURN(steps.date_part, JsonString(element, "date_part"));
        if (!IsDatePart(steps.date_part))
          return Status::Corrupt("unknown date part " + Quote(steps.date_part));
      }
      REEVE_ASSIGN_OR_RETURN(steps.imputed, JsonOptionalNumber(element, "impute"));
      REEVE_ASSIGN_OR_RETURN(steps.scale.center, JsonNumber(element, "center"));
      REEVE_ASSIGN_OR_RETURN(steps.scale.scale, JsonNumber(element, "scale"));
      REEVE_ASSIGN_OR_RETURN(steps.flag, JsonBool(element, "missing_flag"));
      if (steps.scale.scale == 0) return Status::Corrupt("a scale of 0 for " + Quote(steps.name));
      numbers.push_back(std::move(steps));
    }
    return std::unique_ptr<ColumnFeatures>(
        std::make_unique<NumberFeatures>(std::move(column), std::move(numbers)));
  }

 private:
  static bool IsOfDate(const NumberSteps& steps) { return !steps.date_part.empty(); }

  static void ApplySteps(const NumberSteps& steps, std::span<const double> values, float* numbers,
                         float* flags) {
    const bool is_unscaled = steps.is_unscaled();
    for (std::size_t i = 0; i < values.size(); ++i) {
      double value = values[i];
      const bool missing = std::isnan(value);
      if (flags != nullptr) flags[i] = missing ? 1.0F : 0.0F;
      if (missing && steps.imputed) value = *steps.imputed;
      numbers[i] = ToFloat(is_unscaled ? value : steps.scale.Apply(value));
    }
  }

  // A date is taken apart once for all of its parts.
  void ApplyDates(std::span<const double> values, FeatureColumns out) const {
    constexpr std::size_t kDates = 64;
    std::array<DateParts, kDates> dates;
    std::array<double, kDates> raw;
    for (std::size_t begin = 0; begin < values.size(); begin += kDates) {
      const auto block = values.subspan(begin, std::min(kDates, values.size() - begin));
      std::transform(block.begin(), block.end(), dates.begin(), SplitDate);
      std::size_t output = 0;
      for (const NumberSteps& steps : numbers_) {
        float* const numbers = out.column(output++) + begin;
        float* const flags = steps.flag ? out.column(output++) + begin : nullptr;
        if (!IsOfDate(steps)) {
          ApplySteps(steps, block, numbers, flags);
          continue;
        }
        double DateParts::*const part = DatePartMember(steps.date_part);
        for (std::size_t i = 0; i < block.size(); ++i) raw[i] = dates[i].*part;
        ApplySteps(steps, std::span(raw).first(block.size()), numbers, flags);
      }
    }
  }

  std::vector<NumberSteps> numbers_;
};

// For each dictionary entry of a column its place among fitted categories, and behind them `other`;
// looked up once per entry, not per row.
std::vector<std::int32_t> Translate(const std::vector<std::string>& dictionary,
                                    const std::vector<std::string>& categories,
                                    std::int32_t other) {
  std::unordered_map<std::string_view, std::int32_t> code_of;
  for (std::size_t i = 0; i < categories.size(); ++i)
    code_of.emplace(categories[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> translated;
  translated.reserve(dictionary.size() + 1);
  for (const std::string& entry : dictionary) {
    const auto it = code_of.find(entry);
    translated.push_back(it == code_of.end() ? other : it->second);
  }
  translated.push_back(other);
  return translated;
}

// A column of categories as codes, as ranks, or as 0/1 columns.
class CategoryFeatures final : public ColumnFeatures {
 public:
  CategoryFeatures(std::string column, CategoryEncoding encoding, CategoryMap map, bool has_missing)
      : ColumnFeatures(std::move(column)),
        encoding_(encoding),
        map_(std::move(map)),
        has_missing_(has_missing) {}

  std::vector<MatrixColumn> Outputs() const override {
    if (encoding_ == CategoryEncoding::kCodes) {
      return {{.name = column(),
               .source = column(),
               .is_categorical = true,
               .cardinality = map_.other_code() + 1}};
    }
    if (encoding_ == CategoryEncoding::kOrdinal) return {{.name = column(), .source = column()}};
    std::vector<MatrixColumn> outputs;
    for (const std::string& category : map_.categories) {
      outputs.push_back({.name = column() + "=" + category, .source = column()});
    }
    if (map_.has_rare) outputs.push_back({.name = column() + "=(rare)", .source = column()});
    if (has_missing_) outputs.push_back({.name = column() + "=(missing)", .source = column()});
    return outputs;
  }

  Status Apply(const Column& column, std::span<const std::int64_t> rows, Matrix& matrix,
               std::int64_t first) const override {
    if (column.storage() != Column::Storage::kCodes) return WrongStorage(column, "categories");
    const std::vector<std::int32_t> places = Places(column.dictionary());
    std::array<std::int32_t, kBlock> block;
    for (std::size_t begin = 0; begin < rows.size(); begin += kBlock) {
      const std::size_t count = std::min(kBlock, rows.size() - begin);
      for (std::size_t i = 0; i < count; ++i)
        block[i] = column.codes()[static_cast<std::size_t>(rows[begin + i])];
      ApplyCodes(std::span(block).first(count), places, Columns(matrix, first, begin));
    }
    return Status::Ok();
  }

  Column::Storage storage() const override { return Column::Storage::kCodes; }

  std::vector<std::string> Categories() const override { return map_.categories; }

  std::vector<std::int32_t> Places(const std::vector<std::string>& dictionary) const override {
    const std::int32_t other = encoding_ == CategoryEncoding::kOrdinal ? -1 : map_.other_code();
    return Translate(dictionary, map_.categories, other);
  }

  void ApplyCodes(std::span<const std::int32_t> codes, std::span<const std::int32_t> places,
                  FeatureColumns out) const override {
    if (encoding_ == CategoryEncoding::kOneHot) return ApplyOneHot(codes, places, out);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      out.first[i] = codes[i] == kMissingCode
                         ? std::numeric_limits<float>::quiet_NaN()
                         : static_cast<float>(places[static_cast<std::size_t>(codes[i])]);
    }
  }

  Json ToJson() const override {
    Json json;
    json["column"] = column();
    json["kind"] = "category";
    json["encoding"] = EncodingName();
    json["categories"] = map_.categories;
    json["has_rare"] = map_.has_rare;
    json["has_missing"] = has_missing_;
    return json;
  }

  static Result<std::unique_ptr<ColumnFeatures>> FromJson(const Json& json, std::string column) {
    REEVE_ASSIGN_OR_RETURN(const std::string encoding, JsonString(json, "encoding"));
    CategoryMap map;
    REEVE_ASSIGN_OR_RETURN(map.categories, JsonStrings(json, "categories"));
    REEVE_ASSIGN_OR_RETURN(map.has_rare, JsonBool(json, "has_rare"));
    REEVE_ASSIGN_OR_RETURN(const bool has_missing, JsonBool(json, "has_missing"));
    if (std::set(map.categories.begin(), map.categories.end()).size() != map.categories.size()) {
      return Status::Corrupt("a category of " + Quote(column) + " stands twice");
    }
    for (const CategoryEncoding known :
         {CategoryEncoding::kCodes, CategoryEncoding::kOneHot, CategoryEncoding::kOrdinal}) {
      auto made = std::make_unique<CategoryFeatures>(column, known, map, has_missing);
      if (made->EncodingName() == encoding) return std::unique_ptr<ColumnFeatures>(std::move(made));
    }
    return Status::Corrupt("unknown encoding " + Quote(encoding));
  }

 private:
  std::string EncodingName() const {
    switch (encoding_) {
      case CategoryEncoding::kCodes:
        return "codes";
      case CategoryEncoding::kOneHot:
        return "one_hot";
      case CategoryEncoding::kOrdinal:
        return "ordinal";
    }
    return "codes";
  }

  void ApplyOneHot(std::span<const std::int32_t> codes, std::span<const std::int32_t> places,
                   FeatureColumns out) const {
    const std::int32_t missing_column = map_.other_code() + (map_.has_rare ? 1 : 0);
    const std::int32_t columns = missing_column + (has_missing_ ? 1 : 0);
    for (std::int32_t k = 0; k < columns; ++k)
      std::fill_n(out.column(static_cast<std::size_t>(k)), codes.size(), 0.0F);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const std::int32_t hot =
          codes[i] == kMissingCode ? missing_column : places[static_cast<std::size_t>(codes[i])];
      const bool exists =
          codes[i] == kMissingCode ? has_missing_ : hot < map_.other_code() || map_.has_rare;
      if (exists && hot < columns) out.column(static_cast<std::size_t>(hot))[i] = 1;
    }
  }

  CategoryEncoding encoding_;
  CategoryMap map_;
  bool has_missing_;
};

std::unique_ptr<ColumnFeatures> FitNumbers(const Column& column, std::span<const std::int64_t> rows,
                                           const PipelineOptions& options) {
  const std::vector<double> values = Gather(column.numbers(), rows);
  const bool all_missing =
      std::all_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  if (all_missing && options.imputation != Imputation::kNone &&
      options.imputation != Imputation::kConstant)
    return nullptr;
  std::vector<NumberSteps> numbers;
  if (column.type() != ColumnType::kDatetime) {
    numbers.push_back(FitNumber(column.name(), "", values, options));
  } else {
    for (const std::string& part : options.date_parts) {
      std::vector<double> parts;
      for (const double value : values) parts.push_back(DatePart(value, part));
      const auto present =
          std::find_if(parts.begin(), parts.end(), [](double value) { return !std::isnan(value); });
      const bool varies = std::any_of(parts.begin(), parts.end(), [&](double value) {
        return present != parts.end() && !std::isnan(value) && value != *present;
      });
      if (varies)
        numbers.push_back(FitNumber(column.name() + "." + part, part, std::move(parts), options));
    }
    if (numbers.empty()) return nullptr;
  }
  return std::make_unique<NumberFeatures>(column.name(), std::move(numbers));
}

std::unique_ptr<ColumnFeatures> FitCategory(const Column& column,
                                            std::span<const std::int64_t> rows,
                                            const PipelineOptions& options) {
  std::vector<std::int64_t> counts(column.dictionary().size());
  bool has_missing = false;
  for (const std::int64_t row : rows) {
    const std::int32_t code = column.codes()[static_cast<std::size_t>(row)];
    if (code == kMissingCode) {
      has_missing = true;
    } else {
      ++counts[static_cast<std::size_t>(code)];
    }
  }
  std::vector<std::pair<std::string, std::int64_t>> named;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] > 0) named.emplace_back(column.dictionary()[code], counts[code]);
  }
  CategoryMap map = FitCategories(named, options.min_category_rows, options.max_categories);
  // Codes follow frequency, so that the tail can be cut; 0/1 columns and ranks follow names, as
  // scikit-learn's do.
  if (options.categories != CategoryEncoding::kCodes)
    std::sort(map.categories.begin(), map.categories.end());
  if (named.empty() && options.categories == CategoryEncoding::kOneHot && !has_missing)
    return nullptr;
  return std::make_unique<CategoryFeatures>(column.name(), options.categories, std::move(map),
                                            has_missing);
}

}  // namespace

void ColumnFeatures::ApplyNumbers(std::span<const double> /*values*/,
                                  FeatureColumns /*out*/) const {}

std::vector<std::int32_t> ColumnFeatures::Places(
    const std::vector<std::string>& /*dictionary*/) const {
  return {};
}

void ColumnFeatures::ApplyCodes(std::span<const std::int32_t> /*codes*/,
                                std::span<const std::int32_t> /*places*/,
                                FeatureColumns /*out*/) const {}

std::unique_ptr<ColumnFeatures> FitColumn(const Column& column, std::span<const std::int64_t> rows,
                                          const PipelineOptions& options) {
  switch (column.type()) {
    case ColumnType::kText:
    case ColumnType::kList:
    case ColumnType::kId:
      return nullptr;
    case ColumnType::kCategory:
      return column.storage() == Column::Storage::kCodes ? FitCategory(column, rows, options)
                                                         : nullptr;
    default:
      return column.storage() == Column::Storage::kNumbers ? FitNumbers(column, rows, options)
                                                           : nullptr;
  }
}

Result<std::unique_ptr<ColumnFeatures>> ColumnFeaturesFromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(std::string column, JsonString(json, "column"));
  REEVE_ASSIGN_OR_RETURN(const std::string kind, JsonString(json, "kind"));
  if (kind == "number") return NumberFeatures::FromJson(json, std::move(column));
  if (kind == "category") return CategoryFeatures::FromJson(json, std::move(column));
  return Status::Corrupt("unknown kind of feature " + Quote(kind));
}

}  // namespace reeve::features
