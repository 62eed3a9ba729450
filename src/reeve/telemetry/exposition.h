#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve::telemetry {

enum class Kind { kCounter, kGauge, kHistogram, kInfo };

/// One series at one moment.
struct Sample {
  std::vector<std::pair<std::string, std::string>> labels;
  /// Of counters, gauges and infos (1).
  double value = 0;
  /// Of histograms: upper bounds (without the infinite one), a count for each and one more, the sum
  /// of all values.
  std::vector<double> bounds = {};
  std::vector<std::uint64_t> counts = {};
  double sum = 0;
};

/// All series of a name.
struct FamilySample {
  /// As in Prometheus' text format: counters end in _total, infos in _info.
  std::string name;
  /// One sentence without a line break.
  std::string help;
  Kind kind = Kind::kGauge;
  std::vector<Sample> samples;
};

/// Prometheus' text format 0.0.4. Families without samples are left out.
std::string ToPrometheusText(const std::vector<FamilySample>& families);
inline constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

/// OpenMetrics 1.0.0.
std::string ToOpenMetrics(const std::vector<FamilySample>& families);
inline constexpr std::string_view kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

}  // namespace reeve::telemetry
