#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/pipeline.h"
#include "reeve/features/statistics_step.h"
#include "reeve/table/table.h"

namespace reeve::features {

/// Target statistics, and what the rows they were fitted on get instead of them.
struct FittedStatistics {
  std::unique_ptr<Step> step;
  /// The step's outputs, one after the other, each for all fitted rows. Rates are those of the rows
  /// that stand before the row in a random order ("ordered" statistics, Prokhorenkova et al. 2018).
  /// Rates of the rows outside a fold tell a row's label by what they lack, and a model learns to
  /// read it. Numbers of rows up to ten leave out the row itself (its group), as a new row is
  /// not among them: 0 where no other row has the value. Larger ones are whole, so that they name
  /// the same value for both. Log loss out of fold with whole numbers only, without the row itself
  /// only, and so: flights_100k .400, .392, .392; adult .2718, .2740, .2722.
  std::vector<float> training;
};

/// Fits statistics of the columns and combinations that ChooseStatistics picks among `features`;
/// nothing when none is worth it. supervision.watched is not looked at. REQUIRES: `features` are
/// columns of `table`.
std::optional<FittedStatistics> FitStatistics(const Table& table,
                                              std::span<const std::int64_t> rows,
                                              const std::vector<std::string>& features,
                                              const StatisticsOptions& options,
                                              const Supervision& supervision);

}  // namespace reeve::features
