#include "reeve/tuning/calibration_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reeve::tuning {
namespace {

using inference::Calibration;
using inference::CalibrationKind;
using Labels = std::span<const std::int32_t>;

// As inference::Calibration clips them.
constexpr double kSmallest = 1e-9;

double Logit(double probability) {
  return std::log(std::max(probability, kSmallest) / std::max(1 - probability, kSmallest));
}

// ln(1 + e^z) without overflow.
double SoftPlus(double z) { return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))); }

double Logistic(double z) { return 1 / (1 + std::exp(-z)); }

Status CheckBothClasses(Labels labels) {
  const auto positives = std::count(labels.begin(), labels.end(), 1);
  if (positives > 0 && positives < static_cast<std::ptrdiff_t>(labels.size())) return Status::Ok();
  return Status::InvalidData("only one class occurs among the rows, expected both to calibrate");
}

// The loss of Platt's regression with its derivatives.
class PlattObjective {
 public:
  PlattObjective(Labels labels, std::span<const double> probabilities, PlattTargets targets) {
    const auto positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
    const double negatives = static_cast<double>(labels.size()) - positives;
    const bool smoothed = targets == PlattTargets::kSmoothed;
    const double high = smoothed ? (positives + 1) / (positives + 2) : 1;
    const double low = smoothed ? 1 / (negatives + 2) : 0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
      logits_.push_back(Logit(probabilities[row]));
      targets_.push_back(labels[row] == 1 ? high : low);
    }
  }

  double Loss(double slope, double intercept) const {
    double loss = 0;
    for (std::size_t row = 0; row < logits_.size(); ++row) {
      const double z = slope * logits_[row] + intercept;
      loss += SoftPlus(z) - targets_[row] * z;
    }
    return loss;
  }

  struct Step {
    double slope = 0, intercept = 0;
    // What the loss falls by, to first order, for a whole step.
    double decrease = 0;
  };
  Step NewtonStep(double slope, double intercept) const {
    // A little on the diagonal keeps the matrix invertible where all logits are the same.
    constexpr double kRidge = 1e-12;
    double aa = kRidge, ab = 0, bb = kRidge, a = 0, b = 0;
    for (std::size_t row = 0; row < logits_.size(); ++row) {
      const double p = Logistic(slope * logits_[row] + intercept);
      const double weight = p * (1 - p);
      aa += weight * logits_[row] * logits_[row];
      ab += weight * logits_[row];
      bb += weight;
      a += (p - targets_[row]) * logits_[row];
      b += p - targets_[row];
    }
    const double determinant = aa * bb - ab * ab;
    Step step{.slope = -(bb * a - ab * b) / determinant,
              .intercept = -(aa * b - ab * a) / determinant};
    step.decrease = -(a * step.slope + b * step.intercept);
    return step;
  }

 private:
  std::vector<double> logits_, targets_;
};

// Slope and derivative of the mean log loss at inverse temperature `beta`.
struct Slope {
  double first = 0, second = 0;
};

Slope TemperedSlope(Labels labels, const std::vector<double>& logs, std::size_t classes,
                    double beta) {
  Slope slope;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double* const z = logs.data() + row * classes;
    // The largest is 0, so nothing overflows.
    double sum = 0, mean = 0, squares = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const double e = std::exp(beta * z[k]);
      sum += e;
      mean += e * z[k];
      squares += e * z[k] * z[k];
    }
    mean /= sum;
    slope.first += mean - z[static_cast<std::size_t>(labels[row])];
    slope.second += squares / sum - mean * mean;
  }
  return slope;
}

// ln p of each row less its largest.
std::vector<double> ShiftedLogs(const Probabilities& probabilities) {
  std::vector<double> logs;
  logs.reserve(probabilities.values.size());
  for (std::int64_t row = 0; row < probabilities.rows; ++row) {
    const auto p = probabilities.row(row);
    const double largest = std::max(*std::max_element(p.begin(), p.end()), kSmallest);
    for (const double value : p) logs.push_back(std::log(std::max(value, kSmallest) / largest));
  }
  return logs;
}

}  // namespace

