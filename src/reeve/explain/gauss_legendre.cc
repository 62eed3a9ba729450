#include "reeve/explain/gauss_legendre.h"

#include <cmath>
#include <numbers>

namespace reeve::explain {
namespace {

// Legendre's polynomial of degree n and its derivative at x, by the three-term recurrence.
struct Legendre {
  double value = 1, derivative = 0;
};

Legendre LegendreAt(std::size_t n, double x) {
  double before = 0, now = 1;
  for (std::size_t k = 1; k <= n; ++k) {
    const auto degree = static_cast<double>(k);
    const double next = ((2 * degree - 1) * x * now - (degree - 1) * before) / degree;
    before = now;
    now = next;
  }
  return {now, static_cast<double>(n) * (x * now - before) / (x * x - 1)};
}

}  // namespace

Quadrature GaussLegendre(std::size_t count) {
  Quadrature rule;
  for (std::size_t i = count; i-- > 0;) {
    // Tricomi's guess of the root, then Newton's steps, which double the digits each time.
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) /
                        (static_cast<double>(count) + 0.5));
    constexpr int kSteps = 8;
    for (int step = 0; step < kSteps; ++step) {
      const Legendre at = LegendreAt(count, x);
      x -= at.value / at.derivative;
    }
    const double slope = LegendreAt(count, x).derivative;
    rule.points.push_back((1 + x) / 2);
    rule.weights.push_back(1 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

}  // namespace reeve::explain
