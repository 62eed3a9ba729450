#include "reeve/learners/log_loss/gradients.h"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/learners/log_loss/log_loss_kernel.h"

namespace reeve::learners {
namespace {

// Rows with extreme margins among them, and room for what the kernel writes.
struct Rows {
  std::vector<float> margins;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  std::vector<float> gradients, hessians;

  BinaryRows view(bool weighted) {
    return {margins.data(),   labels.data(),   weighted ? weights.data() : nullptr,
            gradients.data(), hessians.data(), 0x1.0p-24};
  }
};

Rows RandomRows(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  const float extremes[] = {0, -0.0F, 1e-30F, 709, -709, 1e4F, -1e4F, 1e30F, -1e30F, 0.5F, -0.5F};
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.margins.push_back(i < std::size(extremes) ? extremes[i]
                                                   : static_cast<float>(random.Normal() * 8));
    rows.labels.push_back(static_cast<std::int32_t>(random.Below(2)));
    rows.weights.push_back(0.1 + random.Uniform());
  }
  rows.gradients.resize(count);
  rows.hessians.resize(count);
  return rows;
}

TEST(LogLossKernelTest, AgreesWithTheLibrary) {
  for (const bool weighted : {false, true}) {
    Rows rows = RandomRows(1, 1000);
    double sum = 0;
    for (std::size_t i = 0; i < rows.margins.size(); ++i) {
      const double m = rows.margins[i], w = weighted ? rows.weights[i] : 1, y = rows.labels[i];
      const double e = std::exp(-std::abs(m));
      const double loss = w * (std::log1p(e) + ((m < 0) == (y == 0) ? 0 : std::abs(m)));
      Rows one = {{rows.margins[i]}, {rows.labels[i]}, {rows.weights[i]}, {0}, {0}};
      EXPECT_NEAR(BinaryLogLoss(one.view(weighted), 1), loss, 1e-12 * std::max(1.0, loss)) << m;
      const double p = m < 0 ? e / (1 + e) : 1 / (1 + e);
      EXPECT_NEAR(one.gradients[0], w * (p - y), 0x1.0p-23) << m;
      EXPECT_NEAR(one.hessians[0], std::max(w * e / ((1 + e) * (1 + e)), 0x1.0p-24), 0x1.0p-23);
      sum += std::abs(m) < 1e6 ? loss : 0;
    }
    // Beside a loss of 1e30 the others vanish.
    for (std::size_t i = 0; i < rows.margins.size(); ++i) {
      if (std::abs(rows.margins[i]) < 1e6F) continue;
      rows.margins[i] = 0;
      sum += (weighted ? rows.weights[i] : 1) * std::log(2.0);
    }
    EXPECT_NEAR(BinaryLogLoss(rows.view(weighted), 1000), sum, 1e-11 * sum);
  }
}

TEST(LogLossKernelTest, GivesTheSameBitsOnEveryProcessor) {
  for (const std::size_t count : {1, 255, 256, 257, 1000}) {
    for (const bool weighted : {false, true}) {
      Rows fast = RandomRows(count, count), portable = fast;
      EXPECT_EQ(BinaryLogLoss(fast.view(weighted), count),
                BinaryLogLossPortable(portable.view(weighted), count));
      EXPECT_EQ(fast.gradients, portable.gradients);
      EXPECT_EQ(fast.hessians, portable.hessians);
    }
  }
}

TEST(LogLossKernelTest, RoundsHalfToEven) {
  double values[kKernelRows] = {0.5, 1.5, 2.5, -0.5, -1.5, 0.49, 3, 0x1.0p24};
  RoundToGrid(values, 1);
  const double expected[] = {0, 2, 2, 0, -2, 0, 3, 0x1.0p24};
  for (std::size_t i = 0; i < std::size(expected); ++i) EXPECT_EQ(values[i], expected[i]) << i;
}

struct Sample {
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  std::vector<float> margins;
  int classes = 2;

