// The kernels against plain loops, and their two compiled variants against each other.

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/learners/symmetric/histogram_kernel.h"
#include "reeve/learners/symmetric/newton_kernel.h"
#include "reeve/learners/symmetric/packed_gradients.h"
#include "reeve/learners/symmetric/score_kernel.h"

namespace reeve::learners {
namespace {

struct Sums {
  std::vector<std::int32_t> gradients, hessians;
  std::vector<float> total_gradients, total_hessians, extra_gradients, extra_hessians;

  CutSums view(std::size_t cuts, std::size_t outputs) const {
    return {.gradients = gradients.data(),
            .hessians = hessians.data(),
            .cuts = cuts,
            .outputs = outputs,
            .total_gradients = total_gradients.data(),
            .total_hessians = total_hessians.data(),
            .extra_gradients = extra_gradients.data(),
            .extra_hessians = extra_hessians.data(),
            .lambda = 1000};
  }
};

Sums RandomSums(Random& random, std::size_t cuts, std::size_t outputs) {
  Sums sums;
  const auto gradient = [&] { return static_cast<std::int32_t>(random.Normal() * 1e8); };
  const auto hessian = [&] { return static_cast<std::int32_t>(random.Below(1U << 28)); };
  for (std::size_t i = 0; i < cuts * outputs; ++i) {
    sums.gradients.push_back(gradient());
    sums.hessians.push_back(hessian());
  }
  for (std::size_t k = 0; k < outputs; ++k) {
    sums.total_gradients.push_back(static_cast<float>(gradient()));
    sums.total_hessians.push_back(0x1.0p30F);
    sums.extra_gradients.push_back(k % 2 == 0 ? 0 : static_cast<float>(gradient()));
    sums.extra_hessians.push_back(k % 2 == 0 ? 0 : static_cast<float>(hessian()));
  }
  return sums;
}

TEST(ScoreKernelTest, AddsWhatTheFormulaSaysWithTheSameBitsEverywhere) {
  Random random(1);
  for (const std::size_t outputs : {1, 3, 8, 26}) {
    for (const std::size_t cuts : {1, 7, 8, 254}) {
      const Sums sums = RandomSums(random, cuts, outputs);
      std::vector<float> fast(cuts, 5.0F), portable(cuts, 5.0F);
      AddCutScores(sums.view(cuts, outputs), fast.data());
      AddCutScoresPortable(sums.view(cuts, outputs), portable.data());
      EXPECT_EQ(std::memcmp(fast.data(), portable.data(), cuts * sizeof(float)), 0);
      for (std::size_t cut = 0; cut < cuts; ++cut) {
        double expected = 5;
        for (std::size_t k = 0; k < outputs; ++k) {
          const double gl =
              sums.gradients[cut * outputs + k] + static_cast<double>(sums.extra_gradients[k]);
          const double hl =
              sums.hessians[cut * outputs + k] + static_cast<double>(sums.extra_hessians[k]);
          const double gr = static_cast<double>(sums.total_gradients[k]) - gl;
          const double hr = static_cast<double>(sums.total_hessians[k]) - hl;
          expected += gl * gl / (hl + 1000) + gr * gr / (hr + 1000);
        }
        EXPECT_NEAR(fast[cut] / expected, 1, 1e-5);
      }
    }
  }
}

TEST(HistogramKernelTest, AddsEveryWordToItsPlaceAndSumsUp) {
  Random random(3);
  constexpr std::size_t kRows = 50, kFeatures = 3, kBins = 7;
  for (const std::size_t outputs : {2, 3, 8, 26}) {
    std::vector<std::uint16_t> places;
    std::vector<std::int64_t> words;
    for (std::size_t i = 0; i < kRows * kFeatures; ++i)
      places.push_back(static_cast<std::uint16_t>(i % kFeatures * kBins + random.Below(kBins)));
    for (std::size_t i = 0; i < kRows * outputs; ++i) {
      const auto gradient = static_cast<std::int64_t>(random.Below(2000)) - 1000;
      words.push_back(gradient * (std::int64_t{1} << 32) +
                      static_cast<std::int64_t>(random.Below(1000)));
    }
    const RowWords from{places.data(), kFeatures, words.data(), outputs};
    std::vector<std::uint32_t> all, odd;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      all.push_back(row);
      if (row % 2 == 1) odd.push_back(row);
    }
    for (const std::vector<std::uint32_t>& rows : {all, odd}) {
      std::vector<std::int64_t> histogram(kFeatures * kBins * outputs), expected(histogram.size());
      if (rows.size() == kRows) {
        AddAllRowWords(from, kRows, histogram.data());
      } else {
        AddRowWords(from, rows, histogram.data());
      }
      for (const std::uint32_t row : rows) {
        for (std::size_t j = 0; j < kFeatures; ++j) {
          for (std::size_t k = 0; k < outputs; ++k)
            expected[places[row * kFeatures + j] * outputs + k] += words[row * outputs + k];
        }
      }
      EXPECT_EQ(histogram, expected);
      std::vector<std::int64_t> running(outputs), total(outputs);
      std::vector<std::int32_t> gradients(kBins * outputs), hessians(kBins * outputs);
      SumUpBins(histogram.data(), kBins, running, gradients.data(), hessians.data());
      for (std::size_t i = 0; i < kBins * outputs; ++i) {
        total[i % outputs] += histogram[i];
        EXPECT_EQ(gradients[i], GradientOf(total[i % outputs]));
        EXPECT_EQ(hessians[i], HessianOf(total[i % outputs]));
      }
      EXPECT_EQ(running, total);
    }
  }
}

TEST(NewtonKernelTest, SumsDerivativesWithTheSameBitsEverywhere) {
  Random random(2);
  for (const std::size_t count : {0, 1, 15, 16, 17, 511, 512, 1300}) {
    std::vector<float> margins, labels, weights;
    for (std::size_t i = 0; i < count; ++i) {
      margins.push_back(i % 50 == 0 ? (i % 100 == 0 ? 300.0F : -300.0F)
                                    : static_cast<float>(random.Normal() * 4));
      labels.push_back(static_cast<float>(random.Below(2)));
      weights.push_back(static_cast<float>(0.1 + random.Uniform()));
    }
    for (const bool weighted : {false, true}) {
      const LeafRows rows{.margins = margins.data(),
                          .labels = labels.data(),
                          .weights = weighted ? weights.data() : nullptr,
                          .count = count};
      const DerivativeSums fast = SumDerivatives(rows, 0.7F);
      const DerivativeSums portable = SumDerivativesPortable(rows, 0.7F);
      EXPECT_EQ(fast.gradient, portable.gradient);
      EXPECT_EQ(fast.hessian, portable.hessian);
      double gradient = 0, hessian = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const double w = weighted ? static_cast<double>(weights[i]) : 1.0;
        const double p = 1 / (1 + std::exp(-static_cast<double>(margins[i] + 0.7F)));
        gradient += w * (p - static_cast<double>(labels[i]));
        hessian += w * p * (1 - p);
      }
      EXPECT_NEAR(fast.gradient, gradient, 1e-6 * static_cast<double>(count + 1));
      EXPECT_NEAR(fast.hessian, hessian, 1e-6 * static_cast<double>(count + 1));
    }
  }
}

}  // namespace
}  // namespace reeve::learners
