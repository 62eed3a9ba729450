#include "reeve/tuning/blend.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reeve::tuning {
namespace {

// Probability of each row's own class: all that log loss looks at.
std::vector<double> OwnClass(const Probabilities& member, std::span<const std::int32_t> labels) {
  constexpr double kSmallest = 0x1p-52;  // as the log loss clips
  std::vector<double> own;
  own.reserve(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row)
    own.push_back(std::max(member.at(static_cast<std::int64_t>(row), labels[row]), kSmallest));
  return own;
}

// Sum of -ln((chosen + candidate) / picks) over rows, without the constant. One logarithm serves
// several rows: the product of 16 numbers above 2^-52 is far from underflow.
double SumOfLosses(const std::vector<double>& chosen, const std::vector<double>& candidate) {
  constexpr std::size_t kTogether = 16;
  double loss = 0;
  for (std::size_t begin = 0; begin < chosen.size(); begin += kTogether) {
    const std::size_t end = std::min(begin + kTogether, chosen.size());
    double product = 1;
    for (std::size_t row = begin; row < end; ++row) product *= chosen[row] + candidate[row];
    loss -= std::log(product);
  }
  return loss;
}

}  // namespace

std::vector<double> BlendWeights(std::span<const Probabilities* const> members,
                                 std::span<const std::int32_t> labels, int picks) {
  std::vector<std::vector<double>> own;
  for (const Probabilities* const member : members) own.push_back(OwnClass(*member, labels));
  std::vector<double> chosen(labels.size());
  std::vector<double> weights(members.size());
  const auto rows = static_cast<double>(labels.size());
  double best_loss = std::numeric_limits<double>::infinity();
  int picked = 0;
  for (; picked < picks; ++picked) {
    std::size_t best = members.size();
    for (std::size_t m = 0; m < members.size(); ++m) {
      const double loss = SumOfLosses(chosen, own[m]) / rows + std::log(picked + 1);
      if (loss < best_loss - 1e-12) {
        best_loss = loss;
        best = m;
      }
    }
    if (best == members.size()) break;
    weights[best] += 1;
    for (std::size_t row = 0; row < chosen.size(); ++row) chosen[row] += own[best][row];
  }
  for (double& weight : weights) weight /= std::max(picked, 1);
  return weights;
}

Probabilities Blend(std::span<const Probabilities* const> members,
                    std::span<const double> weights) {
  Probabilities blended(members.front()->rows, members.front()->classes);
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (weights[m] == 0) continue;
    for (std::size_t i = 0; i < blended.values.size(); ++i)
      blended.values[i] += weights[m] * members[m]->values[i];
  }
  return blended;
}

PairedGain CompareLosses(std::span<const double> losses, std::span<const double> others) {
  const auto rows = static_cast<double>(losses.size());
  double sum = 0, squares = 0;
  for (std::size_t row = 0; row < losses.size(); ++row) sum += others[row] - losses[row];
  const double mean = sum / rows;
  for (std::size_t row = 0; row < losses.size(); ++row) {
    const double off = others[row] - losses[row] - mean;
    squares += off * off;
  }
  return {.mean = mean, .standard_error = std::sqrt(squares / rows / rows)};
}

}  // namespace reeve::tuning
