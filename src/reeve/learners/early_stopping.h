#pragma once

#include <cstdint>

namespace reeve::learners {

/// Decides when boosting has gone on long enough without getting better on watched rows.
class EarlyStopping {
 public:
  /// `patience`: rounds without improvement after which training ends. 0: 30 and a fifth of the
  /// best round so far, since a slow learner's loss moves slowly and may pause longer.
  explicit EarlyStopping(int patience) : patience_(patience) {}

  /// Takes the loss after a round; rounds count from 0 and come in order.
  void Watch(int round, double loss) {
    if (best_round_ < 0 || loss < best_loss_) {
      best_loss_ = loss;
      best_round_ = round;
    }
    ended_ = round - best_round_ >= (patience_ > 0 ? patience_ : 30 + best_round_ / 5);
  }

  bool ended() const { return ended_; }
  /// -1 before the first round.
  int best_round() const { return best_round_; }

 private:
  int patience_;
  int best_round_ = -1;
  double best_loss_ = 0;
  bool ended_ = false;
};

}  // namespace reeve::learners
