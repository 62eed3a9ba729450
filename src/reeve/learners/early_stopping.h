#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace reeve::learners {

/// Decides when boosting has gone on long enough without getting better on watched rows.
class EarlyStopping {
 public:
  /// `patience`: rounds without improvement after which training ends. 0: as many as add up to
  /// three full steps, 10 to 100, and an eighth of the best round so far: a slow learner's loss
  /// moves slowly and may pause longer. Where a tenth of the first loss is left, 30 are enough, and
  /// an improvement is one that `watched_rows` could show: without noise a loss falls for ever.
  EarlyStopping(int patience, double learning_rate, std::size_t watched_rows)
      : patience_(patience),
        pause_(std::clamp(static_cast<int>(3 / learning_rate), 10, 100)),
        watched_rows_(static_cast<double>(watched_rows)) {}

  /// Takes the loss after a round; rounds count from 0 and come in order.
  void Watch(int round, double loss) {
    if (round == 0) first_loss_ = improved_loss_ = best_loss_ = loss;
    if (loss < improved_loss_ - LeastGain()) {
      improved_loss_ = loss;
      improved_round_ = round;
    }
    if (round == 0 || loss < best_loss_) {
      best_loss_ = loss;
      best_round_ = round;
    }
    ended_ = round - improved_round_ >= (patience_ > 0 ? patience_ : Pause() + improved_round_ / 8);
  }

  bool ended() const { return ended_; }
  /// -1 before the first round.
  int best_round() const { return best_round_; }

 private:
  bool LittleIsLeft() const { return best_loss_ < 0.1 * first_loss_; }
  // There steps have grown (GrowingSteps), and there is no noise to wait for the end of.
  int Pause() const { return LittleIsLeft() ? std::min(pause_, 30) : pause_; }
  // A fiftieth of the standard error of the mean loss, which is about the root of loss over rows.
  double LeastGain() const {
    return patience_ == 0 && LittleIsLeft() ? 0.02 * std::sqrt(best_loss_ / watched_rows_) : 0;
  }

  int patience_;
  int pause_;
  double watched_rows_;
  double first_loss_ = 0;
  int best_round_ = -1;
  double best_loss_ = 0;
  // The last that counts as an improvement.
  int improved_round_ = 0;
  double improved_loss_ = 0;
  bool ended_ = false;
};

}  // namespace reeve::learners
