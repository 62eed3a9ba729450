#include "reeve/learners/learner.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::learners {
namespace {

const ParamSpec* FindSpec(const std::vector<ParamSpec>& specs, const std::string& name) {
  const auto it = std::find_if(specs.begin(), specs.end(),
                               [&](const ParamSpec& spec) { return spec.name == name; });
  return it == specs.end() ? nullptr : &*it;
}

Status ValidateNumber(const ParamSpec& spec, const std::string& value, const std::string& where) {
  const auto number = ParseNumber(value);
  const bool is_whole = number && std::floor(*number) == *number;
  if (!number || (spec.type == "integer" && !is_whole)) {
    return Status::InvalidArgument(where + " is " + Quote(value) + ", expected " +
                                   (spec.type == "integer" ? "a whole number" : "a number"));
  }
  if (*number < spec.minimum || *number > spec.maximum) {
    return Status::InvalidArgument(where + " is " + value + ", expected " +
                                   FormatNumber(spec.minimum) + " to " +
                                   FormatNumber(spec.maximum));
  }
  return Status::Ok();
}

Status ValidateWord(const ParamSpec& spec, const std::string& value, const std::string& where) {
  if (std::find(spec.words.begin(), spec.words.end(), value) != spec.words.end())
    return Status::Ok();
  // A word parameter with bounds also takes a number between them (max_features: sqrt or a share).
  const auto number = ParseNumber(value);
  if (spec.maximum > spec.minimum && number && *number >= spec.minimum && *number <= spec.maximum)
    return Status::Ok();
  return Status::InvalidArgument(where + " is " + Quote(value) + "." + Suggest(value, spec.words));
}

}  // namespace

Status ValidateParams(const Params& params, const std::vector<ParamSpec>& specs,
                      const std::string& learner) {
  std::vector<std::string> names;
  for (const ParamSpec& spec : specs) names.push_back(spec.name);
  for (const auto& [name, value] : params) {
    const ParamSpec* const spec = FindSpec(specs, name);
    if (spec == nullptr) {
      return Status::InvalidArgument("unknown parameter " + Quote(name) + " of " + learner + "." +
                                     Suggest(name, names));
    }
    const std::string where = "parameter " + name + " of " + learner;
    REEVE_RETURN_IF_ERROR(spec->type == "word" ? ValidateWord(*spec, value, where)
                                               : ValidateNumber(*spec, value, where));
  }
  return Status::Ok();
}

std::string WordParam(const Params& params, const std::vector<ParamSpec>& specs,
                      const std::string& name) {
  const auto it = params.find(name);
  if (it != params.end()) return it->second;
  const ParamSpec* const spec = FindSpec(specs, name);
  return spec == nullptr ? "" : spec->default_value;
}

double NumberParam(const Params& params, const std::vector<ParamSpec>& specs,
                   const std::string& name) {
  return ParseNumber(WordParam(params, specs, name)).value_or(0);
}

Result<std::vector<TrainedModel>> Learner::TrainPath(const TrainingSet& set,
                                                     const std::vector<Params>& path,
                                                     const TrainOptions& options) const {
  std::vector<TrainedModel> models;
  for (const Params& params : path) {
    TrainOptions single = options;
    single.params = params;
    REEVE_ASSIGN_OR_RETURN(TrainedModel model, Train(set, single));
    models.push_back(std::move(model));
  }
  return models;
}

}  // namespace reeve::learners
