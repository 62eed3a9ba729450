#include "reeve/learners/symmetric/binned_rows.h"

#include <algorithm>

namespace reeve::learners {
namespace {

// 64 leaves of as many sums of 8 bytes fill half a megabyte.
constexpr std::size_t kMostGroupPlaces = 1024;
constexpr std::size_t kMostGroupFeatures = 32;

// Of the feature that stands at `j` in the group.
template <typename RowAt>
void FillPlaces(std::span<const std::uint8_t> bins, const BinnedFeature& feature, std::size_t j,
                RowAt row_at, FeatureGroup& group) {
  const std::size_t rows = group.row_places.size() / group.size;
  const auto missing = static_cast<std::uint16_t>(feature.bins);
  const auto offset = static_cast<std::uint16_t>(group.offsets[j]);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint8_t bin = bins[row_at(i)];
    const std::uint16_t place = bin == kMissingBin ? missing : bin;
    group.row_places[i * group.size + j] = static_cast<std::uint16_t>(offset + place);
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

std::vector<FeatureGroup> MakeFeatureGroups(std::span<const BinnedFeature> features,
                                            std::span<const std::size_t> looked_at,
                                            std::size_t fewest) {
  const std::size_t share = (looked_at.size() + fewest - 1) / std::max<std::size_t>(fewest, 1);
  const std::size_t most = std::clamp<std::size_t>(share, 1, kMostGroupFeatures);
  std::vector<FeatureGroup> groups;
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    const std::size_t places = features[looked_at[i]].places();
    const bool fits = !groups.empty() && groups.back().size < most &&
                      groups.back().places + places <= kMostGroupPlaces;
    if (!fits) groups.push_back({.first = i});
    FeatureGroup& group = groups.back();
    group.offsets.push_back(group.places);
    group.places += places;
    ++group.size;
  }
  return groups;
}

void FillRowPlaces(const BinnedColumns& columns, std::span<const BinnedFeature> features,
                   std::span<const std::size_t> looked_at, std::span<const std::uint32_t> rows,
                   FeatureGroup& group) {
  group.row_places.resize((rows.empty() ? columns.rows() : rows.size()) * group.size);
  for (std::size_t j = 0; j < group.size; ++j) {
    const std::size_t feature_idx = looked_at[group.first + j];
    const BinnedFeature& feature = features[feature_idx];
    const auto bins = columns.feature(feature_idx);
    if (rows.empty()) {
      FillPlaces(
          bins, feature, j, [](std::size_t i) { return i; }, group);
    } else {
      FillPlaces(
          bins, feature, j, [&](std::size_t i) { return rows[i]; }, group);
    }
  }
}

}  // namespace reeve::learners
