#include "reeve/explain/integrated_gradients.h"

#include <algorithm>
#include <cmath>

namespace reeve::explain {

using inference::CacheLines;
using inference::Padded;
using inference::Strided;

namespace {

// The units are smooth: more points change the contributions by less than a thousandth.
constexpr std::size_t kPoints = 16;

Strided Rows(const CacheLines<float>& values, std::size_t rows, std::size_t columns) {
  return {.values = values.data(), .rows = rows, .columns = columns, .row_stride = Padded(columns)};
}

// What sums to `missing` is added to the contributions, by their sizes.
void ShareOut(double missing, std::span<double> contributions) {
  double total = 0;
  for (const double value : contributions) total += std::abs(value);
  if (total == 0) return;
  for (double& value : contributions) value += missing * (std::abs(value) / total);
}

}  // namespace

IntegratedGradients::IntegratedGradients(const inference::Perceptron& perceptron)
    : means_(perceptron.means), line_(GaussLegendre(kPoints)) {
  std::size_t inputs = means_.size();
  for (const inference::DenseLayer& layer : perceptron.layers) {
    const std::size_t outputs = layer.biases.size();
    const Strided weights{
        .values = layer.weights.data(), .rows = inputs, .columns = outputs, .row_stride = outputs};
    CacheLines<float> biases(Padded(outputs), 0.0F);
    std::copy(layer.biases.begin(), layer.biases.end(), biases.begin());
    layers_.push_back(
        {inference::Panels(weights), inference::Panels(weights.Transposed()), std::move(biases)});
    inputs = outputs;
  }
  const std::vector<float> typical(Padded(means_.size()), 0.0F);
  Pass pass;
  Forward(typical.data(), 1, pass);
  expected_.assign(pass.out.back().begin(),
                   pass.out.back().begin() + static_cast<std::ptrdiff_t>(perceptron.outputs()));
}

double IntegratedGradients::CostPerRow() const {
  double weights = 0;
  for (const Layer& layer : layers_)
    weights += static_cast<double>(layer.weights.rows() * layer.weights.columns());
  // There and back, many products in the time of a step elsewhere.
  constexpr double kProductsPerStep = 64;
  return 2 * static_cast<double>(kPoints + 1) * weights / kProductsPerStep;
}

void IntegratedGradients::Forward(const float* points, std::size_t count, Pass& pass) const {
  pass.out.resize(layers_.size());
  pass.slopes.resize(layers_.size());
  const float* from = points;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const inference::Panels& weights = layers_[l].weights;
    const std::size_t width = Padded(weights.columns());
    pass.out[l].resize(count * width);
    Multiply({.values = from,
              .rows = count,
              .columns = weights.rows(),
              .row_stride = Padded(weights.rows())},
             weights, layers_[l].biases.data(), pass.out[l].data(), width);
    if (l + 1 < layers_.size()) {
      pass.slopes[l].resize(count * width);
      inference::ApplySilu(pass.out[l], pass.slopes[l].data());
    }
    from = pass.out[l].data();
  }
}

CacheLines<float> IntegratedGradients::Backward(std::size_t count, std::size_t output,
                                                Pass& pass) const {
  const std::size_t outputs = layers_.back().weights.columns();
  CacheLines<float> up(count * Padded(outputs), 0.0F);
  for (std::size_t i = 0; i < count; ++i) up[i * Padded(outputs) + output] = 1;
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const inference::Panels& transposed = layers_[l].transposed;
    const std::size_t inputs = transposed.columns();
    CacheLines<float> down(count * Padded(inputs));
    Multiply(Rows(up, count, transposed.rows()), transposed, nullptr, down.data(), Padded(inputs));
    for (std::size_t i = 0; l > 0 && i < down.size(); ++i) down[i] *= pass.slopes[l - 1][i];
    up = std::move(down);
  }
  return up;
}

double IntegratedGradients::Explain(std::span<const float> row, std::size_t output, Pass& pass,
                                    std::span<double> out) const {
  const std::size_t stride = Padded(row.size());
  // The points of the line, and the row itself behind them.
  CacheLines<float> points((kPoints + 1) * stride, 0.0F);
  for (std::size_t p = 0; p <= kPoints; ++p) {
    const auto share = p < kPoints ? static_cast<float>(line_.points[p]) : 1.0F;
    for (std::size_t j = 0; j < row.size(); ++j) points[p * stride + j] = share * row[j];
  }
  Forward(points.data(), kPoints + 1, pass);
  const CacheLines<float> gradients = Backward(kPoints, output, pass);
  for (std::size_t j = 0; j < row.size(); ++j) {
    double mean = 0;
    for (std::size_t p = 0; p < kPoints; ++p)
      mean += line_.weights[p] * static_cast<double>(gradients[p * stride + j]);
    out[j] = mean * static_cast<double>(row[j]);
  }
  const std::size_t outputs = layers_.back().weights.columns();
  return pass.out.back()[kPoints * Padded(outputs) + output];
}

void IntegratedGradients::Contributions(const inference::FeatureBlock& block, std::size_t output,
                                        std::span<double> out) const {
  const std::size_t features = means_.size();
  std::vector<float> row(features);
  Pass pass;
  for (std::size_t i = 0; i < block.rows; ++i) {
    for (std::size_t j = 0; j < features; ++j)
      row[j] = inference::PerceptronInput(block.values[j * block.stride + i * block.row_stride],
                                          means_[j]);
    const std::span<double> contributions = out.subspan(i * features, features);
    const double margin = Explain(row, output, pass, contributions);
    double sum = 0;
    for (const double value : contributions) sum += value;
    ShareOut(margin - expected_[output] - sum, contributions);
  }
}

}  // namespace reeve::explain
