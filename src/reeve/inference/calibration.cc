#include "reeve/inference/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve::inference {
namespace {

// Forests give zeros and ones, whose logarithm would be infinite.
constexpr double kSmallest = 1e-9;

constexpr std::array<std::pair<CalibrationKind, std::string_view>, 4> kNames = {{
    {CalibrationKind::kNone, "none"},
    {CalibrationKind::kPlatt, "platt"},
    {CalibrationKind::kIsotonic, "isotonic"},
    {CalibrationKind::kTemperature, "temperature"},
}};

void SetPositive(std::span<double> row, double probability) {
  row[0] = 1 - probability;
  row[1] = probability;
}

double Platt(const Calibration& calibration, std::span<const double> row) {
  const double logit = std::log(std::max(row[1], kSmallest) / std::max(row[0], kSmallest));
  return 1 / (1 + std::exp(-(calibration.slope * logit + calibration.intercept)));
}

double Interpolate(const std::vector<double>& x, const std::vector<double>& y, double at) {
  if (at <= x.front()) return y.front();
  if (at >= x.back()) return y.back();
  const auto upper = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), at) - x.begin());
  // Nothing is above a value that is no number.
  const std::size_t i = std::clamp<std::size_t>(upper, 1, x.size() - 1);
  return y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
}

void Temper(std::span<double> row, double temperature) {
  double largest = kSmallest;
  for (const double value : row) largest = std::max(largest, value);
  double sum = 0;
  for (double& value : row) {
    value = std::pow(std::max(value, kSmallest) / largest, 1 / temperature);
    sum += value;
  }
  for (double& value : row) value /= sum;
}

bool RisesWithin(const std::vector<double>& values, double low, double high) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] >= low && values[i] <= high)) return false;
    if (i > 0 && !(values[i] > values[i - 1])) return false;
  }
  return true;
}

bool IsPositive(double value) { return std::isfinite(value) && value > 0; }

Status Check(const Calibration& calibration, int classes) {
  const auto corrupt = [&](const char* what) {
    return Status::Corrupt(std::string("calibration of kind ") +
                           std::string(CalibrationName(calibration.kind)) + " has " + what);
  };
  const bool any_classes = calibration.kind == CalibrationKind::kNone ||
                           calibration.kind == CalibrationKind::kTemperature;
  if (!any_classes && classes != 2) return corrupt("more than two classes, expected two");
  if (!IsPositive(calibration.slope) || !std::isfinite(calibration.intercept))
    return corrupt("a slope or an intercept out of range");
  if (!IsPositive(calibration.temperature)) return corrupt("a temperature that is not positive");
  if (calibration.kind != CalibrationKind::kIsotonic) return Status::Ok();
  const std::size_t points = calibration.x.size();
  if (points != calibration.y.size() || points < 2 || points > Calibration::kMostPoints)
    return corrupt("not as many x as y, or too few or too many of them");
  // Strictly inside: a probability of 0 or 1 would claim to know.
  constexpr double kInside = 1e-15;
  if (!RisesWithin(calibration.x, 0, 1) || !RisesWithin(calibration.y, kInside, 1 - kInside))
    return corrupt("points that do not rise within 0 to 1");
  return Status::Ok();
}

}  // namespace

std::string_view CalibrationName(CalibrationKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "none";
}

Result<CalibrationKind> ParseCalibrationKind(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
    names.emplace_back(known);
  }
  return Status::InvalidArgument("unknown calibration " + Quote(name, 40) + "." +
                                 Suggest(name, names));
}

void Calibration::Apply(std::span<double> row) const {
  switch (kind) {
    case CalibrationKind::kNone:
      return;
    case CalibrationKind::kPlatt:
      return SetPositive(row, Platt(*this, row));
    case CalibrationKind::kIsotonic:
      return SetPositive(row, Interpolate(x, y, row[1]));
    case CalibrationKind::kTemperature:
      return Temper(row, temperature);
  }
}

Json Calibration::ToJson() const {
  Json json;
  json["kind"] = std::string(CalibrationName(kind));
  if (kind == CalibrationKind::kPlatt) {
    json["slope"] = slope;
    json["intercept"] = intercept;
  }
  if (kind == CalibrationKind::kTemperature) json["temperature"] = temperature;
  if (kind == CalibrationKind::kIsotonic) {
    json["x"] = x;
    json["y"] = y;
  }
  return json;
}

Result<Calibration> Calibration::FromJson(const Json& json, int classes) {
  REEVE_ASSIGN_OR_RETURN(const std::string name, JsonString(json, "kind"));
  const Result<CalibrationKind> kind = ParseCalibrationKind(name);
  if (!kind.ok()) return Status::Corrupt(kind.status().message());
  Calibration calibration{.kind = *kind};
  if (*kind == CalibrationKind::kPlatt) {
    REEVE_ASSIGN_OR_RETURN(calibration.slope, JsonNumber(json, "slope"));
    REEVE_ASSIGN_OR_RETURN(calibration.intercept, JsonNumber(json, "intercept"));
  }
  if (*kind == CalibrationKind::kTemperature) {
    REEVE_ASSIGN_OR_RETURN(calibration.temperature, JsonNumber(json, "temperature"));
  }
  if (*kind == CalibrationKind::kIsotonic) {
    REEVE_ASSIGN_OR_RETURN(calibration.x, JsonNumbers(json, "x"));
    REEVE_ASSIGN_OR_RETURN(calibration.y, JsonNumbers(json, "y"));
  }
  REEVE_RETURN_IF_ERROR(Check(calibration, classes));
  return calibration;
}

}  // namespace reeve::inference
