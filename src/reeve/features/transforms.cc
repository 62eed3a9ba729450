#include "reeve/features/transforms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "reeve/base/wide_loops.h"

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

std::size_t PlaceOfPart(std::string_view part) {
  const auto found = std::find(kDateParts.begin(), kDateParts.end(), part);
  return static_cast<std::size_t>(found - kDateParts.begin()) % kDateParts.size();
}

// Seconds of so many dates become their parts, in the order of kDateParts, each kDateRows apart:
// all by 32 bits and exact doubles, so that it becomes vectors.
REEVE_LOOP void SplitDates(const double* seconds, std::size_t rows, double* parts) {
  // Beyond these years the calendar arithmetic would overflow.
  constexpr double kFarthest = 1e12;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  constexpr double kSecondsOfDay = 86'400;
  // Days are counted from a first of March so long ago that none is negative.
  constexpr std::uint32_t kEras = 82, kYearsOfEra = 400, kDaysOfEra = 146'097;
  constexpr std::uint32_t kDaysOf1970 = 719'468 + kEras * kDaysOfEra;
  constexpr std::uint32_t kThursday = 3;
  double dates[kDateRows];
  for (std::size_t row = 0; row < rows; ++row)
    dates[row] = std::abs(seconds[row]) <= kFarthest ? seconds[row] : 0.0;
  for (std::size_t row = 0; row < rows; ++row) {
    auto whole = static_cast<double>(static_cast<std::int64_t>(dates[row]));
    whole -= whole > dates[row] ? 1.0 : 0.0;
    // Days differ by 1 / 86400 at least where the quotient is rounded to 1e-9.
    const double quotient = whole / kSecondsOfDay;
    auto day = static_cast<std::int32_t>(quotient);
    day -= static_cast<double>(day) > quotient ? 1 : 0;
    // Neri and Schneider, "Euclidean affine functions and their application to calendar
    // algorithms" (2022).
    const std::uint32_t march_day = static_cast<std::uint32_t>(day) + kDaysOf1970;
    const std::uint32_t quarters = 4 * march_day + 3;
    const std::uint32_t century = quarters / kDaysOfEra;
    const std::uint32_t of_century = quarters % kDaysOfEra | 3;
    const std::uint32_t year_of_century = of_century / 1461;
    const std::uint32_t day_of_year = of_century % 1461 / 4;
    const std::uint32_t scaled = 2141 * day_of_year + 197'913;
    const bool is_next_year = day_of_year >= 306;
    const auto year = static_cast<std::int32_t>(100 * century + year_of_century + is_next_year) -
                      static_cast<std::int32_t>(kEras * kYearsOfEra);
    const auto month = static_cast<std::int32_t>((scaled >> 16) - (is_next_year ? 12 : 0));
    const auto day_of_month = static_cast<std::int32_t>((scaled & 0xFFFF) / 2141 + 1);
    const auto weekday =
        static_cast<std::int32_t>((march_day + 7 + kThursday - kDaysOf1970 % 7) % 7);
    const auto hour = static_cast<std::int32_t>(whole - day * kSecondsOfDay) / 3600;
    // 0 of a date, so that nothing changes.
    const double none = seconds[row] == dates[row] ? 0.0 : kNone;
    const auto put = [&](std::size_t part, std::int32_t found) __attribute__((always_inline)) {
      parts[part * kDateRows + row] = static_cast<double>(found) + none;
    };
    put(0, year);
    put(1, month);
    put(2, day_of_month);
    put(3, weekday);
    put(4, hour);
    put(5, day);
  }
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

void DateColumns::Split(std::span<const double> seconds) {
  RunLoop<SplitDates>(seconds.data(), seconds.size(), parts_.data());
}

std::span<const double, kDateRows> DateColumns::Part(std::string_view part) const {
  return std::span(parts_).subspan(PlaceOfPart(part) * kDateRows).first<kDateRows>();
}

double DatePart(double seconds, std::string_view part) {
  DateColumns dates;
  dates.Split({&seconds, 1});
  return dates.Part(part)[0];
}

}  // namespace reeve::features
