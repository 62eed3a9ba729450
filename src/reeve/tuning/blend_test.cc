#include "reeve/tuning/blend.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/tuning/test_probabilities.h"

namespace reeve::tuning {
namespace {

double MeanLoss(const Probabilities& p, const std::vector<std::int32_t>& labels) {
  double loss = 0;
  for (std::size_t row = 0; row < labels.size(); ++row)
    loss -= std::log(p.at(static_cast<std::int64_t>(row), labels[row]));
  return loss / static_cast<double>(labels.size());
}

// Two guessers with independent mistakes and one that knows nothing.
struct Guessers {
  std::vector<std::int32_t> labels;
  Probabilities first, second, noise;
};

Guessers MakeGuessers() {
  Random random(1);
  Guessers made;
  std::vector<double> first, second, noise;
  for (int row = 0; row < 2000; ++row) {
    made.labels.push_back(static_cast<std::int32_t>(random.Below(2)));
    const double signal = made.labels.back() == 1 ? 1 : -1;
    const auto guess = [&] { return 1 / (1 + std::exp(-(signal + 1.5 * random.Normal()))); };
    first.push_back(guess());
    second.push_back(guess());
    noise.push_back(random.Uniform());
  }
  made.first = OfPositives(first);
  made.second = OfPositives(second);
  made.noise = OfPositives(noise);
  return made;
}

TEST(BlendTest, MixesWhatErrsIndependentlyAndLeavesNoiseOut) {
  const Guessers made = MakeGuessers();
  const Probabilities* const members[] = {&made.noise, &made.first, &made.second};
  const std::vector<double> weights = SelectMembers(members, made.labels, 40);
  EXPECT_EQ(weights[0], 0);
  EXPECT_NEAR(weights[1], 0.5, 0.15);
  EXPECT_NEAR(weights[0] + weights[1] + weights[2], 1, 1e-12);
  const double blended = MeanLoss(Blend(members, weights), made.labels);
  EXPECT_LT(blended, MeanLoss(made.first, made.labels));
  EXPECT_LT(blended, MeanLoss(made.second, made.labels));
}

TEST(BlendTest, AMemberThatIsCertainAndWrongDoesNotSilenceTheOthers) {
  const std::vector<std::int32_t> labels = {1, 0, 1, 0};
  const Probabilities certain = OfPositives({1, 0, 0, 0});
  const Probabilities careful = OfPositives({0.8, 0.2, 0.7, 0.3});
  const Probabilities* const members[] = {&certain, &careful};
  const std::vector<double> weights = SelectMembers(members, labels, 40);
  EXPECT_GT(weights[1], 0.3);
  EXPECT_TRUE(std::isfinite(MeanLoss(Blend(members, weights), labels)));
}

TEST(MixtureWeightsTest, LeaveNoiseOutWhereRowsAreMany) {
  const Guessers made = MakeGuessers();
  const Probabilities* const members[] = {&made.noise, &made.first, &made.second};
  const std::vector<double> weights = MixtureWeights(members, made.labels, 40);
  EXPECT_LT(weights[0], 0.01);
  EXPECT_NEAR(weights[1], 0.5, 0.1);
  EXPECT_NEAR(weights[0] + weights[1] + weights[2], 1, 1e-12);
}

// Weights chosen on few rows have to serve others: one selection follows the noise of the few.
TEST(MixtureWeightsTest, OfFewRowsServeOthersBetterThanOneSelection) {
  double selected = 0, mixed = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    std::vector<std::int32_t> labels;
    std::vector<std::vector<double>> positives(8);
    for (int row = 0; row < 1060; ++row) {
      labels.push_back(static_cast<std::int32_t>(random.Below(2)));
      const double signal = labels.back() == 1 ? 1 : -1;
      for (std::vector<double>& positive : positives)
        positive.push_back(1 / (1 + std::exp(-(signal + random.Normal()))));
    }
    std::vector<Probabilities> few, others;
    for (const std::vector<double>& positive : positives) {
      few.push_back(OfPositives({positive.begin(), positive.begin() + 60}));
      others.push_back(OfPositives({positive.begin() + 60, positive.end()}));
    }
    std::vector<const Probabilities*> chosen_by, served;
    for (std::size_t m = 0; m < few.size(); ++m) {
      chosen_by.push_back(&few[m]);
      served.push_back(&others[m]);
    }
    const std::span own(labels.data(), 60);
    const std::vector<std::int32_t> rest(labels.begin() + 60, labels.end());
    selected += MeanLoss(Blend(served, SelectMembers(chosen_by, own, 40)), rest);
    mixed += MeanLoss(Blend(served, MixtureWeights(chosen_by, own, 40)), rest);
  }
  EXPECT_LT(mixed, selected);
}

TEST(BlendTest, OfEqualsTheFirstIsTaken) {
  const Guessers made = MakeGuessers();
  const Probabilities* const members[] = {&made.first, &made.first};
  EXPECT_EQ(SelectMembers(members, made.labels, 10), (std::vector<double>{1, 0}));
}

TEST(CompareLossesTest, IsThePairedDifference) {
  const std::vector<double> losses = {1, 2, 3, 4}, others = {2, 2, 5, 4};
  const PairedGain gain = CompareLosses(losses, others);
  EXPECT_DOUBLE_EQ(gain.mean, 0.75);
  EXPECT_NEAR(gain.standard_error, std::sqrt(((0.25 * 0.25) + 2 * 0.75 * 0.75 + 1.25 * 1.25) / 16),
              1e-12);
}

}  // namespace
}  // namespace reeve::tuning
