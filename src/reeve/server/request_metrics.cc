#include "reeve/server/request_metrics.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace reeve::server {
namespace {

using telemetry::Heat;

constexpr std::string_view kOther = "other";

// A request on one row takes tens of microseconds, a file minutes; Prometheus' usual bounds begin
// at 5 ms.
std::vector<double> DurationBounds() {
  return {50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3,
          25e-3, 50e-3,  100e-3, 250e-3, 1,    2.5,    10,   60};
}

std::uint64_t Word(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, 8);
  return word;
}

// Enough to spread a few hundred routes over thousands of places; equality is checked anyway.
std::size_t Hash(std::string_view route, std::string_view method, int status) {
  std::uint64_t hash = route.size() * 131 + method.size() * 31 + static_cast<unsigned>(status);
  if (!method.empty()) hash += static_cast<std::uint64_t>(method[0]) << 32;
  if (route.size() >= 8) {
    hash ^= Word(route.data() + route.size() - 8);
    hash = (hash ^ (hash >> 29)) * 0x9e3779b97f4a7c15ULL;
    hash ^= Word(route.data() + (route.size() - 8) / 2);
  } else {
    for (const char c : route) hash = hash * 131 + static_cast<unsigned char>(c);
  }
  hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL;
  return static_cast<std::size_t>(hash >> 32);
}

// Anything may be sent as a method; these are shown.
std::string_view KnownMethod(std::string_view method) {
  for (const std::string_view known :
       {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    if (method == known) return known;
  }
  return kOther;
}

}  // namespace

RequestMetrics::RequestMetrics(telemetry::Registry& registry, std::size_t most_routes)
    : most_routes_(most_routes),
      counts_(registry.AddCounters({.name = "reeve_http_requests_total",
                                    .help = "Requests that were answered.",
                                    .labels = {"route", "method", "code"},
                                    .most_series = kPlaces / 4,
                                    .heat = Heat::kHot})),
      bytes_in_(registry.AddCounters({.name = "reeve_http_request_body_bytes_total",
                                      .help = "Bytes of bodies that were received.",
                                      .labels = {"route"},
                                      .heat = Heat::kHot})),
      bytes_out_(registry.AddCounters({.name = "reeve_http_response_body_bytes_total",
                                       .help = "Bytes of bodies of answers.",
                                       .labels = {"route"},
                                       .heat = Heat::kHot})),
      durations_(registry.AddHistograms(
          {.name = "reeve_http_request_duration_seconds",
           .help = "Time from the first byte of a request to the last of its answer.",
           .labels = {"route"},
           .heat = Heat::kHot},
          DurationBounds())),
      in_flight_(registry
                     .AddLevels({.name = "reeve_http_requests_in_flight",
                                 .help = "Requests that are being answered.",
                                 .heat = Heat::kHot})
                     .With({})),
      table_(std::make_unique<std::array<std::atomic<const Series*>, kPlaces>>()) {
  routes_.emplace(kOther);
  for (const std::string_view method : {"GET", "POST", "other"}) Find(kOther, method, 404);
}

void RequestMetrics::AddRoute(std::string_view route, std::string_view method) {
  for (const int status : {200, 400, 500}) Find(route, method, status);
}

void RequestMetrics::OnEnd(const RequestEnd& request) {
  in_flight_->Add(-1);
  const Series& series = Find(request.route, request.method, request.status);
  series.count->Add();
  series.duration->Observe(request.seconds);
  if (request.bytes_in > 0) series.bytes_in->Add(static_cast<std::int64_t>(request.bytes_in));
  if (request.bytes_out > 0) series.bytes_out->Add(static_cast<std::int64_t>(request.bytes_out));
}

const RequestMetrics::Series& RequestMetrics::Find(std::string_view route, std::string_view method,
                                                   int status) {
  for (std::size_t place = Hash(route, method, status) % kPlaces;; place = (place + 1) % kPlaces) {
    const Series* series = (*table_)[place].load(std::memory_order_acquire);
    if (series == nullptr) return Make(route, method, status, place);
    if (series->status == status && series->route == route && series->method == method)
      return *series;
  }
}

const RequestMetrics::Series& RequestMetrics::Make(std::string_view route, std::string_view method,
                                                   int status, std::size_t place) {
  const bool is_code = status >= 100 && status <= 599;
  const std::string_view known_method = KnownMethod(method);
  {
    const std::lock_guard lock(mutex_);
    // The table never fills: most of it is kept free, and what is bounded here has its place.
    const bool has_room = made_.size() < kPlaces / 2;
    const bool is_known = routes_.contains(route) || routes_.size() < most_routes_;
    if (has_room && is_known && is_code && known_method == method) {
      if (route != kOther) routes_.emplace(route);
      while (const Series* series = (*table_)[place].load(std::memory_order_acquire)) {
        // Another thread was quicker.
        if (series->status == status && series->route == route && series->method == method)
          return *series;
        place = (place + 1) % kPlaces;
      }
      made_.push_back(
          {std::string(route), std::string(method), status,
           counts_.With({std::string(route), std::string(method), std::to_string(status)}),
           bytes_in_.With({std::string(route)}), bytes_out_.With({std::string(route)}),
           durations_.With({std::string(route)})});
      (*table_)[place].store(&made_.back(), std::memory_order_release);
      return made_.back();
    }
    if (!has_room) return made_.front();
  }
  const bool is_known_route = [&] {
    const std::lock_guard lock(mutex_);
    return routes_.contains(route) || routes_.size() < most_routes_;
  }();
  return Find(is_known_route ? route : kOther, known_method, is_code ? status : 500);
}

}  // namespace reeve::server
