#include "reeve/learners/symmetric/split_search.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/parallel.h"
#include "reeve/learners/symmetric/histogram_kernel.h"
#include "reeve/learners/symmetric/score_kernel.h"

namespace reeve::learners {
namespace {

// Scores of the cuts of one feature, leaf after leaf. A cut behind bin b is at b; behind the last
// bin only missing values are to the right.
class FeatureScores {
 public:
  FeatureScores(const BinnedFeature& feature, std::size_t outputs, float lambda)
      : feature_(feature),
        outputs_(outputs),
        lambda_(lambda),
        cuts_(feature.has_missing ? feature.bins : feature.bins - 1),
        gradients_(feature.bins * outputs),
        hessians_(feature.bins * outputs),
        total_gradients_(outputs),
        total_hessians_(outputs),
        missing_gradients_(outputs),
        missing_hessians_(outputs),
        nothing_(outputs),
        running_(outputs) {}

  void AddLeaf(const std::int64_t* histogram) {
    SumUp(histogram);
    CutSums sums{.gradients = gradients_.data(),
                 .hessians = hessians_.data(),
                 .cuts = cuts_,
                 .outputs = outputs_,
                 .total_gradients = total_gradients_.data(),
                 .total_hessians = total_hessians_.data(),
                 .extra_gradients = nothing_.data(),
                 .extra_hessians = nothing_.data(),
                 .lambda = lambda_};
    AddCutScores(sums, missing_right_);
    if (!feature_.has_missing) return;
    sums.cuts = feature_.bins - 1;
    sums.extra_gradients = missing_gradients_.data();
    sums.extra_hessians = missing_hessians_.data();
    AddCutScores(sums, missing_left_);
  }

  std::size_t cuts(bool missing_left) const {
    return missing_left ? (feature_.has_missing ? feature_.bins - 1 : 0) : cuts_;
  }
  const float* scores(bool missing_left) const {
    return missing_left ? missing_left_ : missing_right_;
  }

 private:
  void SumUp(const std::int64_t* histogram) {
    if (outputs_ == 1) {
      std::int64_t running = 0;
      for (std::size_t bin = 0; bin < feature_.bins; ++bin) {
        running += histogram[bin];
        gradients_[bin] = GradientOf(running);
        hessians_[bin] = HessianOf(running);
      }
      running_[0] = running;
    } else {
      std::fill(running_.begin(), running_.end(), 0);
      SumUpBins(histogram, feature_.bins, running_, gradients_.data(), hessians_.data());
    }
    const std::int64_t* const missing = histogram + feature_.bins * outputs_;
    for (std::size_t k = 0; k < outputs_; ++k) {
      const std::int64_t own = feature_.has_missing ? missing[k] : 0;
      missing_gradients_[k] = static_cast<float>(GradientOf(own));
      missing_hessians_[k] = static_cast<float>(HessianOf(own));
      total_gradients_[k] = static_cast<float>(GradientOf(running_[k] + own));
      total_hessians_[k] = static_cast<float>(HessianOf(running_[k] + own));
    }
  }

  const BinnedFeature& feature_;
  const std::size_t outputs_;
  const float lambda_;
  const std::size_t cuts_;
  std::vector<std::int32_t> gradients_, hessians_;
  std::vector<float> total_gradients_, total_hessians_, missing_gradients_, missing_hessians_,
      nothing_;
  std::vector<std::int64_t> running_;
  float missing_right_[256] = {}, missing_left_[256] = {};
};

// Cuts between which no row lies are equally good: the middle one, as between two values.
std::uint8_t MiddleOfEqual(const float* scores, std::size_t cut, std::size_t cuts) {
  std::size_t last = cut;
  while (last + 1 < cuts && scores[last + 1] == scores[cut]) ++last;
  return static_cast<std::uint8_t>((cut + last) / 2);
}

void AddRow(const std::uint16_t* places, std::size_t count, std::int64_t word,
            std::int64_t* histogram) {
  std::size_t j = 0;
  for (; j + 4 <= count; j += 4) {
    histogram[places[j]] += word;
    histogram[places[j + 1]] += word;
    histogram[places[j + 2]] += word;
    histogram[places[j + 3]] += word;
  }
  for (; j < count; ++j) histogram[places[j]] += word;
}

RowWords WordsOf(const FeatureGroup& group, std::span<const std::int64_t> words,
                 std::size_t outputs) {
  return {.places = group.row_places.data(),
          .features = group.size,
          .words = words.data(),
          .outputs = outputs};
}

}  // namespace

SplitSearch::SplitSearch(const BinnedColumns& columns, std::span<const BinnedFeature> features,
                         std::size_t outputs, std::size_t depth, int threads)
    : columns_(columns),
      features_(features),
      outputs_(outputs),
      most_leaves_(std::size_t{1} << (depth - 1)),
      threads_(threads) {}

void SplitSearch::LookAt(std::span<const std::size_t> features,
                         std::span<const std::uint32_t> rows) {
  if (!std::ranges::equal(features, looked_at_)) {
    looked_at_.assign(features.begin(), features.end());
    scores_.resize(features.size());
    MakeWorkers();
  }
  // The task never fails.
  (void)ParallelFor(threads_, static_cast<std::int64_t>(workers_.size()), [&](std::int64_t i) {
    FillRowPlaces(columns_, features_, looked_at_, rows,
                  workers_[static_cast<std::size_t>(i)].group);
    return Status::Ok();
  });
}

// Those that are there keep their memory.
void SplitSearch::MakeWorkers() {
  std::vector<FeatureGroup> groups =
      MakeFeatureGroups(features_, looked_at_, static_cast<std::size_t>(threads_));
  workers_.resize(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].row_places = std::move(workers_[i].group.row_places);
    workers_[i].group = std::move(groups[i]);
    workers_[i].leaves.resize(most_leaves_ * workers_[i].group.places * outputs_);
    workers_[i].building.resize(workers_[i].group.places * outputs_);
  }
}

