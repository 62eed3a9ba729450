#include "reeve/server/tracking_metrics.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace reeve::server {
namespace {

using telemetry::Heat;

// A look-up takes tens of microseconds, a search of a large database seconds.
std::vector<double> DatabaseBounds() {
  return {10e-6, 50e-6, 100e-6, 500e-6, 1e-3, 5e-3, 25e-3, 100e-3, 500e-3, 2.5, 10};
}

telemetry::FamilyOptions ByAccess(std::string name, std::string help) {
  return {
      .name = std::move(name), .help = std::move(help), .labels = {"access"}, .heat = Heat::kHot};
}

// Of the folder, or of the nearest one above it that is there.
std::uintmax_t AvailableBytes(std::filesystem::path folder, std::error_code& error) {
  while (!std::filesystem::exists(folder, error) && folder.has_relative_path())
    folder = folder.parent_path();
  return std::filesystem::space(folder, error).available;
}

}  // namespace

TrackingMetrics::TrackingMetrics(ServerMetrics& server, std::string artifact_folder)
    : artifact_folder_(std::move(artifact_folder)),
      in_use_(server.registry()
                  .AddLevels({.name = "reeve_database_connections_in_use",
                              .help = "Connections to the database that calls work with.",
                              .heat = Heat::kHot})
                  .With({})),
      failures_(server.registry()
                    .AddCounters({.name = "reeve_database_failed_connections_total",
                                  .help = "Connections to the database that could not be opened."})
                    .With({})),
      disk_(server.registry().AddGauges({.name = "reeve_artifacts_disk_available_bytes",
                                         .help = "Room for artifacts behind this server."})) {
  auto& waits = server.registry().AddHistograms(
      ByAccess("reeve_database_wait_seconds",
               "Time until a call had its connection, and to write its turn."),
      DatabaseBounds());
  auto& uses = server.registry().AddHistograms(
      ByAccess("reeve_database_use_seconds", "Time for which a call kept its connection."),
      DatabaseBounds());
  read_ = {.waits = waits.With({"read"}), .uses = uses.With({"read"})};
  write_ = {.waits = waits.With({"write"}), .uses = uses.With({"write"})};
}

void TrackingMetrics::Refresh() {
  std::error_code error;
  const std::uintmax_t available = AvailableBytes(artifact_folder_, error);
  if (error) return disk_.Remove({});
  disk_.With({})->Set(static_cast<double>(available));
}

void TrackingMetrics::OnLease(sql::LeaseKind kind, double waited_seconds) {
  in_use_->Add(1);
  AccessOf(kind).waits->Observe(waited_seconds);
}

void TrackingMetrics::OnReturn(sql::LeaseKind kind, double held_seconds) {
  in_use_->Add(-1);
  AccessOf(kind).uses->Observe(held_seconds);
}

}  // namespace reeve::server