  TrainingSet set() const { return {.labels = labels, .classes = classes, .weights = weights}; }
};

Sample MakeSample(std::size_t rows, int classes, bool weighted, double scale = 2) {
  Random random(static_cast<std::uint64_t>(classes) * 7 + weighted);
  Sample sample{.classes = classes};
  for (std::size_t i = 0; i < rows; ++i) {
    sample.labels.push_back(
        static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(classes))));
    if (weighted) sample.weights.push_back(0.01 + 3 * random.Uniform());
    for (int k = 0; k < (classes == 2 ? 1 : classes); ++k)
      sample.margins.push_back(static_cast<float>(random.Normal() * scale));
  }
  return sample;
}

// Softmax by the definition; for two classes of (0, margin).
std::vector<double> Shares(const Sample& sample, std::size_t row) {
  std::vector<double> z;
  if (sample.classes == 2) z = {0, sample.margins[row]};
  for (int k = 0; k < sample.classes && sample.classes > 2; ++k)
    z.push_back(sample.margins[row * static_cast<std::size_t>(sample.classes) +
                               static_cast<std::size_t>(k)]);
  double sum = 0;
  for (double& value : z) sum += value = std::exp(value);
  for (double& value : z) value /= sum;
  return z;
}

TEST(GradientsTest, AreTheDerivativesOfTheLogLoss) {
  for (const int classes : {2, 3, 5, 26, 300}) {
    for (const bool weighted : {false, true}) {
      const Sample sample = MakeSample(1000, classes, weighted);
      const TrainingSet set = sample.set();
      Gradients gradients(set);
      const double loss = gradients.Compute(sample.margins, 2);
      const auto outputs = static_cast<std::size_t>(classes == 2 ? 1 : classes);
      double expected = 0, total = 0;
      for (std::size_t row = 0; row < 1000; ++row) {
        const double weight = weighted ? sample.weights[row] : 1;
        const std::vector<double> p = Shares(sample, row);
        const auto label = static_cast<std::size_t>(sample.labels[row]);
        expected -= weight * std::log(p[label]);
        total += weight;
        for (std::size_t k = 0; k < outputs; ++k) {
          const std::size_t of = classes == 2 ? 1 : k;
          ASSERT_NEAR(gradients.gradients()[row * outputs + k],
                      weight * (p[of] - (of == label ? 1 : 0)), 3e-7);
          const double hessian = (classes == 2 ? 1 : 2) * weight * p[of] * (1 - p[of]);
          ASSERT_NEAR(gradients.hessians()[row * outputs + k], hessian, 3e-7);
        }
      }
      EXPECT_NEAR(loss, expected / total, 1e-10) << classes;
      EXPECT_EQ(MarginLogLoss(set, sample.margins, 1), loss);
    }
  }
}

TEST(GradientsTest, SumsHaveNoOrder) {
  for (const int classes : {2, 4}) {
    const Sample sample = MakeSample(50'000, classes, true, 6);
    const TrainingSet set = sample.set();
    Gradients gradients(set);
    gradients.Compute(sample.margins, 1);
    for (const std::vector<float>* const values : {&gradients.gradients(), &gradients.hessians()}) {
      double forward = 0, backward = 0, strided = 0;
      for (std::size_t i = 0; i < values->size(); ++i) {
        forward += (*values)[i];
        backward += (*values)[values->size() - 1 - i];
      }
      for (std::size_t start = 0; start < 17; ++start) {
        double part = 0;
        for (std::size_t i = start; i < values->size(); i += 17) part += (*values)[i];
        strided += part;
      }
      EXPECT_EQ(forward, backward);
      EXPECT_EQ(forward, strided);
    }
    for (const float hessian : gradients.hessians()) ASSERT_GT(hessian, 0);
  }
}

TEST(GradientsTest, BitsDoNotDependOnThreads) {
  for (const int classes : {2, 3}) {
    const Sample sample = MakeSample(70'001, classes, true);
    const TrainingSet set = sample.set();
    Gradients one(set), four(set);
    EXPECT_EQ(one.Compute(sample.margins, 1), four.Compute(sample.margins, 4));
    EXPECT_EQ(one.gradients(), four.gradients());
    EXPECT_EQ(one.hessians(), four.hessians());
    EXPECT_EQ(MarginLogLoss(set, sample.margins, 1), MarginLogLoss(set, sample.margins, 3));
  }
}

}  // namespace
}  // namespace reeve::learners
