#include "reeve/server/tracking_metrics.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/server/test_samples.h"

namespace reeve::server {
namespace {

TEST(TrackingMetricsTest, CountsLoansByWhatTheyAreFor) {
  ServerMetrics server(16);
  TrackingMetrics metrics(server, "/nowhere");
  metrics.OnLease(sql::LeaseKind::kWrite, 0.02);
  metrics.OnLease(sql::LeaseKind::kRead, 1e-6);
  metrics.OnReturn(sql::LeaseKind::kRead, 0.3);
  metrics.OnFailure();
  const auto samples = Samples(server);
  EXPECT_EQ(samples.at("reeve_database_connections_in_use"), 1);
  EXPECT_EQ(samples.at("reeve_database_failed_connections_total"), 1);
  const std::string wait = "reeve_database_wait_seconds_", use = "reeve_database_use_seconds_";
  EXPECT_EQ(samples.at(wait + R"(bucket{access="write",le="0.005"})"), 0);
  EXPECT_EQ(samples.at(wait + R"(bucket{access="write",le="0.025"})"), 1);
  EXPECT_EQ(samples.at(wait + R"(count{access="read"})"), 1);
  EXPECT_EQ(samples.at(use + R"(count{access="read"})"), 1);
  EXPECT_EQ(samples.at(use + R"(count{access="write"})"), 0);
  EXPECT_DOUBLE_EQ(samples.at(use + R"(sum{access="read"})"), 0.3);
}

TEST(TrackingMetricsTest, TellsTheRoomForArtifactsBeforeTheirFolderIsThere) {
  const TestFolder folder;
  ServerMetrics server(16);
  TrackingMetrics metrics(server, folder.Path("not/yet"));
  metrics.Refresh();
  EXPECT_GT(Samples(server).at("reeve_artifacts_disk_available_bytes"), 0);
}

}  // namespace
}  // namespace reeve::server
