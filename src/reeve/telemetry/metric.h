#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace reeve::telemetry {

/// How a value is kept: hot ones have a slot for each of the busiest threads, so that these do not
/// take one cache line from each other; cold ones are one number.
enum class Heat { kCold, kHot };

/// A whole number that threads add to: what was counted (only growing), or a level (also sinking).
/// Add is one atomic addition. Thread-safe.
class Counter {
 public:
  explicit Counter(Heat heat);

  void Add(std::int64_t count = 1) {
    slots_[Slot()].value.fetch_add(count, std::memory_order_relaxed);
  }
  /// For totals that are counted elsewhere: never sinks. Not at once with Add.
  void RaiseTo(std::int64_t total);
  void Set(std::int64_t value);
  std::int64_t value() const;

 private:
  struct alignas(64) Number {
    std::atomic<std::int64_t> value{0};
  };
  std::size_t Slot() const;

  std::size_t mask_;
  std::unique_ptr<Number[]> slots_;
};

/// A number that is set. Thread-safe.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Counts values by size. Observe is two atomic additions; AddCounts adds what a caller counted for
/// itself, so that a thousand values cost as many additions as buckets were hit. Thread-safe.
class Histogram {
 public:
  /// Upper bounds of the buckets, inclusive and ascending; values above the last one have a bucket
  /// of their own.
  Histogram(std::vector<double> bounds, Heat heat);

  std::span<const double> bounds() const { return bounds_; }
  std::size_t bucket_count() const { return bounds_.size() + 1; }
  /// The bucket of a value, below bucket_count(); NaN is in the last.
  std::size_t BucketOf(double value) const;

  void Observe(double value);
  /// REQUIRES: counts.size() == bucket_count(). `sum` is that of the values.
  void AddCounts(std::span<const std::uint32_t> counts, double sum);

  struct Snapshot {
    /// One for each bucket, not cumulative.
    std::vector<std::uint64_t> counts;
    double sum = 0;
  };
  Snapshot Take() const;

 private:
  struct alignas(64) Line {
    std::atomic<std::uint64_t> words[8];
  };
  std::atomic<std::uint64_t>& Word(std::size_t slot, std::size_t word) const {
    return lines_[slot * lines_per_slot_ + word / 8].words[word % 8];
  }
  void AddToSum(std::size_t slot, double value);

  const std::vector<double> bounds_;
  const std::size_t mask_;
  // Of a slot: the sum's bits, then the counts.
  const std::size_t lines_per_slot_;
  const std::unique_ptr<Line[]> lines_;
};

}  // namespace reeve::telemetry
