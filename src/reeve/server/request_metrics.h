#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "reeve/server/transport.h"
#include "reeve/telemetry/registry.h"

namespace reeve::server {

/// Requests by route, method and status. Finding the series of a request takes no lock: they stand
/// in a table that only grows, bounded. Thread-safe.
class RequestMetrics {
 public:
  RequestMetrics(telemetry::Registry& registry, std::size_t most_routes);

  void AddRoute(std::string_view route, std::string_view method);
  void OnBegin() { in_flight_->Add(1); }
  void OnEnd(const RequestEnd& request);

 private:
  struct Series {
    std::string route, method;
    int status = 0;
    std::shared_ptr<telemetry::Counter> count, bytes_in, bytes_out;
    std::shared_ptr<telemetry::Histogram> duration;
  };
  static constexpr std::size_t kPlaces = 8192;

  const Series& Find(std::string_view route, std::string_view method, int status);
  const Series& Make(std::string_view route, std::string_view method, int status,
                     std::size_t place);

  const std::size_t most_routes_;
  telemetry::Family<telemetry::Counter>&counts_, &bytes_in_, &bytes_out_;
  telemetry::Family<telemetry::Histogram>& durations_;
  const std::shared_ptr<telemetry::Counter> in_flight_;
  // Open addressing; what is there stays.
  const std::unique_ptr<std::array<std::atomic<const Series*>, kPlaces>> table_;
  std::mutex mutex_;
  std::deque<Series> made_;
  std::set<std::string, std::less<>> routes_;
};

}  // namespace reeve::server
