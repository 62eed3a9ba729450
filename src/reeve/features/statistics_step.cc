#include "reeve/features/statistics_step.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"

namespace reeve::features {
namespace {

// Rows whose places stand on the stack at a time.
constexpr std::size_t kPlacedRows = 64;
constexpr std::size_t kMostCombined = 3;

std::uint64_t KeyOf(double number) { return std::bit_cast<std::uint64_t>(number + 0.0); }

// A key of several places, each less than the places of its input.
template <typename Place>
std::uint64_t Pack(const StatisticsParts& parts, const TargetStatistic& statistic, Place place) {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < statistic.inputs.size(); ++i)
    key = key * parts.inputs[statistic.inputs[i]].places() + place(i);
  return key;
}

template <typename T>
Result<std::vector<T>> ReadCounts(const Json& json, std::string_view member, std::int64_t most) {
  REEVE_ASSIGN_OR_RETURN(const Json* const array, JsonArray(json, member));
  std::vector<T> counts;
  counts.reserve(array->size());
  for (const Json& element : *array) {
    if (!element.is_number_integer() ||
        (element.is_number_unsigned() && element.get<std::uint64_t>() > 1ULL << 62))
      return Status::Corrupt(Quote(member) + " holds something else than counts");
    const auto count = element.get<std::int64_t>();
    if (count < 0 || count > most)
      return Status::Corrupt(Quote(member) + " holds " + std::to_string(count) +
                             ", expected 0 to " + std::to_string(most));
    counts.push_back(static_cast<T>(count));
  }
  return counts;
}

Result<StatisticsInput> ReadInput(const Json& json) {
  StatisticsInput input;
  REEVE_ASSIGN_OR_RETURN(input.source.column, JsonString(json, "column"));
  const bool is_binned = json.contains("cuts"), is_number = json.contains("numbers");
  input.source.storage =
      is_binned || is_number ? Column::Storage::kNumbers : Column::Storage::kCodes;
  if (is_binned) {
    REEVE_ASSIGN_OR_RETURN(input.cuts, JsonNumbers(json, "cuts"));
    if (input.cuts.empty()) return Status::Corrupt("a number in bins without a cut");
  } else if (is_number) {
    REEVE_ASSIGN_OR_RETURN(input.numbers, JsonNumbers(json, "numbers"));
  } else {
    REEVE_ASSIGN_OR_RETURN(input.categories, JsonStrings(json, "categories"));
  }
  return input;
}

Result<TargetStatistic> ReadStatistic(const Json& json) {
  TargetStatistic statistic;
  REEVE_ASSIGN_OR_RETURN(statistic.inputs,
                         ReadCounts<std::size_t>(json, "inputs", kMostStepInputs - 1));
  REEVE_ASSIGN_OR_RETURN(statistic.places, ReadCounts<std::uint32_t>(json, "places", 0xFFFFFFFE));
  constexpr std::int64_t kMostRows = std::int64_t{1} << 52;
  REEVE_ASSIGN_OR_RETURN(statistic.rows, ReadCounts<std::int64_t>(json, "rows", kMostRows));
  REEVE_ASSIGN_OR_RETURN(statistic.hits, ReadCounts<std::int64_t>(json, "hits", kMostRows));
  return statistic;
}

}  // namespace

std::uint64_t StatisticsInput::BinOf(double number) const {
  return static_cast<std::uint64_t>(std::upper_bound(cuts.begin(), cuts.end(), number) -
                                    cuts.begin());
}

std::string NameOfCombination(const StatisticsParts& parts, const TargetStatistic& statistic) {
  std::string name;
  for (const std::size_t input : statistic.inputs)
    name += (name.empty() ? "" : " × ") + parts.inputs[input].source.column;
  return name;
}

Result<std::unique_ptr<Step>> StatisticsStep::Make(StatisticsParts parts) {
  std::unique_ptr<StatisticsStep> step(new StatisticsStep(std::move(parts)));
  REEVE_RETURN_IF_ERROR(step->Check());
  REEVE_RETURN_IF_ERROR(step->Index());
  return std::unique_ptr<Step>(std::move(step));
}

