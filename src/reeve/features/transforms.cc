#include "reeve/features/transforms.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace reeve::features {
namespace {

constexpr std::array<std::string_view, 6> kDateParts = {"year",    "month", "day",
                                                        "weekday", "hour",  "epoch_days"};

std::vector<double> SortedPresent(std::span<const double> values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double MostFrequent(const std::vector<double>& sorted) {
  double best = sorted.front();
  std::size_t best_count = 0;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    if (end - begin > best_count) {
      best = sorted[begin];
      best_count = end - begin;
    }
    begin = end;
  }
  return best;
}

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double SortedQuantile(std::span<const double> sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double FitImputation(std::span<const double> values, Imputation imputation, double constant) {
  if (imputation == Imputation::kConstant) return constant;
  const std::vector<double> sorted = SortedPresent(values);
  if (sorted.empty()) return 0;
  if (imputation == Imputation::kMean) return Mean(sorted);
  if (imputation == Imputation::kMostFrequent) return MostFrequent(sorted);
  return SortedQuantile(sorted, 0.5);
}

Scale FitScale(std::span<const double> values, Scaling scaling) {
  if (values.empty() || scaling == Scaling::kNone) return {};
  Scale fitted;
  if (scaling == Scaling::kStandard) {
    fitted.center = Mean(values);
    double squares = 0;
    for (const double value : values) squares += (value - fitted.center) * (value - fitted.center);
    fitted.scale = std::sqrt(squares / static_cast<double>(values.size()));
  } else {
    const std::vector<double> sorted = SortedPresent(values);
    fitted.center = SortedQuantile(sorted, 0.5);
    fitted.scale = SortedQuantile(sorted, 0.75) - SortedQuantile(sorted, 0.25);
  }
  // A constant column has a deviation of rounding errors only.
  const double noise = 10 * 2.220446049250313e-16 * std::abs(fitted.center);
  if (fitted.scale <= noise || !std::isfinite(fitted.scale)) fitted.scale = 1;
  if (!std::isfinite(fitted.center)) fitted.center = 0;
  return fitted;
}

CategoryMap FitCategories(const std::vector<std::pair<std::string, std::int64_t>>& counts,
                          std::int64_t min_rows, std::int64_t most) {
  std::vector<std::pair<std::string, std::int64_t>> sorted = counts;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second > b.second || (a.second == b.second && a.first < b.first);
  });
  CategoryMap map;
  for (const auto& [category, rows] : sorted) {
    const bool keeps = rows >= min_rows && static_cast<std::int64_t>(map.categories.size()) < most;
    if (keeps) {
      map.categories.push_back(category);
    } else {
      map.has_rare = true;
    }
  }
  return map;
}

bool IsDatePart(std::string_view part) {
  return std::find(kDateParts.begin(), kDateParts.end(), part) != kDateParts.end();
}

DateParts SplitDate(double seconds) {
  using namespace std::chrono;
  // Beyond these years the calendar arithmetic would overflow.
  constexpr double kFarthest = 1e12;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (!(std::abs(seconds) <= kFarthest)) return {kNone, kNone, kNone, kNone, kNone, kNone};
  // Whole seconds below, so that the rest is integers.
  auto whole = static_cast<std::int64_t>(seconds);
  if (static_cast<double>(whole) > seconds) --whole;
  const sys_days midnight = floor<days>(sys_seconds(std::chrono::seconds(whole)));
  const year_month_day date(midnight);
  const std::int64_t day_number = midnight.time_since_epoch().count();
  return {.year = static_cast<double>(static_cast<int>(date.year())),
          .month = static_cast<double>(static_cast<unsigned>(date.month())),
          .day = static_cast<double>(static_cast<unsigned>(date.day())),
          .weekday = static_cast<double>(weekday(midnight).iso_encoding()) - 1,
          .hour = static_cast<double>((whole - day_number * 86400) / 3600),
          .epoch_days = static_cast<double>(day_number)};
}

double DateParts::*DatePartMember(std::string_view part) {
  static constexpr double DateParts::*kMembers[] = {&DateParts::year, &DateParts::month,
                                                    &DateParts::day,  &DateParts::weekday,
                                                    &DateParts::hour, &DateParts::epoch_days};
  const auto found = std::find(kDateParts.begin(), kDateParts.end(), part);
  return kMembers[static_cast<std::size_t>(found - kDateParts.begin()) % kDateParts.size()];
}

double DatePart(double seconds, std::string_view part) {
  return SplitDate(seconds).*DatePartMember(part);
}

}  // namespace reeve::features
