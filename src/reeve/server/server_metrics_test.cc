#include "reeve/server/server_metrics.h"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/test_samples.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

TEST(ServerMetricsTest, CountsRequestsByRouteMethodAndCode) {
  ServerMetrics metrics(256);
  metrics.AddRoute("/predict", "POST");
  const std::string ok = R"(reeve_http_requests_total{route="/predict",method="POST",code="200"})";
  EXPECT_EQ(Samples(metrics).at(ok), 0);
  for (int i = 0; i < 3; ++i) {
    metrics.OnRequestBegin();
    metrics.OnRequestEnd({"/predict", "POST", i == 2 ? 400 : 200, 0.0002});
  }
  metrics.OnRequestBegin();
  auto samples = Samples(metrics);
  EXPECT_EQ(samples.at(ok), 2);
  EXPECT_EQ(samples.at(R"(reeve_http_requests_total{route="/predict",method="POST",code="400"})"),
            1);
  EXPECT_EQ(samples.at("reeve_http_requests_in_flight"), 1);
  const std::string duration = "reeve_http_request_duration_seconds_";
  EXPECT_EQ(samples.at(duration + R"(bucket{route="/predict",le="0.0001"})"), 0);
  EXPECT_EQ(samples.at(duration + R"(bucket{route="/predict",le="0.00025"})"), 3);
  EXPECT_EQ(samples.at(duration + R"(count{route="/predict"})"), 3);
}

TEST(ServerMetricsTest, MakesNoSeriesForWhatStrangersSend) {
  ServerMetrics metrics(3);
  metrics.AddRoute("/predict", "POST");
  metrics.OnRequestEnd({"other", "GET", 404, 0});
  const std::size_t before = Samples(metrics).size();
  for (int i = 0; i < 1000; ++i) {
    metrics.OnRequestEnd({"other", "BREW" + std::to_string(i), 404, 0});
    metrics.OnRequestEnd({"other", "GET", 404, 0});
    metrics.OnRequestEnd({"/predict", "POST", 100'000 + i, 0});
    metrics.OnRefused("reason" + std::to_string(i));
  }
  EXPECT_EQ(Samples(metrics).size(), before);
  for (int i = 0; i < 1000; ++i) metrics.OnRequestEnd({"/new" + std::to_string(i), "GET", 200, 0});
  EXPECT_LT(Samples(metrics).size(), before + 40);
}

TEST(ServerMetricsTest, FindsEveryOneOfManySeries) {
  ServerMetrics metrics(256);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      for (const int status : {200, 404})
        metrics.OnRequestEnd({"/v2/models/{name}/" + std::to_string(i), "GET", status, 0});
    }
  }
  const auto samples = Samples(metrics);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(samples.at("reeve_http_requests_total{route=\"/v2/models/{name}/" +
                         std::to_string(i) + "\",method=\"GET\",code=\"404\"}"),
              2);
  }
}

TEST(ServerMetricsTest, CountsRequestsOfManyThreads) {
  ServerMetrics metrics(256);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        metrics.OnRequestBegin();
        metrics.OnRequestEnd({"/r" + std::to_string(i % 50), "GET", 200 + i % 3, 1e-3});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  double sum = 0;
  for (const auto& [name, value] : Samples(metrics))
    sum += name.starts_with("reeve_http_requests_total") ? value : 0;
  EXPECT_EQ(sum, 16'000);
}

TEST(ServerMetricsTest, AddsUpTheBytesOfBodies) {
  ServerMetrics metrics(256);
  for (int i = 0; i < 3; ++i) {
    metrics.OnRequestEnd({.route = "/files/{path}",
                          .method = "PUT",
                          .status = i == 0 ? 400 : 200,
                          .bytes_in = 5'000'000'000,
                          .bytes_out = 2});
  }
  const auto samples = Samples(metrics);
  EXPECT_EQ(samples.at(R"(reeve_http_request_body_bytes_total{route="/files/{path}"})"), 15e9);
  EXPECT_EQ(samples.at(R"(reeve_http_response_body_bytes_total{route="/files/{path}"})"), 6);
}

TEST(ServerMetricsTest, EndsOpenMetricsAsItHasTo) {
  ServerMetrics metrics(256);
  EXPECT_TRUE(metrics.Render(true).ends_with("# EOF\n"));
  EXPECT_THAT(ServerMetrics::ContentType(true), HasSubstr("application/openmetrics-text"));
  EXPECT_THAT(ServerMetrics::ContentType(false), HasSubstr("version=0.0.4"));
}

}  // namespace
}  // namespace reeve::server
