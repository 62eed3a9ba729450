#include "reeve/evaluation/confusion.h"

#include <cmath>
#include <numeric>

namespace reeve::evaluation {
namespace {

double Quotient(double numerator, double denominator) {
  return denominator == 0 ? 0 : numerator / denominator;
}

}  // namespace

double ConfusionMatrix::total() const { return std::accumulate(counts.begin(), counts.end(), 0.0); }

double ConfusionMatrix::actual(int class_idx) const {
  double sum = 0;
  for (int p = 0; p < classes; ++p) sum += at(class_idx, p);
  return sum;
}

double ConfusionMatrix::predicted(int class_idx) const {
  double sum = 0;
  for (int t = 0; t < classes; ++t) sum += at(t, class_idx);
  return sum;
}

ConfusionMatrix CountConfusion(std::span<const std::int32_t> labels,
                               const Probabilities& probabilities, const DecisionRule& rule,
                               std::span<const double> weights) {
  ConfusionMatrix confusion{.classes = probabilities.classes, .counts = {}};
  confusion.counts.resize(static_cast<std::size_t>(probabilities.classes * probabilities.classes));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const int predicted = rule.Decide(probabilities.row(static_cast<std::int64_t>(row)));
    confusion.counts[static_cast<std::size_t>(labels[row] * probabilities.classes + predicted)] +=
        weights.empty() ? 1.0 : weights[row];
  }
  return confusion;
}

double Accuracy(const ConfusionMatrix& confusion) {
  double right = 0;
  for (int c = 0; c < confusion.classes; ++c) right += confusion.at(c, c);
  return Quotient(right, confusion.total());
}

double BalancedAccuracy(const ConfusionMatrix& confusion) {
  double sum = 0;
  int occurring = 0;
  for (int c = 0; c < confusion.classes; ++c) {
    if (confusion.actual(c) == 0) continue;
    sum += Recall(confusion, c);
    ++occurring;
  }
  return Quotient(sum, occurring);
}

double Precision(const ConfusionMatrix& confusion, int class_idx) {
  return Quotient(confusion.at(class_idx, class_idx), confusion.predicted(class_idx));
}

double Recall(const ConfusionMatrix& confusion, int class_idx) {
  return Quotient(confusion.at(class_idx, class_idx), confusion.actual(class_idx));
}

double FBeta(const ConfusionMatrix& confusion, int class_idx, double beta) {
  const double right = confusion.at(class_idx, class_idx);
  const double squared = beta * beta;
  return Quotient((1 + squared) * right,
                  squared * confusion.actual(class_idx) + confusion.predicted(class_idx));
}

double Mcc(const ConfusionMatrix& confusion) {
  const double total = confusion.total();
  double right = 0, cross = 0, actual_squares = 0, predicted_squares = 0;
  for (int c = 0; c < confusion.classes; ++c) {
    right += confusion.at(c, c);
    cross += confusion.actual(c) * confusion.predicted(c);
    actual_squares += confusion.actual(c) * confusion.actual(c);
    predicted_squares += confusion.predicted(c) * confusion.predicted(c);
  }
  const double spread = (total * total - predicted_squares) * (total * total - actual_squares);
  return spread <= 0 ? 0 : (right * total - cross) / std::sqrt(spread);
}

double Kappa(const ConfusionMatrix& confusion) {
  const double total = confusion.total();
  double right = 0, expected = 0;
  for (int c = 0; c < confusion.classes; ++c) {
    right += confusion.at(c, c);
    expected += Quotient(confusion.actual(c) * confusion.predicted(c), total);
  }
  return Quotient(right - expected, total - expected);
}

}  // namespace reeve::evaluation
