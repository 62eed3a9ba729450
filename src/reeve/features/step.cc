#include "reeve/features/step.h"

#include <unordered_map>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/features/category_step.h"
#include "reeve/features/derived_step.h"
#include "reeve/features/number_step.h"
#include "reeve/features/statistics_step.h"
#include "reeve/features/text/text_step.h"

namespace reeve::features {

std::vector<std::string> Step::Categories(std::size_t /*input_idx*/) const { return {}; }

std::vector<std::int32_t> Step::Places(std::size_t input_idx,
                                       const std::vector<std::string>& dictionary) const {
  const std::vector<std::string> categories = Categories(input_idx);
  const auto other = static_cast<std::int32_t>(categories.size());
  std::unordered_map<std::string_view, std::int32_t> place_of;
  for (std::size_t i = 0; i < categories.size(); ++i)
    place_of.emplace(categories[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> places;
  places.reserve(dictionary.size() + 1);
  for (const std::string& text : dictionary) {
    const auto it = place_of.find(text);
    places.push_back(it == place_of.end() ? other : it->second);
  }
  places.push_back(other);
  return places;
}

Result<Step::Relearnt> Step::Relearn(const Table& /*table*/, std::span<const std::int64_t> /*rows*/,
                                     const Supervision& /*supervision*/) const {
  return Status::Internal("a step without labels cannot learn them");
}

Result<std::unique_ptr<Step>> StepFromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::string kind, JsonString(json, "kind"));
  if (kind == "number") return NumberStep::FromJson(json);
  if (kind == "category") return CategoryStep::FromJson(json);
  if (kind == "text") return TextStep::FromJson(json);
  if (kind == "derived") return DerivedStep::FromJson(json);
  if (kind == "target_statistics") return StatisticsStep::FromJson(json);
  return Status::Corrupt("unknown kind of step " + Quote(kind));
}

}  // namespace reeve::features
