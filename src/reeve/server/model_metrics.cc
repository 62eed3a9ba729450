#include "reeve/server/model_metrics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <set>

#include "reeve/base/wide_loops.h"

namespace reeve::server {
namespace {

using telemetry::Counter;
using telemetry::Family;
using telemetry::Heat;
using telemetry::Histogram;

constexpr std::size_t kScoreBuckets = 20;

std::vector<double> ScoreBounds() {
  std::vector<double> bounds;
  for (std::size_t i = 1; i <= kScoreBuckets; ++i)
    bounds.push_back(static_cast<double>(i) / kScoreBuckets);
  return bounds;
}

std::vector<double> RowBounds() {
  return {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10'000, 100'000};
}

std::vector<double> DurationBounds() {
  return {1e-6,   2.5e-6, 5e-6,   10e-6, 25e-6, 50e-6, 100e-6, 250e-6,
          500e-6, 1e-3,   2.5e-3, 5e-3,  10e-3, 25e-3, 100e-3, 1};
}

// The bucket of a probability without a search. Histogram::BucketOf is what it has to equal: the
// product may be off by one unit in the last place, so its neighbours are looked at.
std::size_t ScoreBucket(double score, std::span<const double> bounds) {
  if (!(score > 0)) return score <= 0 ? 0 : kScoreBuckets;
  auto bucket = static_cast<std::size_t>(std::min(score, 2.0) * kScoreBuckets);
  bucket = std::min(bucket, kScoreBuckets);
  while (bucket > 0 && score <= bounds[bucket - 1]) --bucket;
  while (bucket < kScoreBuckets && score > bounds[bucket]) ++bucket;
  return bucket;
}

// Buckets of the second of each pair of probabilities. Gives the bits of rows that ScoreBucket has
// to tell: a product that is no whole number lies between the same two as the exact one.
REEVE_LOOP std::uint64_t PairBuckets(const double* __restrict pairs, std::size_t rows,
                                     std::uint64_t* __restrict buckets) {
  std::uint64_t others = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double product = pairs[2 * row + 1] * kScoreBuckets;
    const bool is_inside = (product > 0) & (product < kScoreBuckets);
    const auto bucket = static_cast<std::int64_t>(is_inside ? product : 0.0);
    const bool is_told = is_inside & (static_cast<double>(bucket) != product);
    buckets[row] = static_cast<std::uint64_t>(bucket);
    others |= kRowBits[row] & (is_told ? 0 : ~std::uint64_t{0});
  }
  return others;
}

// How many rows are of the second class; anything but 0 and 1 shows in the bits of `all`.
REEVE_LOOP std::uint32_t CountOnes(const std::int32_t* predicted, std::size_t rows,
                                   std::uint32_t* all) {
  std::uint32_t ones = 0, bits = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    ones += static_cast<std::uint32_t>(predicted[row]);
    bits |= static_cast<std::uint32_t>(predicted[row]);
  }
  *all = bits;
  return ones;
}

}  // namespace

// The counters of a version, and their names to take them out of sight.
class ModelFamilies::Counts {
 public:
  std::shared_ptr<Counter> rows;
  std::shared_ptr<Histogram> batch_rows, scores, durations;
  /// By class; by field. Those beyond the limits are the same object.
  std::vector<std::shared_ptr<Counter>> predictions, missing, unseen, out_of_range;
  std::vector<std::function<void()>> removals;
};

class ModelFamilies::Model : public ModelMetrics {
 public:
  Model(std::shared_ptr<ModelFamilies> families, std::shared_ptr<Counts> counts, Version version,
        InfoLabels info)
      : families_(std::move(families)),
        counts_(std::move(counts)),
        version_(std::move(version)),
        info_(std::move(info)) {}
  ~Model() override { families_->OnGone(version_, info_); }

  void OnScored(const inference::RowScores& scores, double seconds) override {
    const std::int64_t rows = CountRows(scores);
    counts_->batch_rows->Observe(static_cast<double>(rows));
    counts_->durations->Observe(seconds);
    if (rows == 0) return;
    counts_->rows->Add(rows);
    const std::size_t fields = std::min(scores.missing.size(), counts_->missing.size());
    for (std::size_t f = 0; f < fields; ++f) {
      if (scores.missing[f] > 0) counts_->missing[f]->Add(scores.missing[f]);
    }
    if (!scores.issues.empty()) CountIssues(scores);
  }

 private:
  // Rows take turns with a few counts: mostly they hit the same ones, and an addition would have to
  // wait for the one of the row before.
  static constexpr std::size_t kTurns = 4;

  struct ScoreCounts {
    std::uint32_t counts[kTurns][kScoreBuckets + 1] = {};
    double sums[kTurns] = {};

    void Add(std::size_t turn, std::size_t bucket, double score) {
      ++counts[turn][bucket];
      sums[turn] += score;
    }
    void AddTo(Histogram& histogram) {
      for (std::size_t turn = 1; turn < kTurns; ++turn) {
        sums[0] += sums[turn];
        for (std::size_t bucket = 0; bucket <= kScoreBuckets; ++bucket)
          counts[0][bucket] += counts[turn][bucket];
      }
      histogram.AddCounts(counts[0], sums[0]);
    }
  };