FoundTest SplitSearch::Find(const LeafPartition& rows, const PackedGradients& gradients,
                            double lambda) {
  // Words in the order of the rows that are read, once for all features. With more outputs a row's
  // words are long enough to be read where they are.
  std::span<const std::int64_t> words = gradients.words();
  if (outputs_ == 1 && rows.leaves() > 1) {
    sorted_words_.resize(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) sorted_words_[i] = words[rows.order()[i]];
    words = sorted_words_;
  }
  const auto steps = std::max(static_cast<float>(lambda / gradients.hessian_unit()), 1.0F);
  std::vector<Candidate> best(workers_.size());
  // The task never fails.
  (void)ParallelFor(threads_, static_cast<std::int64_t>(workers_.size()), [&](std::int64_t i) {
    Worker& worker = workers_[static_cast<std::size_t>(i)];
    if (rows.leaves() == 1) {
      BuildRoot(worker, words);
    } else {
      BuildLevel(worker, rows, words);
    }
    best[static_cast<std::size_t>(i)] = BestOf(worker, rows, steps);
    return Status::Ok();
  });
  Candidate found;
  for (const Candidate& candidate : best) {
    if (candidate.score > found.score) found = candidate;
  }
  const double unit =
      gradients.gradient_unit() * gradients.gradient_unit() / gradients.hessian_unit();
  for (double& score : scores_) score *= unit;
  return {found.test, static_cast<double>(found.score) * unit};
}

void SplitSearch::BuildRoot(Worker& worker, std::span<const std::int64_t> words) const {
  std::fill(worker.leaves.begin(),
            worker.leaves.begin() + static_cast<std::ptrdiff_t>(worker.group.places * outputs_), 0);
  const std::size_t width = worker.group.size, rows = words.size() / outputs_;
  if (outputs_ > 1)
    return AddAllRowWords(WordsOf(worker.group, words, outputs_), rows, worker.leaves.data());
  const std::uint16_t* places = worker.group.row_places.data();
  for (std::size_t i = 0; i < rows; ++i, places += width)
    AddRow(places, width, words[i], worker.leaves.data());
}

void SplitSearch::AddRows(const Worker& worker, const LeafPartition& rows, std::size_t leaf,
                          std::span<const std::int64_t> words, std::int64_t* histogram) const {
  if (outputs_ > 1) {
    return AddRowWords(WordsOf(worker.group, words, outputs_),
                       rows.order().subspan(rows.begin(leaf), rows.size(leaf)), histogram);
  }
  const std::size_t width = worker.group.size;
  const std::uint16_t* const places = worker.group.row_places.data();
  for (std::size_t i = rows.begin(leaf); i < rows.begin(leaf + 1); ++i)
    AddRow(places + rows.order()[i] * width, width, words[i], histogram);
}

// Children take two places from twice their parent's on; the last parent first, so that none is
// overwritten before it was read.
void SplitSearch::BuildLevel(Worker& worker, const LeafPartition& rows,
                             std::span<const std::int64_t> words) const {
  const std::size_t size = worker.group.places * outputs_;
  for (std::size_t parent = rows.leaves() / 2; parent-- > 0;) {
    const std::size_t left = 2 * parent, right = left + 1;
    // Leaves without rows are never looked at.
    if (rows.size(left) + rows.size(right) == 0) continue;
    const bool left_is_smaller = rows.size(left) <= rows.size(right);
    AddRows(worker, rows, left_is_smaller ? left : right, words, worker.building.data());
    const std::int64_t* const both = worker.leaves.data() + parent * size;
    std::int64_t* const smaller = worker.leaves.data() + (left_is_smaller ? left : right) * size;
    std::int64_t* const larger = worker.leaves.data() + (left_is_smaller ? right : left) * size;
    std::int64_t* const built = worker.building.data();
    for (std::size_t place = 0; place < size; ++place) {
      const std::int64_t whole = both[place], part = built[place];
      smaller[place] = part;
      larger[place] = whole - part;
      built[place] = 0;
    }
  }
}

SplitSearch::Candidate SplitSearch::BestOf(const Worker& worker, const LeafPartition& rows,
                                           float lambda) {
  Candidate best;
  const std::size_t size = worker.group.places * outputs_;
  for (std::size_t j = 0; j < worker.group.size; ++j) {
    const std::size_t feature_idx = looked_at_[worker.group.first + j];
    float highest = 0;
    FeatureScores scores(features_[feature_idx], outputs_, lambda);
    for (std::size_t leaf = 0; leaf < rows.leaves(); ++leaf) {
      if (rows.size(leaf) == 0) continue;
      scores.AddLeaf(worker.leaves.data() + leaf * size + worker.group.offsets[j] * outputs_);
    }
    for (const bool missing_left : {false, true}) {
      const float* const of_cuts = scores.scores(missing_left);
      const std::size_t cuts = scores.cuts(missing_left);
      for (std::size_t cut = 0; cut < cuts; ++cut) {
        highest = std::max(highest, of_cuts[cut]);
        if (of_cuts[cut] <= best.score) continue;
        best.score = of_cuts[cut];
        best.test = {.feature = feature_idx,
                     .last_left_bin = MiddleOfEqual(of_cuts, cut, cuts),
                     .missing_left = missing_left};
      }
    }
    scores_[worker.group.first + j] = static_cast<double>(highest);
  }
  return best;
}

}  // namespace reeve::learners
