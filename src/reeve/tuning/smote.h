#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/matrix.h"

namespace reeve::tuning {

struct SmoteOptions {
  /// Neighbours that a new row may be drawn towards; fewer in a class with fewer other rows.
  int neighbours = 5;
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
};

/// Rows that were made up, with their classes.
struct SyntheticRows {
  Matrix matrix;
  std::vector<std::int32_t> labels;
};

/// Synthetic minority oversampling (Chawla et al. 2002), of numbers and categories (SMOTE-NC),
/// whichever the columns are: makes rows until every class has as many as the largest. A new row
/// lies between a row of its class, drawn at random, and one of that row's nearest neighbours in
/// the class.
///
/// - A number is drawn on the straight line between the two, by one share u per row; where all
/// values
///   are whole it is rounded; where one of the two is missing it is that of the nearer one.
/// - A category (a code, the 0/1 columns of one table column, a column of zeros and ones) is the
/// most
///   frequent one among the neighbours, ties at random.
/// - Of a table column that became several numbers (a date, a text), all come from the nearer of
/// the
///   two rows: nothing between two Mondays need be a day of the week.
/// - Distances: numbers are divided by their deviation in the class, so that a differing category
///   counts as one deviation (SMOTE-NC's rule on scaled columns); columns made from one table
///   column count as one together.
///
/// `positions` are rows of `matrix`; `labels` holds the class of every row of it. A class of one
/// row gets copies of it, a class without rows none. Rows are made from given ones alone: call it
/// inside the training part of a fold. Deterministic in the seed. Memory: the new rows and one
/// class' points.
SyntheticRows Smote(const Matrix& matrix, std::span<const std::int64_t> positions,
                    std::span<const std::int32_t> labels, int classes, const SmoteOptions& options);

}  // namespace reeve::tuning