  // Counts by class and by score here first: atomics are touched once for each that occurs.
  std::int64_t CountRows(const inference::RowScores& scores) const {
    if (counts_->predictions.size() == 2 && CountPairs(scores))
      return static_cast<std::int64_t>(scores.predicted.size());
    const std::size_t classes = counts_->predictions.size();
    thread_local std::vector<std::uint32_t> by_class;
    by_class.assign(kTurns * classes, 0);
    ScoreCounts by_score;
    const std::span<const double> bounds = counts_->scores->bounds();
    for (std::size_t row = 0; row < scores.predicted.size(); ++row) {
      const auto predicted = static_cast<std::uint32_t>(scores.predicted[row]);
      if (predicted >= classes) continue;
      const std::size_t turn = row % kTurns;
      const double score = scores.probabilities[row * classes + (classes == 2 ? 1 : predicted)];
      ++by_class[turn * classes + predicted];
      by_score.Add(turn, ScoreBucket(score, bounds), score);
    }
    std::int64_t rows = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      std::uint32_t count = 0;
      for (std::size_t turn = 0; turn < kTurns; ++turn) count += by_class[turn * classes + k];
      if (count > 0) counts_->predictions[k]->Add(count);
      rows += count;
    }
    if (rows == 0) return 0;
    by_score.AddTo(*counts_->scores);
    return rows;
  }

  // The same for two classes, a block of rows at a time. False, and nothing is counted, when a row
  // was refused.
  bool CountPairs(const inference::RowScores& scores) const {
    constexpr std::size_t kRows = kRowBits.size();
    const std::size_t rows = scores.predicted.size();
    std::uint32_t all = 0;
    const std::uint32_t ones = RunLoop<CountOnes>(scores.predicted.data(), rows, &all);
    if (all > 1) return false;
    ScoreCounts by_score;
    std::uint64_t buckets[kRows];
    for (std::size_t first = 0; first < rows; first += kRows) {
      const double* const pairs = scores.probabilities.data() + 2 * first;
      const std::size_t count = std::min(kRows, rows - first);
      std::uint64_t others = RunLoop<PairBuckets>(pairs, count, buckets);
      for (; others != 0; others &= others - 1) {
        const auto row = static_cast<std::size_t>(std::countr_zero(others));
        buckets[row] = ScoreBucket(pairs[2 * row + 1], counts_->scores->bounds());
      }
      for (std::size_t row = 0; row < count; ++row)
        by_score.Add(row % kTurns, buckets[row], pairs[2 * row + 1]);
    }
    if (ones > 0) counts_->predictions[1]->Add(ones);
    if (rows > ones) counts_->predictions[0]->Add(static_cast<std::int64_t>(rows) - ones);
    if (rows > 0) by_score.AddTo(*counts_->scores);
    return true;
  }

  void CountIssues(const inference::RowScores& scores) const {
    const std::size_t fields = counts_->unseen.size();
    thread_local std::vector<std::int64_t> unseen, out_of_range;
    unseen.assign(fields, 0);
    out_of_range.assign(fields, 0);
    for (const inference::RowIssue& issue : scores.issues) {
      if (issue.field >= fields || scores.predicted[static_cast<std::size_t>(issue.row)] < 0)
        continue;
      if (issue.rule == contract::Rule::kUnseenCategory) ++unseen[issue.field];
      if (issue.rule == contract::Rule::kOutOfRange) ++out_of_range[issue.field];
    }
    for (std::size_t f = 0; f < fields; ++f) {
      if (unseen[f] > 0) counts_->unseen[f]->Add(unseen[f]);
      if (out_of_range[f] > 0) counts_->out_of_range[f]->Add(out_of_range[f]);
    }
  }

  const std::shared_ptr<ModelFamilies> families_;
  const std::shared_ptr<Counts> counts_;
  const Version version_;
  const InfoLabels info_;
};

