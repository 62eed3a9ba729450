#pragma once

#include <algorithm>

namespace reeve::learners {

/// Decides when boosting has gone on long enough without getting better on watched rows.
class EarlyStopping {
 public:
  /// `patience`: rounds without improvement after which training ends. 0: as many as add up to
  /// three full steps, 10 to 30, and an eighth of the best round so far: a slow learner's loss
  /// moves slowly and may pause longer.
  EarlyStopping(int patience, double learning_rate)
      : patience_(patience), pause_(std::clamp(static_cast<int>(3 / learning_rate), 10, 30)) {}

  /// Takes the loss after a round; rounds count from 0 and come in order.
  void Watch(int round, double loss) {
    if (best_round_ < 0 || loss < best_loss_) {
      best_loss_ = loss;
      best_round_ = round;
    }
    ended_ = round - best_round_ >= (patience_ > 0 ? patience_ : pause_ + best_round_ / 8);
  }

  bool ended() const { return ended_; }
  /// -1 before the first round.
  int best_round() const { return best_round_; }

 private:
  int patience_;
  int pause_;
  int best_round_ = -1;
  double best_loss_ = 0;
  bool ended_ = false;
};

}  // namespace reeve::learners
