#pragma once

#include <cstddef>
#include <vector>

namespace reeve::explain {

/// Points and weights of a rule for integrals over [0, 1]: the integral of f is about
/// sum weights[i] f(points[i]). Points lie inside (0, 1), ascending; weights sum to 1.
struct Quadrature {
  std::vector<double> points, weights;
};

/// Gauss and Legendre's rule with `count` points, exact for polynomials of degree 2 count - 1.
/// REQUIRES: count > 0.
Quadrature GaussLegendre(std::size_t count);

}  // namespace reeve::explain