Status StatisticsStep::Check() const {
  if (parts_.inputs.empty() || parts_.inputs.size() > kMostStepInputs)
    return Status::Corrupt("target statistics of " + std::to_string(parts_.inputs.size()) +
                           " columns, expected 1 to " + std::to_string(kMostStepInputs));
  std::set<std::string> columns;
  for (const StatisticsInput& input : parts_.inputs) {
    if (!columns.insert(input.source.column).second)
      return Status::Corrupt("column " + Quote(input.source.column) + " stands twice");
    if (std::adjacent_find(input.cuts.begin(), input.cuts.end(), std::greater_equal<>()) !=
        input.cuts.end())
      return Status::Corrupt("the cuts of " + Quote(input.source.column) + " do not ascend");
  }
  if (parts_.classes.empty() || parts_.classes.size() != parts_.priors.size())
    return Status::Corrupt("target statistics need a prior for each class");
  if (!(parts_.prior_rows >= 0) || !std::isfinite(parts_.prior_rows))
    return Status::Corrupt("the rows of a prior have to be 0 or more");
  for (const TargetStatistic& statistic : parts_.statistics) {
    const std::size_t width = statistic.inputs.size();
    const bool ascends = std::adjacent_find(statistic.inputs.begin(), statistic.inputs.end(),
                                            std::greater_equal<>()) == statistic.inputs.end();
    if (width < 1 || width > kMostCombined || !ascends ||
        statistic.inputs.back() >= parts_.inputs.size())
      return Status::Corrupt("a target statistic of columns that are not there");
    if (statistic.places.size() != statistic.keys() * width ||
        statistic.hits.size() != statistic.keys() * parts_.classes.size())
      return Status::Corrupt("a target statistic has other numbers of keys and of counts");
    std::uint64_t most = 1;
    for (const std::size_t input : statistic.inputs) {
      if (parts_.inputs[input].places() > (std::uint64_t{1} << 62) / most)
        return Status::Corrupt("a target statistic of too many values");
      most *= parts_.inputs[input].places();
    }
    for (std::size_t i = 0; i < statistic.places.size(); ++i) {
      if (statistic.places[i] >= parts_.inputs[statistic.inputs[i % width]].places())
        return Status::Corrupt("a target statistic of values that are not there");
    }
  }
  return Status::Ok();
}

Status StatisticsStep::Index() {
  for (const StatisticsInput& input : parts_.inputs) {
    KeyIndex& index = numbers_.emplace_back();
    for (const double number : input.numbers) index.Add(KeyOf(number));
    const std::set<std::string_view> distinct(input.categories.begin(), input.categories.end());
    if (index.size() != input.numbers.size() || distinct.size() != input.categories.size())
      return Status::Corrupt("a value of " + Quote(input.source.column) + " stands twice");
  }
  const std::size_t classes = parts_.classes.size();
  for (const TargetStatistic& statistic : parts_.statistics) {
    KeyIndex& index = keys_.emplace_back();
    std::vector<float>& values = values_.emplace_back();
    values.reserve((statistic.keys() + 1) * (classes + 1));
    for (std::size_t key = 0; key < statistic.keys(); ++key) {
      index.Add(Pack(parts_, statistic, [&](std::size_t i) {
        return statistic.places[key * statistic.inputs.size() + i];
      }));
      const auto rows = static_cast<double>(statistic.rows[key]);
      for (std::size_t k = 0; k < classes; ++k) {
        const auto hits = static_cast<double>(statistic.hits[key * classes + k]);
        values.push_back(ToFeature((hits + parts_.prior_rows * parts_.priors[k]) /
                                   std::max(rows + parts_.prior_rows, 1e-9)));
      }
      values.push_back(ToFeature(rows));
    }
    if (index.size() != statistic.keys())
      return Status::Corrupt("a key of a target statistic stands twice");
    for (const double prior : parts_.priors) values.push_back(ToFeature(prior));
    values.push_back(0);
  }
  return Status::Ok();
}

std::vector<StepInput> StatisticsStep::Inputs() const {
  std::vector<StepInput> inputs;
  for (const StatisticsInput& input : parts_.inputs) inputs.push_back(input.source);
  return inputs;
}

std::vector<MatrixColumn> StatisticsStep::Outputs() const {
  std::vector<MatrixColumn> outputs;
  for (const TargetStatistic& statistic : parts_.statistics) {
    const std::string name = NameOfCombination(parts_, statistic);
    for (const std::int32_t k : parts_.classes) {
      const std::string of = parts_.classes.size() == 1 ? "" : " " + std::to_string(k);
      outputs.push_back({.name = "target rate" + of + " of " + name, .source = name});
    }
    outputs.push_back({.name = "rows of " + name, .source = name});
  }
  return outputs;
}

