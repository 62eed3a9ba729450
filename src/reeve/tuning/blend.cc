#include "reeve/tuning/blend.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reeve/base/random.h"

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

std::vector<std::vector<double>> OwnClasses(std::span<const Probabilities* const> members,
                                            std::span<const std::int32_t> labels) {
  std::vector<std::vector<double>> own;
  for (const Probabilities* const member : members) own.push_back(OwnClass(*member, labels));
  return own;
}

std::vector<double> Select(const std::vector<std::vector<double>>& own, int picks) {
  std::vector<double> chosen(own.front().size());
  std::vector<double> weights(own.size());
  const auto rows = static_cast<double>(chosen.size());
  double best_loss = std::numeric_limits<double>::infinity();
  int picked = 0;
  for (; picked < picks; ++picked) {
    std::size_t best = own.size();
    for (std::size_t m = 0; m < own.size(); ++m) {
      const double loss = SumOfLosses(chosen, own[m]) / rows + std::log(picked + 1);
      if (loss < best_loss - 1e-12) {
        best_loss = loss;
        best = m;
      }
    }
    if (best == own.size()) break;
    weights[best] += 1;
    for (std::size_t row = 0; row < chosen.size(); ++row) chosen[row] += own[best][row];
  }
  for (double& weight : weights) weight /= std::max(picked, 1);
  return weights;
}

// As many rows as there are, drawn with replacement, the same ones of every member.
std::vector<std::vector<double>> DrawRows(const std::vector<std::vector<double>>& own,
                                          Random random) {
  std::vector<std::vector<double>> drawn(own.size());
  const std::size_t rows = own.front().size();
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = random.Below(rows);
    for (std::size_t m = 0; m < own.size(); ++m) drawn[m].push_back(own[m][row]);
  }
  return drawn;
}

}  // namespace

std::vector<double> SelectMembers(std::span<const Probabilities* const> members,
                                  std::span<const std::int32_t> labels, int picks) {
  return Select(OwnClasses(members, labels), picks);
}

std::vector<double> MixtureWeights(std::span<const Probabilities* const> members,
                                   std::span<const std::int32_t> labels, int picks) {
  constexpr std::uint64_t kSamples = 20;
  // Which rows are drawn is no choice of the user's.
  const Random random(42);
  const std::vector<std::vector<double>> own = OwnClasses(members, labels);
  std::vector<double> weights(members.size());
  for (std::uint64_t sample = 0; sample < kSamples; ++sample) {
    const std::vector<double> chosen = Select(DrawRows(own, random.Fork("rows", sample)), picks);
    for (std::size_t m = 0; m < weights.size(); ++m)
      weights[m] += chosen[m] / static_cast<double>(kSamples);
  }
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
