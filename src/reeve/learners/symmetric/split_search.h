#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/learners/symmetric/binned_rows.h"
#include "reeve/learners/symmetric/leaf_partition.h"
#include "reeve/learners/symmetric/packed_gradients.h"

namespace reeve::learners {

/// The best test for a level.
struct FoundTest {
  SymmetricTest test;
  /// Sum over leaves and outputs of G²/(H + lambda) once the test is put, in units of the loss;
  /// 0 when nothing can be split.
  double score = 0;
};

/// Finds the test of the next level of a symmetric tree: builds the histograms of every leaf (of
/// two new leaves only the smaller one, the other is the difference) and scores every cut of every
/// feature over all leaves together. Holds the histograms of the growing tree; features are shared
/// out to threads, whose number changes nothing.
class SplitSearch {
 public:
  /// `columns` and `features` outlive it. Trees have at most `depth` levels. REQUIRES: LookAt()
  /// before the first Find().
  SplitSearch(const BinnedColumns& columns, std::span<const BinnedFeature> features,
              std::size_t outputs, std::size_t depth, int threads);

  /// From now on only these features (by position) are looked at, and of all rows only these where
  /// some are named; both rising.
  void LookAt(std::span<const std::size_t> features, std::span<const std::uint32_t> rows);

  /// The best test for the leaves of `rows`, which was sorted; its rows and the words of
  /// `gradients` are those that are looked at, in their order. REQUIRES: called level by level from
  /// the root on, with the same gradients throughout a tree.
  FoundTest Find(const LeafPartition& rows, const PackedGradients& gradients, double lambda);

  std::span<const std::size_t> looked_at() const { return looked_at_; }
  /// The score that each feature looked at could have reached in the last Find().
  std::span<const double> scores() const { return scores_; }

 private:
  /// A group of features with its histograms: one for each leaf, and one to build in, all 0 between
  /// uses.
  struct Worker {
    FeatureGroup group;
    std::vector<std::int64_t> leaves, building;
  };
  struct Candidate {
    SymmetricTest test;
    float score = 0;
  };

  void BuildRoot(Worker& worker, std::span<const std::int64_t> words) const;
  void BuildLevel(Worker& worker, const LeafPartition& rows,
                  std::span<const std::int64_t> words) const;
  void AddRows(const Worker& worker, const LeafPartition& rows, std::size_t leaf,
               std::span<const std::int64_t> words, std::int64_t* histogram) const;
  Candidate BestOf(const Worker& worker, const LeafPartition& rows, float lambda);
  void MakeWorkers();

  const BinnedColumns& columns_;
  std::span<const BinnedFeature> features_;
  std::size_t outputs_, most_leaves_;
  int threads_;
  std::vector<std::size_t> looked_at_;
  std::vector<Worker> workers_;
  std::vector<double> scores_;
  std::vector<std::int64_t> sorted_words_;
};

}  // namespace reeve::learners