Result<Calibration> FitPlatt(Labels labels, std::span<const double> probabilities,
                             PlattTargets targets) {
  REEVE_RETURN_IF_ERROR(CheckBothClasses(labels));
  const PlattObjective objective(labels, probabilities, targets);
  constexpr int kMostSteps = 100;
  constexpr double kSmallestStep = 1e-10;
  double slope = 1, intercept = 0;
  double loss = objective.Loss(slope, intercept);
  for (int i = 0; i < kMostSteps; ++i) {
    const auto step = objective.NewtonStep(slope, intercept);
    double share = 1, next = loss;
    for (; share > kSmallestStep; share /= 2) {
      next = objective.Loss(slope + share * step.slope, intercept + share * step.intercept);
      if (next <= loss - 1e-4 * share * step.decrease) break;
    }
    if (share <= kSmallestStep) break;
    slope += share * step.slope;
    intercept += share * step.intercept;
    loss = next;
    if (step.decrease <= 1e-12 * std::max(1.0, std::abs(loss))) break;
  }
  if (!(slope > 0) || !std::isfinite(slope) || !std::isfinite(intercept)) {
    return Status::InvalidData(
        "probabilities do not rise with the share of positives, expected them to for a "
        "calibration");
  }
  return Calibration{.kind = CalibrationKind::kPlatt, .slope = slope, .intercept = intercept};
}

std::vector<PooledBlock> PoolAdjacentViolators(Labels labels,
                                               std::span<const double> probabilities) {
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return probabilities[a] < probabilities[b];
  });
  // Sums while they are built: `mean` of probabilities, `share` of positives.
  std::vector<PooledBlock> blocks;
  const auto add = [](PooledBlock& block, const PooledBlock& next) {
    block.high = next.high;
    block.mean += next.mean;
    block.share += next.share;
    block.rows += next.rows;
  };
  const auto violates = [](const PooledBlock& block, const PooledBlock& next) {
    return block.share * static_cast<double>(next.rows) >=
           next.share * static_cast<double>(block.rows);
  };
  for (std::size_t i = 0; i < order.size();) {
    PooledBlock block{.low = probabilities[order[i]], .high = probabilities[order[i]]};
    for (; i < order.size() && probabilities[order[i]] == block.low; ++i) {
      block.mean += block.low;
      block.share += labels[order[i]];
      ++block.rows;
    }
    blocks.push_back(block);
    while (blocks.size() > 1 && violates(blocks[blocks.size() - 2], blocks.back())) {
      add(blocks[blocks.size() - 2], blocks.back());
      blocks.pop_back();
    }
  }
  for (PooledBlock& block : blocks) {
    block.mean /= static_cast<double>(block.rows);
    block.share /= static_cast<double>(block.rows);
  }
  return blocks;
}

Result<Calibration> FitIsotonic(Labels labels, std::span<const double> probabilities) {
  REEVE_RETURN_IF_ERROR(CheckBothClasses(labels));
  const std::vector<PooledBlock> blocks = PoolAdjacentViolators(labels, probabilities);
  const double margin = 1 / (static_cast<double>(labels.size()) + 2);
  Calibration calibration{.kind = CalibrationKind::kIsotonic};
  // Two points are kept for the ends.
  const std::size_t stride = blocks.size() / (Calibration::kMostPoints - 2) + 1;
  for (std::size_t i = 0; i < blocks.size(); i += stride) {
    const double x = std::clamp(blocks[i].mean, 0.0, 1.0);
    const double y = std::clamp(blocks[i].share, margin, 1 - margin);
    // Rounding may let neighbours meet.
    if (!calibration.x.empty() && (x <= calibration.x.back() || y <= calibration.y.back()))
      continue;
    calibration.x.push_back(x);
    calibration.y.push_back(y);
  }
  if (calibration.x.front() > 0) {
    calibration.x.insert(calibration.x.begin(), 0);
    calibration.y.insert(calibration.y.begin(), calibration.y.front() / 2);
  }
  if (calibration.x.back() < 1) {
    calibration.x.push_back(1);
    calibration.y.push_back(1 - (1 - calibration.y.back()) / 2);
  }
  return calibration;
}

Result<Calibration> FitTemperature(Labels labels, const Probabilities& probabilities) {
  if (labels.empty()) return Status::InvalidData("there is no row to calibrate on");
  const std::vector<double> logs = ShiftedLogs(probabilities);
  const auto classes = static_cast<std::size_t>(probabilities.classes);
  constexpr double kHottest = 1.0 / 20, kColdest = 20;
  constexpr int kMostSteps = 60;
  // The derivative rises with beta: Newton's steps within a bracket that bisection keeps shrinking.
  double low = kHottest, high = kColdest, beta = 1;
  for (int i = 0; i < kMostSteps; ++i) {
    const Slope slope = TemperedSlope(labels, logs, classes, beta);
    (slope.first > 0 ? high : low) = beta;
    double next = slope.second > 0 ? beta - slope.first / slope.second : 0;
    if (!(next > low && next < high)) next = (low + high) / 2;
    const bool is_there = std::abs(next - beta) < 1e-12 * beta;
    beta = next;
    if (is_there) break;
  }
  return Calibration{.kind = CalibrationKind::kTemperature, .temperature = 1 / beta};
}

}  // namespace reeve::tuning
