#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "reeve/telemetry/exposition.h"
#include "reeve/telemetry/metric.h"

namespace reeve::telemetry {

/// What is said of a family once.
struct FamilyOptions {
  /// promtool's rules: lower case, unit last, counters end in _total.
  std::string name;
  std::string help;
  /// Names of the labels; series give their values in this order.
  std::vector<std::string> labels = {};
  /// Series beyond this share one whose label values are all "other": nothing that a caller sends
  /// can fill memory, here or in Prometheus.
  std::size_t most_series = 10'000;
  Heat heat = Heat::kCold;
};

/// The series of one name. `T` is Counter, Gauge or Histogram. Thread-safe; With takes a lock, so
/// hot paths keep what it gives.
template <typename T>
class Family {
 public:
  using Maker = std::function<std::shared_ptr<T>()>;
  Family(FamilyOptions options, Kind kind, Maker make)
      : options_(std::move(options)), kind_(kind), make_(std::move(make)) {}

  /// The series with these label values; made, at 0, when it is new.
  /// REQUIRES: as many values as labels.
  std::shared_ptr<T> With(const std::vector<std::string>& values);
  /// The series is no longer shown; who holds it may go on using it.
  void Remove(const std::vector<std::string>& values);
  /// In the order in which the series were made.
  FamilySample Take() const;

 private:
  struct Series {
    std::vector<std::string> values;
    std::shared_ptr<T> metric;
  };
  static std::string NameOf(const std::vector<std::string>& values);

  const FamilyOptions options_;
  const Kind kind_;
  const Maker make_;
  mutable std::mutex mutex_;
  std::vector<Series> series_;
  std::unordered_map<std::string, std::size_t> index_;
};

/// All metrics of a process, or of a test. Families are made once and live as long as the
/// registry. Thread-safe.
class Registry {
 public:
  Family<Counter>& AddCounters(FamilyOptions options);
  /// Shown as a gauge: a number that threads raise and lower.
  Family<Counter>& AddLevels(FamilyOptions options);
  Family<Gauge>& AddGauges(FamilyOptions options);
  /// Always 1; what they say is in the labels. The name ends in _info.
  Family<Gauge>& AddInfos(FamilyOptions options);
  Family<Histogram>& AddHistograms(FamilyOptions options, std::vector<double> bounds);
  /// Asked at every Take for what is not counted here.
  void AddSource(std::function<std::vector<FamilySample>()> source);

  /// Everything as it is now, in the order in which it was added.
  std::vector<FamilySample> Take() const;

 private:
  template <typename T>
  Family<T>& Add(std::shared_ptr<Family<T>> family);

  mutable std::mutex mutex_;
  std::vector<std::function<std::vector<FamilySample>()>> sources_;
};

}  // namespace reeve::telemetry
