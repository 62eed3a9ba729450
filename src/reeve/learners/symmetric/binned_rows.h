#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/learners/learner.h"
#include "reeve/learners/quantised.h"

namespace reeve::learners {

/// A column that can split the learnt rows: at least two of its bins occur, missing counted as one.
struct BinnedFeature {
  /// Of the matrix.
  std::size_t column = 0;
  /// Bins 0 … bins-1 hold values.
  std::size_t bins = 0;
  bool has_missing = false;
  /// Each of them is 2^merged neighbouring bins of the column.
  int merged = 0;

  /// A bin of the column as one of the feature's.
  std::uint8_t FromColumn(std::uint8_t bin) const {
    return bin == kMissingBin ? bin : static_cast<std::uint8_t>(bin >> merged);
  }
  /// The last bin of the column that belongs to a bin of the feature.
  std::uint8_t LastOfColumn(std::uint8_t bin) const {
    return static_cast<std::uint8_t>(((bin + 1) << merged) - 1);
  }

  /// Places in a histogram: the bins, then the missing values.
  std::size_t places() const { return bins + (has_missing ? 1 : 0); }
};

/// The features that can split the rows of `set`. Neighbouring bins of numbers are merged until at
/// most `most_bins` are left. REQUIRES: `quantised` is of the set's matrix; most_bins is positive.
std::vector<BinnedFeature> FindBinnedFeatures(const TrainingSet& set,
                                              const QuantisedMatrix& quantised,
                                              std::size_t most_bins);

/// Bins of the set's rows, feature after feature: for tests of all rows on one feature.
class BinnedColumns {
 public:
  BinnedColumns(const TrainingSet& set, const QuantisedMatrix& quantised,
                std::span<const BinnedFeature> features);

  std::size_t rows() const { return rows_; }
  /// Bins of a feature (by position in `features`), kMissingBin for missing ones.
  std::span<const std::uint8_t> feature(std::size_t feature_idx) const {
    return {bins_.data() + feature_idx * rows_, rows_};
  }

 private:
  std::size_t rows_ = 0;
  std::vector<std::uint8_t> bins_;
};

/// Features whose histograms are built in one pass over rows: small enough for the histograms of
/// all leaves to stay in the processor's cache. Read by many threads.
struct FeatureGroup {
  /// Positions in the list of those that are looked at: [first, first + size).
  std::size_t first = 0, size = 0;
  /// Where each feature's places begin in the group's histogram, and how many there are in all.
  std::vector<std::size_t> offsets;
  std::size_t places = 0;
  /// Row after row the place that each feature's value falls into.
  std::vector<std::uint16_t> row_places;
};

/// Groups of the features at `looked_at`, neighbours there; at least `fewest` where there are as
/// many. Their places are still to be filled in.
std::vector<FeatureGroup> MakeFeatureGroups(std::span<const BinnedFeature> features,
                                            std::span<const std::size_t> looked_at,
                                            std::size_t fewest);

/// Fills in the places of these rows, or of all where none are named.
void FillRowPlaces(const BinnedColumns& columns, std::span<const BinnedFeature> features,
                   std::span<const std::size_t> looked_at, std::span<const std::uint32_t> rows,
                   FeatureGroup& group);

}  // namespace reeve::learners
