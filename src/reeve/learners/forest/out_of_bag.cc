#include "reeve/learners/forest/out_of_bag.h"

#include <atomic>
#include <cmath>

namespace reeve::learners {
namespace {

constexpr double kUnit = 0x1.0p40;

std::vector<double> ClassShares(const TrainingSet& set) {
  std::vector<double> shares(static_cast<std::size_t>(set.classes));
  double total = 0;
  for (std::size_t i = 0; i < set.row_count(); ++i) {
    const std::size_t row = set.row(i);
    shares[static_cast<std::size_t>(set.labels[row])] += set.weight(row);
    total += set.weight(row);
  }
  for (double& share : shares) share /= total;
  return shares;
}

}  // namespace

OutOfBag::OutOfBag(const TrainingSet& set)
    : set_(set),
      classes_(static_cast<std::size_t>(set.classes)),
      sums_(set.labels.size() * classes_) {}

void OutOfBag::Add(const GrownTree& grown) {
  std::vector<std::uint64_t> units;
  units.reserve(grown.shares.size());
  for (const float share : grown.shares)
    units.push_back(static_cast<std::uint64_t>(std::llround(static_cast<double>(share) * kUnit)));
  for (std::size_t i = 0; i < grown.held_out.size(); ++i) {
    const std::uint64_t* const leaf = units.data() + grown.held_out_leaves[i] * classes_;
    std::uint64_t* const sums = sums_.data() + grown.held_out[i] * classes_;
    for (std::size_t k = 0; k < classes_; ++k)
      std::atomic_ref(sums[k]).fetch_add(leaf[k], std::memory_order_relaxed);
  }
}

Probabilities OutOfBag::Finish() const {
  Probabilities means(static_cast<std::int64_t>(set_.row_count()), set_.classes);
  const std::vector<double> everywhere = ClassShares(set_);
  for (std::size_t i = 0; i < set_.row_count(); ++i) {
    const std::uint64_t* const sums = sums_.data() + set_.row(i) * classes_;
    double total = 0;
    for (std::size_t k = 0; k < classes_; ++k) total += static_cast<double>(sums[k]);
    for (std::size_t k = 0; k < classes_; ++k) {
      means.values[i * classes_ + k] =
          total > 0 ? static_cast<double>(sums[k]) / total : everywhere[k];
    }
  }
  return means;
}

}  // namespace reeve::learners
