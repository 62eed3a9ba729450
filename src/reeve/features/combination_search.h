#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/features/coded_column.h"
#include "reeve/features/pipeline.h"

namespace reeve::features {

/// The fitted rows in the order in which they are told of each other: a row is told of those before
/// its batch. A batch is one row, or the rows of one group.
struct RowOrder {
  /// Positions among the fitted rows.
  std::vector<std::uint32_t> order;
  /// Where each batch ends in `order`, ascending.
  std::vector<std::uint32_t> ends;
};

/// What statistics are chosen from, in the order of RowOrder.
struct CombinationProblem {
  /// A number may stand here twice, its values told apart and in bins: one of both is used.
  std::span<const CodedColumn> columns;
  /// For each counted class whether a row is of it.
  std::span<const std::vector<std::uint8_t>> hits;
  const RowOrder* order = nullptr;
};

/// Columns and combinations whose rates are worth a feature: those that lower the log loss of an
/// additive model of rates, added one by one, best first. Every row is judged by rates of the rows
/// before it alone, so that what only fits noise gains nothing; what is kept gains more than 2.5
/// standard errors and tells more than 16 groups apart. A number is kept by itself only where its
/// values say more than their order. Pairs come from the 16 columns that gain most, at most six of
/// them numbers in bins; beside these there has to be a column of more than 16 values whose order
/// does not say it all, since trees find by themselves what an order says within few groups or
/// beside another. Triples come from pairs that were kept.
std::vector<std::vector<std::size_t>> ChooseStatistics(const CombinationProblem& problem,
                                                       const StatisticsOptions& options);

}  // namespace reeve::features