ModelFamilies::ModelFamilies(const ServiceMetricsOptions& options)
    : options_(options),
      rows_(registry_.AddCounters({.name = "reeve_rows_scored_total",
                                   .help = "Rows that got a prediction.",
                                   .labels = {"model", "version"},
                                   .heat = Heat::kHot})),
      predictions_(registry_.AddCounters({.name = "reeve_predictions_total",
                                          .help = "Rows by the class that was predicted.",
                                          .labels = {"model", "version", "class"},
                                          .heat = Heat::kHot})),
      missing_(registry_.AddCounters({.name = "reeve_feature_missing_total",
                                      .help = "Scored rows without a value of the feature.",
                                      .labels = {"model", "version", "feature"}})),
      unseen_(registry_.AddCounters({.name = "reeve_feature_unseen_total",
                                     .help = "Scored rows with a category that training never saw.",
                                     .labels = {"model", "version", "feature"}})),
      out_of_range_(
          registry_.AddCounters({.name = "reeve_feature_out_of_range_total",
                                 .help = "Scored rows with a number outside what training saw.",
                                 .labels = {"model", "version", "feature"}})),
      batch_rows_(registry_.AddHistograms({.name = "reeve_batch_rows",
                                           .help = "Rows of a scoring call.",
                                           .labels = {"model", "version"},
                                           .heat = Heat::kHot},
                                          RowBounds())),
      scores_(registry_.AddHistograms(
          {.name = "reeve_prediction_score",
           .help = "Probability of the positive class; of the predicted one for more than two.",
           .labels = {"model", "version"},
           .heat = Heat::kHot},
          ScoreBounds())),
      durations_(registry_.AddHistograms(
          {.name = "reeve_inference_duration_seconds",
           .help = "Time that scoring the rows of a call took, without HTTP and JSON.",
           .labels = {"model", "version"},
           .heat = Heat::kHot},
          DurationBounds())),
      infos_(registry_.AddInfos({.name = "reeve_model_info",
                                 .help = "A model version that is served.",
                                 .labels = {"model", "version", "alias", "sha256"}})),
      loaded_(registry_.AddGauges({.name = "reeve_model_loaded_timestamp_seconds",
                                   .help = "When the model was loaded, since 1970.",
                                   .labels = {"model", "version"}})),
      trained_(registry_.AddGauges({.name = "reeve_model_trained_timestamp_seconds",
                                    .help = "When the model was trained, since 1970.",
                                    .labels = {"model", "version"}})) {}

std::shared_ptr<ModelMetrics> ModelFamilies::Add(const ServiceMetrics::ModelLabels& labels,
                                                 const contract::Contract& contract) {
  const Version version{labels.name, labels.version};
  InfoLabels info{labels.name, labels.version, labels.alias, labels.digest};
  const std::lock_guard lock(mutex_);
  auto& counts = counts_[version];
  // Versions are immutable; a folder without versions may hold another model than before.
  const bool is_other = counts && (counts->predictions.size() != contract.classes.size() ||
                                   counts->missing.size() != contract.columns.size());
  if (!counts || is_other) {
    const std::shared_ptr<Counts> before = std::move(counts);
    counts = MakeCounts(version, contract);
    if (before) {
      counts->removals.insert(counts->removals.end(), before->removals.begin(),
                              before->removals.end());
    }
  }
  std::erase(retired_, version);
  ++live_[version];
  ++live_infos_[info];
  infos_.With(info);
  if (labels.loaded_at > 0) loaded_.With({version.first, version.second})->Set(labels.loaded_at);
  if (labels.trained_at > 0) trained_.With({version.first, version.second})->Set(labels.trained_at);
  return std::make_shared<Model>(shared_from_this(), counts, version, std::move(info));
}

std::shared_ptr<ModelFamilies::Counts> ModelFamilies::MakeCounts(
    const Version& version, const contract::Contract& contract) {
  const auto counts = std::make_shared<Counts>();
  const std::vector<std::string> labels{version.first, version.second};
  const auto add = [&](auto& family, std::vector<std::string> values) {
    counts->removals.push_back([&family, values] { family.Remove(values); });
    return family.With(values);
  };
  // Series named by what stands behind `most` share one.
  const auto add_named = [&](Family<Counter>& family, std::size_t at, const std::string& name,
                             std::size_t most) {
    std::vector<std::string> values = labels;
    values.push_back(at < most ? name : "other");
    return add(family, std::move(values));
  };
  counts->rows = add(rows_, labels);
  counts->batch_rows = add(batch_rows_, labels);
  counts->scores = add(scores_, labels);
  counts->durations = add(durations_, labels);
  for (std::size_t k = 0; k < contract.classes.size(); ++k) {
    counts->predictions.push_back(
        add_named(predictions_, k, contract.classes[k], options_.most_classes));
  }
  for (std::size_t f = 0; f < contract.columns.size(); ++f) {
    const std::string& name = contract.columns[f].name;
    counts->missing.push_back(add_named(missing_, f, name, options_.most_features));
    counts->unseen.push_back(add_named(unseen_, f, name, options_.most_features));
    counts->out_of_range.push_back(add_named(out_of_range_, f, name, options_.most_features));
  }
  return counts;
}

void ModelFamilies::OnGone(const Version& version, const InfoLabels& info) {
  const std::lock_guard lock(mutex_);
  if (--live_infos_[info] == 0) {
    live_infos_.erase(info);
    infos_.Remove(info);
  }
  if (--live_[version] > 0) return;
  live_.erase(version);
  loaded_.Remove({version.first, version.second});
  trained_.Remove({version.first, version.second});
  retired_.push_back(version);
  // Counts outlive their model, so that the last of them are scraped; but not for ever.
  while (retired_.size() > options_.most_retired) {
    const auto counts = counts_.find(retired_.front());
    for (const auto& remove : counts->second->removals) remove();
    counts_.erase(counts);
    retired_.pop_front();
  }
}

}  // namespace reeve::server
