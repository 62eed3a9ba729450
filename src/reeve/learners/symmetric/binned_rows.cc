#include "reeve/learners/symmetric/binned_rows.h"

#include <algorithm>

namespace reeve::learners {
namespace {

// 64 leaves of as many sums of 8 bytes fill half a megabyte.
constexpr std::size_t kMostGroupPlaces = 1024;
constexpr std::size_t kMostGroupFeatures = 32;

void FillRowPlaces(const BinnedColumns& columns, std::span<const BinnedFeature> features,
                   FeatureGroup& group) {
  group.row_places.resize(columns.rows() * group.size);
  for (std::size_t j = 0; j < group.size; ++j) {
    const auto bins = columns.feature(group.first + j);
    const auto missing = static_cast<std::uint16_t>(features[group.first + j].bins);
    const auto offset = static_cast<std::uint16_t>(group.offsets[j]);
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const std::uint16_t place = bins[i] == kMissingBin ? missing : bins[i];
      group.row_places[i * group.size + j] = static_cast<std::uint16_t>(offset + place);
    }
  }
}

}  // namespace

std::vector<BinnedFeature> FindBinnedFeatures(const TrainingSet& set,
                                              const QuantisedMatrix& quantised,
                                              std::size_t most_bins) {
  std::vector<BinnedFeature> features;
  for (std::size_t j = 0; j < quantised.columns.size(); ++j) {
    const std::vector<std::uint8_t>& bins = quantised.columns[j].bins;
    bool occurs[256] = {};
    for (std::size_t i = 0; i < set.row_count(); ++i) occurs[bins[set.row(i)]] = true;
    const bool has_missing = occurs[kMissingBin];
    const auto* const last = std::find(std::make_reverse_iterator(occurs + kMissingBin),
                                       std::make_reverse_iterator(occurs + 0), true)
                                 .base();
    const auto occurring = std::count(occurs, occurs + 256, true);
    if (occurring < 2) continue;
    BinnedFeature feature{
        .column = j, .bins = static_cast<std::size_t>(last - occurs), .has_missing = has_missing};
    // Codes of categories have neighbours that are nothing to each other.
    while (feature.bins > most_bins && !quantised.columns[j].is_categorical) {
      ++feature.merged;
      feature.bins = (feature.bins + 1) / 2;
    }
    features.push_back(feature);
  }
  return features;
}

BinnedColumns::BinnedColumns(const TrainingSet& set, const QuantisedMatrix& quantised,
                             std::span<const BinnedFeature> features)
    : rows_(set.row_count()), bins_(rows_ * features.size()) {
  for (std::size_t f = 0; f < features.size(); ++f) {
    const std::vector<std::uint8_t>& bins = quantised.columns[features[f].column].bins;
    std::uint8_t* const out = bins_.data() + f * rows_;
    for (std::size_t i = 0; i < rows_; ++i) out[i] = features[f].FromColumn(bins[set.row(i)]);
  }
}

std::vector<FeatureGroup> MakeFeatureGroups(const BinnedColumns& columns,
                                            std::span<const BinnedFeature> features,
                                            std::size_t fewest) {
  const std::size_t share = (features.size() + fewest - 1) / std::max<std::size_t>(fewest, 1);
  const std::size_t most = std::clamp<std::size_t>(share, 1, kMostGroupFeatures);
  std::vector<FeatureGroup> groups;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const bool fits = !groups.empty() && groups.back().size < most &&
                      groups.back().places + features[f].places() <= kMostGroupPlaces;
    if (!fits) groups.push_back({.first = f});
    FeatureGroup& group = groups.back();
    group.offsets.push_back(group.places);
    group.places += features[f].places();
    ++group.size;
  }
  for (FeatureGroup& group : groups) FillRowPlaces(columns, features, group);
  return groups;
}

}  // namespace reeve::learners
