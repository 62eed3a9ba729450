#include "reeve/explain/coefficients.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "reeve/features/step.h"
#include "reeve/inference/linear.h"
#include "reeve/inference/mixture.h"

namespace reeve::explain {
namespace {

using inference::Linear;

constexpr double kTwoSided95 = 1.959963984540054;

OddsRatio RatioOf(double weight, std::optional<double> error, double units) {
  OddsRatio odds{.ratio = std::exp(weight * units)};
  if (!error) return odds;
  const double half = kTwoSided95 * *error;
  const double a = std::exp((weight - half) * units), b = std::exp((weight + half) * units);
  odds.low = std::min(a, b);
  odds.high = std::max(a, b);
  return odds;
}

// Of values at five even steps and for a missing number. A flag is 1 for that and else 0.
std::optional<double> EvenSlope(std::span<const float> y, double step) {
  constexpr std::size_t kSteps = 4;
  const double whole = static_cast<double>(y[kSteps]) - static_cast<double>(y[0]);
  if (whole == 0) {
    const bool flag = y[kSteps + 1] == 1 && y[0] == 0;
    return flag ? std::optional(1.0) : std::nullopt;
  }
  constexpr double kEven = 1e-4;
  for (std::size_t i = 0; i < kSteps; ++i) {
    const double part = static_cast<double>(y[i + 1]) - static_cast<double>(y[i]);
    if (std::abs(part * kSteps - whole) > kEven * std::abs(whole)) return std::nullopt;
  }
  return whole / (kSteps * step);
}

// How much the outputs of a step of one number change when that grows by one; nothing where the
// change is not even. Asked of the step itself: it alone knows what it does.
std::vector<std::optional<double>> SlopesOf(const features::Step& step) {
  const std::size_t outputs = step.Outputs().size();
  std::vector<std::optional<double>> slopes(outputs);
  const auto inputs = step.Inputs();
  if (inputs.size() != 1) return slopes;
  if (inputs[0].storage != Column::Storage::kNumbers) {
    // Categories: a column of its own is 1 where the category is, else 0.
    if (inputs[0].storage == Column::Storage::kCodes) std::fill(slopes.begin(), slopes.end(), 1.0);
    return slopes;
  }
  // Far points for columns of large numbers, whose steps float32 would round away near 0.
  for (const double far : {1e12, 1e9, 1e6, 1e3}) {
    const std::array<double, 6> at = {-far, -far / 2, 0, far / 2, far, kMissingNumber};
    std::vector<float> features(at.size() * outputs);
    const features::StepValues values{.numbers = at};
    step.Apply({&values, 1}, at.size(), {.first = features.data(), .stride = at.size()});
    for (std::size_t k = 0; k < outputs; ++k) {
      const auto slope = EvenSlope({features.data() + k * at.size(), at.size()}, far / 2);
      if (slope) slopes[k] = slope;
    }
  }
  return slopes;
}

LinearPart PartOf(const Linear& linear, const features::FittedPipeline& pipeline, std::size_t first,
                  double weight) {
  std::vector<std::optional<double>> slopes;
  for (const auto& step : pipeline.steps()) {
    const auto of_step = SlopesOf(*step);
    slopes.insert(slopes.end(), of_step.begin(), of_step.end());
  }
  LinearPart part{.weight = weight, .intercept = linear.intercepts[0], .coefficients = {}};
  const auto features = static_cast<std::size_t>(linear.features);
  for (std::size_t k = 0; k < linear.intercepts.size(); ++k) {
    const auto begin = static_cast<std::ptrdiff_t>(part.coefficients.size());
    for (std::size_t j = 0; j < features; ++j) {
      const MatrixColumn& column = pipeline.outputs()[first + j];
      const std::size_t at = k * features + j;
      const std::optional<double> error =
          linear.standard_errors.empty() ? std::nullopt : std::optional(linear.standard_errors[at]);
      Coefficient coefficient{
          .column = column.name,
          .source = column.source,
          .class_idx = linear.intercepts.size() == 1 ? 1 : static_cast<int>(k),
          .weight = linear.weights[at],
          .per_deviation = RatioOf(linear.weights[at], error,
                                   linear.deviations.empty() ? 1 : linear.deviations[j])};
      if (slopes[first + j])
        coefficient.per_unit = RatioOf(linear.weights[at], error, *slopes[first + j]);
      part.coefficients.push_back(std::move(coefficient));
    }
    std::stable_sort(part.coefficients.begin() + begin, part.coefficients.end(),
                     [](const Coefficient& a, const Coefficient& b) {
                       return std::abs(std::log(a.per_deviation.ratio)) >
                              std::abs(std::log(b.per_deviation.ratio));
                     });
  }
  return part;
}

}  // namespace

std::vector<LinearPart> LinearParts(const ExplainedModel& model) {
  if (const auto* const linear = dynamic_cast<const inference::LinearModel*>(&model.model))
    return {PartOf(linear->linear(), model.pipeline, 0, 1)};
  std::vector<LinearPart> parts;
  if (const auto* const mixture = dynamic_cast<const inference::MixtureModel*>(&model.model)) {
    for (const inference::MixtureMember& member : mixture->members()) {
      if (const auto* const linear =
              dynamic_cast<const inference::LinearModel*>(member.model.get()))
        parts.push_back(PartOf(linear->linear(), model.pipeline,
                               static_cast<std::size_t>(member.first_feature), member.weight));
    }
  }
  return parts;
}

}  // namespace reeve::explain
