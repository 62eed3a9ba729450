#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reeve/server/service_metrics.h"
#include "reeve/telemetry/registry.h"

namespace reeve::server {

/// The families that model versions have series in, and which versions are there. Models hold it,
/// so that one may outlive the service for a moment: always in a shared_ptr. Thread-safe.
class ModelFamilies : public std::enable_shared_from_this<ModelFamilies> {
 public:
  explicit ModelFamilies(const ServiceMetricsOptions& options);

  std::shared_ptr<ModelMetrics> Add(const ServiceMetrics::ModelLabels& labels,
                                    const contract::Contract& contract);
  std::vector<telemetry::FamilySample> Take() const { return registry_.Take(); }

 private:
  class Counts;
  class Model;
  // What is shown while a model is there.
  using InfoLabels = std::vector<std::string>;
  using Version = std::pair<std::string, std::string>;

  void OnGone(const Version& version, const InfoLabels& info);
  std::shared_ptr<Counts> MakeCounts(const Version& version, const contract::Contract& contract);

  const ServiceMetricsOptions options_;
  telemetry::Registry registry_;
  telemetry::Family<telemetry::Counter>&rows_, &predictions_, &missing_, &unseen_, &out_of_range_;
  telemetry::Family<telemetry::Histogram>&batch_rows_, &scores_, &durations_;
  telemetry::Family<telemetry::Gauge>&infos_, &loaded_, &trained_;

  std::mutex mutex_;
  // How many objects stand for it right now: a version may be loaded anew before the old one goes.
  std::map<Version, int> live_;
  std::map<InfoLabels, int> live_infos_;
  std::map<Version, std::shared_ptr<Counts>> counts_;
  // Oldest first.
  std::deque<Version> retired_;
};

}  // namespace reeve::server
