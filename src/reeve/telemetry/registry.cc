#include "reeve/telemetry/registry.h"

namespace reeve::telemetry {
namespace {

void Fill(const Counter& counter, Sample& sample) {
  sample.value = static_cast<double>(counter.value());
}

void Fill(const Gauge& gauge, Sample& sample) { sample.value = gauge.value(); }

void Fill(const Histogram& histogram, Sample& sample) {
  Histogram::Snapshot snapshot = histogram.Take();
  sample.bounds.assign(histogram.bounds().begin(), histogram.bounds().end());
  sample.counts = std::move(snapshot.counts);
  sample.sum = snapshot.sum;
}

}  // namespace

template <typename T>
std::string Family<T>::NameOf(const std::vector<std::string>& values) {
  std::string name;
  for (const std::string& value : values) name += std::to_string(value.size()) + ":" + value;
  return name;
}

template <typename T>
std::shared_ptr<T> Family<T>::With(const std::vector<std::string>& values) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> shown = values;
  std::string name = NameOf(shown);
  if (!index_.contains(name) && series_.size() >= options_.most_series) {
    shown.assign(values.size(), "other");
    name = NameOf(shown);
  }
  const auto [it, is_new] = index_.try_emplace(name, series_.size());
  if (is_new) series_.push_back({std::move(shown), make_()});
  return series_[it->second].metric;
}

template <typename T>
void Family<T>::Remove(const std::vector<std::string>& values) {
  const std::lock_guard lock(mutex_);
  const auto it = index_.find(NameOf(values));
  if (it == index_.end()) return;
  const std::size_t at = it->second;
  index_.erase(it);
  series_.erase(series_.begin() + static_cast<std::ptrdiff_t>(at));
  for (auto& [name, position] : index_) position -= position > at ? 1 : 0;
}

template <typename T>
FamilySample Family<T>::Take() const {
  FamilySample family{.name = options_.name, .help = options_.help, .kind = kind_};
  const std::lock_guard lock(mutex_);
  family.samples.reserve(series_.size());
  for (const Series& series : series_) {
    Sample& sample = family.samples.emplace_back();
    for (std::size_t i = 0; i < options_.labels.size(); ++i)
      sample.labels.emplace_back(options_.labels[i], series.values[i]);
    Fill(*series.metric, sample);
  }
  return family;
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

template <typename T>
Family<T>& Registry::Add(std::shared_ptr<Family<T>> family) {
  AddSource([family] { return std::vector<FamilySample>{family->Take()}; });
  return *family;
}

Family<Counter>& Registry::AddCounters(FamilyOptions options) {
  const Heat heat = options.heat;
  return Add(std::make_shared<Family<Counter>>(std::move(options), Kind::kCounter,
                                               [heat] { return std::make_shared<Counter>(heat); }));
}

Family<Counter>& Registry::AddLevels(FamilyOptions options) {
  const Heat heat = options.heat;
  return Add(std::make_shared<Family<Counter>>(std::move(options), Kind::kGauge,
                                               [heat] { return std::make_shared<Counter>(heat); }));
}

Family<Gauge>& Registry::AddGauges(FamilyOptions options) {
  return Add(std::make_shared<Family<Gauge>>(std::move(options), Kind::kGauge,
                                             [] { return std::make_shared<Gauge>(); }));
}

Family<Gauge>& Registry::AddInfos(FamilyOptions options) {
  return Add(std::make_shared<Family<Gauge>>(std::move(options), Kind::kInfo, [] {
    auto gauge = std::make_shared<Gauge>();
    gauge->Set(1);
    return gauge;
  }));
}

Family<Histogram>& Registry::AddHistograms(FamilyOptions options, std::vector<double> bounds) {
  const Heat heat = options.heat;
  return Add(std::make_shared<Family<Histogram>>(
      std::move(options), Kind::kHistogram,
      [heat, bounds = std::move(bounds)] { return std::make_shared<Histogram>(bounds, heat); }));
}

void Registry::AddSource(std::function<std::vector<FamilySample>()> source) {
  const std::lock_guard lock(mutex_);
  sources_.push_back(std::move(source));
}

std::vector<FamilySample> Registry::Take() const {
  const std::lock_guard lock(mutex_);
  std::vector<FamilySample> families;
  for (const auto& source : sources_) {
    for (FamilySample& family : source()) families.push_back(std::move(family));
  }
  return families;
}

}  // namespace reeve::telemetry
