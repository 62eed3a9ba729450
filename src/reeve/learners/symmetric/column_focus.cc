#include "reeve/learners/symmetric/column_focus.h"

#include <algorithm>
#include <numeric>

namespace reeve::learners {
namespace {

// Laying out the values of other columns costs a fifth of what a tree does.
constexpr int kRoundsOfChoice = 4;

}  // namespace

ColumnFocus::ColumnFocus(std::size_t columns, std::size_t most, std::uint64_t seed)
    : random_(Random(seed).Fork("columns")), gains_(columns) {
  chosen_.resize(most == 0 ? columns : std::min(columns, most));
  std::iota(chosen_.begin(), chosen_.end(), std::size_t{0});
}

void ColumnFocus::Choose(int round) {
  if (takes_all() || round % kRoundsOfChoice != 0) return;
  std::vector<std::size_t> order(gains_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return gains_[a] > gains_[b]; });
  const std::size_t best = (chosen_.size() + 1) / 2;
  Random random = random_.Fork("round", static_cast<std::uint64_t>(round));
  random.Shuffle(std::span(order).subspan(best));
  std::copy_n(order.begin(), chosen_.size(), chosen_.begin());
  std::ranges::sort(chosen_);
}

}  // namespace reeve::learners
