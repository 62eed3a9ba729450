#include "reeve/inference/decision.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace reeve::inference {
namespace {

constexpr int kFormatVersion = 3;

Result<CostMatrix> CostsFromJson(const Json& json, int classes) {
  REEVE_ASSIGN_OR_RETURN(const Json* const rows, JsonArray(json, "costs"));
  CostMatrix costs{.classes = classes, .values = {}};
  for (const Json& row : *rows) {
    for (const Json& cost : row) {
      if (!row.is_array() || !cost.is_number())
        return Status::Corrupt("decision has costs that are no numbers");
      costs.values.push_back(cost.get<double>());
    }
  }
  if (!costs.IsValid()) {
    return Status::Corrupt("decision has costs that are not one for each pair of its " +
                           std::to_string(classes) + " classes, 0 where both are the same");
  }
  return costs;
}

}  // namespace

void Decision::Correct(Probabilities& probabilities) const {
  if (odds.empty() && calibration.kind == CalibrationKind::kNone) return;
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    Correct(probabilities.mutable_row(row));
}

void Decision::Correct(std::span<double> row) const {
  CorrectOdds(row);
  calibration.Apply(row);
}

void Decision::CorrectOdds(Probabilities& probabilities) const {
  if (odds.empty()) return;
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    CorrectOdds(probabilities.mutable_row(row));
}

void Decision::CorrectOdds(std::span<double> row) const {
  if (odds.empty()) return;
  double sum = 0;
  for (std::size_t k = 0; k < row.size(); ++k) {
    row[k] /= odds[k];
    sum += row[k];
  }
  if (sum <= 0) return;
  for (double& value : row) value /= sum;
}

Json Decision::ToJson() const {
  Json json;
  // The oldest version that can say it, so that older Reeves read what they can apply.
  const bool calibrates = calibration.kind != CalibrationKind::kNone;
  json["format_version"] = costs ? 3 : calibrates ? 2 : 1;
  json["threshold"] = threshold ? Json(*threshold) : Json(nullptr);
  json["odds"] = odds;
  if (calibrates || costs) json["calibration"] = calibration.ToJson();
  if (costs) json["costs"] = costs->Rows();
  return json;
}

Result<Decision> Decision::FromJson(const Json& json, int classes) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, JsonInteger(json, "format_version"));
  if (version < 1 || version > kFormatVersion) {
    return Status::Corrupt("decision has format version " + std::to_string(version) +
                           ", this Reeve reads versions 1 to " + std::to_string(kFormatVersion));
  }
  Decision decision;
  REEVE_ASSIGN_OR_RETURN(decision.threshold, JsonOptionalNumber(json, "threshold"));
  REEVE_ASSIGN_OR_RETURN(decision.odds, JsonNumbers(json, "odds"));
  if (decision.threshold.has_value() != (classes == 2)) {
    return Status::Corrupt("decision has a threshold only with two classes");
  }
  if (decision.threshold && !(*decision.threshold >= 0 && *decision.threshold <= 1)) {
    return Status::Corrupt("decision has a threshold outside 0 to 1");
  }
  const bool fits =
      decision.odds.empty() || decision.odds.size() == static_cast<std::size_t>(classes);
  const bool positive = std::all_of(decision.odds.begin(), decision.odds.end(),
                                    [](double value) { return std::isfinite(value) && value > 0; });
  if (!fits || !positive)
    return Status::Corrupt("decision has odds that are not one positive number per class");
  if (version >= 2) {
    REEVE_ASSIGN_OR_RETURN(const Json* const calibration, JsonMember(json, "calibration"));
    REEVE_ASSIGN_OR_RETURN(decision.calibration, Calibration::FromJson(*calibration, classes));
  }
  if (version >= 3) {
    REEVE_ASSIGN_OR_RETURN(decision.costs, CostsFromJson(json, classes));
  }
  return decision;
}

}  // namespace reeve::inference
