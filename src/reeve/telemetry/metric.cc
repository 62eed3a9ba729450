#include "reeve/telemetry/metric.h"

#include <algorithm>
#include <thread>

namespace reeve::telemetry {
namespace {

constexpr std::size_t kMostSlots = 16;

std::size_t SlotsOf(Heat heat) {
  static const std::size_t hot =
      std::bit_ceil(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostSlots));
  return heat == Heat::kHot ? hot : 1;
}

std::size_t ThreadNumber() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace

Counter::Counter(Heat heat)
    : mask_(SlotsOf(heat) - 1), slots_(std::make_unique<Number[]>(SlotsOf(heat))) {}

std::size_t Counter::Slot() const { return mask_ == 0 ? 0 : ThreadNumber() & mask_; }

std::int64_t Counter::value() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i <= mask_; ++i) sum += slots_[i].value.load(std::memory_order_relaxed);
  return sum;
}

void Counter::RaiseTo(std::int64_t total) {
  const std::int64_t missing = total - value();
  if (missing > 0) Add(missing);
}

void Counter::Set(std::int64_t value) { Add(value - this->value()); }

Histogram::Histogram(std::vector<double> bounds, Heat heat)
    : bounds_(std::move(bounds)),
      mask_(SlotsOf(heat) - 1),
      lines_per_slot_((bucket_count() + 1 + 7) / 8),
      lines_(std::make_unique<Line[]>(SlotsOf(heat) * lines_per_slot_)) {}

std::size_t Histogram::BucketOf(double value) const {
  // Not below any bound: also NaN.
  return static_cast<std::size_t>(
      std::find_if(bounds_.begin(), bounds_.end(), [&](double bound) { return value <= bound; }) -
      bounds_.begin());
}

void Histogram::Observe(double value) {
  const std::size_t slot = mask_ == 0 ? 0 : ThreadNumber() & mask_;
  Word(slot, 1 + BucketOf(value)).fetch_add(1, std::memory_order_relaxed);
  AddToSum(slot, value);
}

void Histogram::AddCounts(std::span<const std::uint32_t> counts, double sum) {
  const std::size_t slot = mask_ == 0 ? 0 : ThreadNumber() & mask_;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) Word(slot, 1 + i).fetch_add(counts[i], std::memory_order_relaxed);
  }
  AddToSum(slot, sum);
}

void Histogram::AddToSum(std::size_t slot, double value) {
  std::atomic<std::uint64_t>& bits = Word(slot, 0);
  std::uint64_t before = bits.load(std::memory_order_relaxed);
  while (!bits.compare_exchange_weak(
      before, std::bit_cast<std::uint64_t>(std::bit_cast<double>(before) + value),
      std::memory_order_relaxed)) {
  }
}

Histogram::Snapshot Histogram::Take() const {
  Snapshot snapshot;
  snapshot.counts.resize(bucket_count());
  for (std::size_t slot = 0; slot <= mask_; ++slot) {
    snapshot.sum += std::bit_cast<double>(Word(slot, 0).load(std::memory_order_relaxed));
    for (std::size_t i = 0; i < bucket_count(); ++i)
      snapshot.counts[i] += Word(slot, 1 + i).load(std::memory_order_relaxed);
  }
  return snapshot;
}

}  // namespace reeve::telemetry
