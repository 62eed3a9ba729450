#pragma once

#include <algorithm>

namespace reeve::learners {

/// Lets the steps of boosting grow where little loss is left. Rows are told apart there and only
/// certainty is missing: derivatives dwindle, and steps of one size would take thousands of rounds
/// to a loss that steps growing as the rounds do reach in hundreds. Small steps guard against
/// noise, and where so little is left there is none.
class GrowingSteps {
 public:
  explicit GrowingSteps(double learning_rate)
      : most_(std::max(kMostGrownRate / learning_rate, 1.0)) {}

  /// What the learning rate is multiplied by in a round, never less than 1. `loss` is that on the
  /// learnt rows before it; rounds count from 0 and come in order.
  double Growth(int round, double loss) {
    if (round == 0) first_loss_ = loss;
    if (since_ == 0 && loss < kLittleLoss * first_loss_) since_ = round;
    return since_ == 0 ? 1 : std::min(static_cast<double>(round) / since_, most_);
  }

 private:
  /// Of the first loss.
  static constexpr double kLittleLoss = 0.1;
  static constexpr double kMostGrownRate = 0.3;

  double most_;
  double first_loss_ = 0;
  /// Round from which on they grow; 0: not yet.
  int since_ = 0;
};

}  // namespace reeve::learners
