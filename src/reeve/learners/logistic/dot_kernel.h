#pragma once

#include <cstddef>

namespace reeve::learners {

/// Sum of a[i] x b[i] in sixteen partial sums, so that it becomes vectors: the same bits on every
/// processor.
double Dot(const double* a, const float* b, std::size_t count);
/// The same without vectors of the processor at hand, for tests.
double DotPortable(const double* a, const float* b, std::size_t count);

}  // namespace reeve::learners
