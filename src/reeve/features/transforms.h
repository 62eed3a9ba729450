#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/features/pipeline.h"

namespace reeve::features {

// What steps are made of: small fitted values, each with a function that applies it. Equal to
// scikit-learn's transformers of the same names to 1e-9 (golden_test.cc).

/// The value that replaces missing numbers: SimpleImputer's statistics. Ties of the most frequent
/// go to the smallest. 0 when every value is missing. REQUIRES: imputation is not kNone.
double FitImputation(std::span<const double> values, Imputation imputation, double constant);

/// x -> (x - center) / scale.
struct Scale {
  double center = 0;
  double scale = 1;

  double Apply(double x) const { return (x - center) / scale; }
};
/// StandardScaler (mean, population deviation) or RobustScaler (median, interquartile range); a
/// scale of 0 becomes 1. REQUIRES: no NaN in `values`.
Scale FitScale(std::span<const double> values, Scaling scaling);

/// Fitted categories of one column, and where the others go.
struct CategoryMap {
  /// Categories with a code of their own; code = position.
  std::vector<std::string> categories;
  /// True when rare categories of the fitted rows share a further code, which unseen ones get too.
  bool has_rare = false;

  /// The code of rare and unseen categories: one past the last.
  std::int32_t other_code() const { return static_cast<std::int32_t>(categories.size()); }
};
/// Categories with at least `min_rows` fitted rows, at most `most` of them (the most frequent),
/// ordered by falling frequency and then by name.
CategoryMap FitCategories(const std::vector<std::pair<std::string, std::int64_t>>& counts,
                          std::int64_t min_rows, std::int64_t most);

/// A part of a date as a number: "year", "month" (1-12), "day" (1-31), "weekday" (0 = Monday),
/// "hour" (0-23), "epoch_days". NaN for NaN. REQUIRES: IsDatePart(part).
double DatePart(double seconds, std::string_view part);
bool IsDatePart(std::string_view part);

/// Rows whose dates are taken apart at a time.
inline constexpr std::size_t kDateRows = 64;
/// Every part of some dates, found at once: what DatePart gives by name.
class DateColumns {
 public:
  /// REQUIRES: at most kDateRows.
  void Split(std::span<const double> seconds);
  /// One value for each row that was split; others behind them. REQUIRES: IsDatePart(part).
  std::span<const double, kDateRows> Part(std::string_view part) const;

 private:
  // Part after part, each as long as if there were kDateRows dates.
  std::array<double, 6 * kDateRows> parts_;
};

/// Linear interpolation between order statistics (numpy's default). REQUIRES: sorted, not empty.
double SortedQuantile(std::span<const double> sorted, double q);

}  // namespace reeve::features