std::vector<std::string> StatisticsStep::Categories(std::size_t input_idx) const {
  return parts_.inputs[input_idx].categories;
}

std::uint64_t StatisticsStep::PlaceOf(std::size_t input_idx, double number) const {
  const std::uint32_t found = numbers_[input_idx].Find(KeyOf(number));
  return found == KeyIndex::kAbsent ? parts_.inputs[input_idx].unknown_place() : found;
}

void StatisticsStep::FindPlaces(std::span<const StepValues> inputs, std::size_t begin,
                                std::size_t count, std::uint64_t* places) const {
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    std::uint64_t* const place = places + j * kPlacedRows;
    const StatisticsInput& input = parts_.inputs[j];
    if (input.source.storage == Column::Storage::kCodes) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t code = inputs[j].codes[begin + i];
        place[i] =
            code == kMissingCode
                ? input.missing_place()
                : static_cast<std::uint64_t>(inputs[j].places[static_cast<std::size_t>(code)]);
      }
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const double number = inputs[j].numbers[begin + i];
      place[i] = std::isnan(number)  ? input.missing_place()
                 : input.is_binned() ? input.BinOf(number)
                                     : PlaceOf(j, number);
    }
  }
}

void StatisticsStep::Apply(std::span<const StepValues> inputs, std::size_t rows,
                           FeatureColumns out) const {
  std::array<std::uint64_t, kMostStepInputs * kPlacedRows> places;
  const std::size_t outputs = parts_.classes.size() + 1;
  for (std::size_t begin = 0; begin < rows; begin += kPlacedRows) {
    const std::size_t count = std::min(kPlacedRows, rows - begin);
    FindPlaces(inputs, begin, count, places.data());
    for (std::size_t s = 0; s < parts_.statistics.size(); ++s) {
      const TargetStatistic& statistic = parts_.statistics[s];
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t key = Pack(parts_, statistic, [&](std::size_t j) {
          return places[statistic.inputs[j] * kPlacedRows + i];
        });
        const std::size_t found = std::min<std::size_t>(keys_[s].Find(key), statistic.keys());
        for (std::size_t k = 0; k < outputs; ++k)
          out.column(s * outputs + k)[begin + i] = values_[s][found * outputs + k];
      }
    }
  }
}

Json StatisticsStep::ToJson() const {
  Json json;
  json["kind"] = "target_statistics";
  json["inputs"] = Json::array();
  for (const StatisticsInput& input : parts_.inputs) {
    Json element;
    element["column"] = input.source.column;
    if (input.is_binned()) {
      element["cuts"] = input.cuts;
    } else if (input.source.storage == Column::Storage::kNumbers) {
      element["numbers"] = input.numbers;
    } else {
      element["categories"] = input.categories;
    }
    json["inputs"].push_back(std::move(element));
  }
  json["classes"] = parts_.classes;
  json["priors"] = parts_.priors;
  json["prior_rows"] = parts_.prior_rows;
  json["statistics"] = Json::array();
  for (const TargetStatistic& statistic : parts_.statistics) {
    Json element;
    element["inputs"] = statistic.inputs;
    element["places"] = statistic.places;
    element["rows"] = statistic.rows;
    element["hits"] = statistic.hits;
    json["statistics"].push_back(std::move(element));
  }
  return json;
}

Result<std::unique_ptr<Step>> StatisticsStep::FromJson(const Json& json) {
  StatisticsParts parts;
  REEVE_ASSIGN_OR_RETURN(const Json* const inputs, JsonArray(json, "inputs"));
  for (const Json& element : *inputs) {
    REEVE_ASSIGN_OR_RETURN(StatisticsInput input, ReadInput(element));
    parts.inputs.push_back(std::move(input));
  }
  REEVE_ASSIGN_OR_RETURN(parts.classes, ReadCounts<std::int32_t>(json, "classes", 1'000'000));
  REEVE_ASSIGN_OR_RETURN(parts.priors, JsonNumbers(json, "priors"));
  REEVE_ASSIGN_OR_RETURN(parts.prior_rows, JsonNumber(json, "prior_rows"));
  REEVE_ASSIGN_OR_RETURN(const Json* const statistics, JsonArray(json, "statistics"));
  for (const Json& element : *statistics) {
    REEVE_ASSIGN_OR_RETURN(TargetStatistic statistic, ReadStatistic(element));
    parts.statistics.push_back(std::move(statistic));
  }
  return Make(std::move(parts));
}

}  // namespace reeve::features
