#include "reeve/features/category_step.h"

#include <algorithm>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/base/wide_loops.h"

namespace reeve::features {
namespace {

std::string_view NameOf(CategoryEncoding encoding) {
  switch (encoding) {
    case CategoryEncoding::kCodes:
      return "codes";
    case CategoryEncoding::kOneHot:
      return "one_hot";
    case CategoryEncoding::kOrdinal:
      return "ordinal";
  }
  return "codes";
}

Result<CategoryEncoding> ReadEncoding(const std::string& name) {
  for (const CategoryEncoding known :
       {CategoryEncoding::kCodes, CategoryEncoding::kOneHot, CategoryEncoding::kOrdinal}) {
    if (NameOf(known) == name) return known;
  }
  return Status::Corrupt("unknown encoding " + Quote(name));
}

// A missing code reads some place that is there, and does not count.
REEVE_LOOP void PlacesOf(const std::int32_t* __restrict codes, std::size_t rows,
                         const std::int32_t* __restrict places, float* __restrict out) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t row = 0; row < rows; ++row) {
    const auto place = static_cast<float>(places[codes[row] < 0 ? 0 : codes[row]]);
    out[row] = codes[row] < 0 ? kNone : place;
  }
}

}  // namespace

std::unique_ptr<Step> CategoryStep::Fit(const Column& column, std::span<const std::int64_t> rows,
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
  return std::make_unique<CategoryStep>(column.name(), options.categories, std::move(map),
                                        has_missing);
}

std::vector<StepInput> CategoryStep::Inputs() const {
  return {{.column = column_, .storage = Column::Storage::kCodes}};
}

std::vector<MatrixColumn> CategoryStep::Outputs() const {
  if (encoding_ == CategoryEncoding::kCodes) {
    return {{.name = column_,
             .source = column_,
             .is_categorical = true,
             .cardinality = map_.other_code() + 1}};
  }
  if (encoding_ == CategoryEncoding::kOrdinal) return {{.name = column_, .source = column_}};
  std::vector<MatrixColumn> outputs;
  for (const std::string& category : map_.categories)
    outputs.push_back({.name = column_ + "=" + category, .source = column_});
  if (map_.has_rare) outputs.push_back({.name = column_ + "=(rare)", .source = column_});
  if (has_missing_) outputs.push_back({.name = column_ + "=(missing)", .source = column_});
  return outputs;
}

std::vector<std::string> CategoryStep::Categories(std::size_t /*input_idx*/) const {
  return map_.categories;
}

std::vector<std::int32_t> CategoryStep::Places(std::size_t input_idx,
                                               const std::vector<std::string>& dictionary) const {
  std::vector<std::int32_t> places = Step::Places(input_idx, dictionary);
  if (encoding_ == CategoryEncoding::kOrdinal)
    std::replace(places.begin(), places.end(), map_.other_code(), -1);
  return places;
}

void CategoryStep::Apply(std::span<const StepValues> inputs, std::size_t rows,
                         FeatureColumns out) const {
  if (encoding_ == CategoryEncoding::kOneHot) return ApplyOneHot(inputs[0], out);
  RunLoop<PlacesOf>(inputs[0].codes.data(), rows, inputs[0].places.data(), out.first);
}

void CategoryStep::ApplyOneHot(const StepValues& values, FeatureColumns out) const {
  const std::span<const std::int32_t> codes = values.codes;
  const std::int32_t missing_column = map_.other_code() + (map_.has_rare ? 1 : 0);
  const std::int32_t columns = missing_column + (has_missing_ ? 1 : 0);
  for (std::int32_t k = 0; k < columns; ++k)
    std::fill_n(out.column(static_cast<std::size_t>(k)), codes.size(), 0.0F);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::int32_t hot = codes[i] == kMissingCode
                                 ? missing_column
                                 : values.places[static_cast<std::size_t>(codes[i])];
    const bool exists =
        codes[i] == kMissingCode ? has_missing_ : hot < map_.other_code() || map_.has_rare;
    if (exists && hot < columns) out.column(static_cast<std::size_t>(hot))[i] = 1;
  }
}

Json CategoryStep::ToJson() const {
  Json json;
  json["column"] = column_;
  json["kind"] = "category";
  json["encoding"] = NameOf(encoding_);
  json["categories"] = map_.categories;
  json["has_rare"] = map_.has_rare;
  json["has_missing"] = has_missing_;
  return json;
}

Result<std::unique_ptr<Step>> CategoryStep::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(std::string column, JsonString(json, "column"));
  REEVE_ASSIGN_OR_RETURN(const std::string name, JsonString(json, "encoding"));
  REEVE_ASSIGN_OR_RETURN(const CategoryEncoding encoding, ReadEncoding(name));
  CategoryMap map;
  REEVE_ASSIGN_OR_RETURN(map.categories, JsonStrings(json, "categories"));
  REEVE_ASSIGN_OR_RETURN(map.has_rare, JsonBool(json, "has_rare"));
  REEVE_ASSIGN_OR_RETURN(const bool has_missing, JsonBool(json, "has_missing"));
  if (std::set(map.categories.begin(), map.categories.end()).size() != map.categories.size())
    return Status::Corrupt("a category of " + Quote(column) + " stands twice");
  return std::unique_ptr<Step>(
      std::make_unique<CategoryStep>(std::move(column), encoding, std::move(map), has_missing));
}

}  // namespace reeve::features
