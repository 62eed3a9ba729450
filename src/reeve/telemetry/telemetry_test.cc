#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/telemetry/exposition.h"
#include "reeve/telemetry/process_metrics.h"
#include "reeve/telemetry/registry.h"

namespace reeve::telemetry {
namespace {

using testing::HasSubstr;

TEST(MetricTest, CountsWhatManyThreadsAdd) {
  for (const Heat heat : {Heat::kCold, Heat::kHot}) {
    Counter counter(heat);
    Histogram histogram({1, 2, 3}, heat);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) {
          counter.Add();
          histogram.Observe(i % 4 + 0.5);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counter.value(), 80'000);
    const Histogram::Snapshot snapshot = histogram.Take();
    EXPECT_THAT(snapshot.counts, testing::Each(20'000U));
    EXPECT_EQ(snapshot.sum, 160'000);
  }
}

TEST(MetricTest, RaisesButNeverLowersATotal) {
  Counter counter(Heat::kCold);
  counter.RaiseTo(5);
  counter.RaiseTo(3);
  EXPECT_EQ(counter.value(), 5);
}

TEST(MetricTest, PutsBoundsIntoTheirOwnBucket) {
  const Histogram histogram({0.1, 0.2}, Heat::kCold);
  EXPECT_EQ(histogram.BucketOf(-1), 0U);
  EXPECT_EQ(histogram.BucketOf(0.1), 0U);
  EXPECT_EQ(histogram.BucketOf(0.15), 1U);
  EXPECT_EQ(histogram.BucketOf(0.3), 2U);
  EXPECT_EQ(histogram.BucketOf(std::numeric_limits<double>::quiet_NaN()), 2U);
}

TEST(MetricTest, AddsBatchesAsIfOneByOne) {
  Histogram one({1, 2, 3}, Heat::kHot), batch({1, 2, 3}, Heat::kHot);
  std::vector<std::uint32_t> counts(batch.bucket_count());
  double sum = 0;
  for (const double value : {0.5, 1.0, 1.5, 2.5, 9.0, 9.0}) {
    one.Observe(value);
    ++counts[batch.BucketOf(value)];
    sum += value;
  }
  batch.AddCounts(counts, sum);
  EXPECT_EQ(one.Take().counts, batch.Take().counts);
  EXPECT_EQ(one.Take().sum, batch.Take().sum);
}

TEST(RegistryTest, WritesPrometheusText) {
  Registry registry;
  registry.AddCounters({.name = "x_things_total", .help = "Things.", .labels = {"kind"}})
      .With({"a \"b\"\\\n"})
      ->Add(3);
  registry.AddHistograms({.name = "x_seconds", .help = "Time."}, {0.00005, 1})
      .With({})
      ->Observe(0.5);
  registry.AddGauges({.name = "x_empty", .help = "No series, no family."});
  EXPECT_EQ(ToPrometheusText(registry.Take()),
            "# HELP x_things_total Things.\n"
            "# TYPE x_things_total counter\n"
            "x_things_total{kind=\"a \\\"b\\\"\\\\\\n\"} 3\n"
            "# HELP x_seconds Time.\n"
            "# TYPE x_seconds histogram\n"
            "x_seconds_count 1\n"
            "x_seconds_sum 0.5\n"
            "x_seconds_bucket{le=\"5e-05\"} 0\n"
            "x_seconds_bucket{le=\"1\"} 1\n"
            "x_seconds_bucket{le=\"+Inf\"} 1\n");
}

TEST(RegistryTest, WritesOpenMetrics) {
  Registry registry;
  registry.AddCounters({.name = "x_things_total", .help = "Things.", .labels = {"kind"}})
      .With({"a"})
      ->Add(3);
  registry.AddInfos({.name = "x_model_info", .help = "The model.", .labels = {"version"}})
      .With({"7"});
  registry.AddHistograms({.name = "x_seconds", .help = "Time."}, {0.0001, 1}).With({})->Observe(2);
  EXPECT_EQ(ToOpenMetrics(registry.Take()),
            "# TYPE x_things counter\n"
            "# HELP x_things Things.\n"
            "x_things_total{kind=\"a\"} 3.0\n"
            "# TYPE x_model info\n"
            "# HELP x_model The model.\n"
            "x_model_info{version=\"7\"} 1.0\n"
            "# TYPE x_seconds histogram\n"
            "# UNIT x_seconds seconds\n"
            "# HELP x_seconds Time.\n"
            "x_seconds_bucket{le=\"0.0001\"} 0\n"
            "x_seconds_bucket{le=\"1.0\"} 0\n"
            "x_seconds_bucket{le=\"+Inf\"} 1\n"
            "x_seconds_count 1\n"
            "x_seconds_sum 2.0\n"
            "# EOF\n");
}

TEST(RegistryTest, SharesOneSeriesBeyondTheLimit) {
  Registry registry;
  auto& family =
      registry.AddCounters({.name = "x_total", .help = "X.", .labels = {"a"}, .most_series = 2});
  for (const char* value : {"1", "2", "3", "4", "1"}) family.With({value})->Add();
  const FamilySample sample = family.Take();
  ASSERT_EQ(sample.samples.size(), 3U);
  EXPECT_EQ(sample.samples[0].value, 2);
  EXPECT_EQ(sample.samples[2].labels[0].second, "other");
  EXPECT_EQ(sample.samples[2].value, 2);
}

TEST(RegistryTest, ShowsARemovedSeriesNoLonger) {
  Registry registry;
  auto& family = registry.AddGauges({.name = "x", .help = "X.", .labels = {"a"}});
  const auto held = family.With({"1"});
  family.With({"2"})->Set(2);
  family.With({"3"})->Set(3);
  family.Remove({"1"});
  family.Remove({"none"});
  held->Set(5);
  family.With({"3"})->Set(4);
  const FamilySample sample = family.Take();
  ASSERT_EQ(sample.samples.size(), 2U);
  EXPECT_EQ(sample.samples[0].value, 2);
  EXPECT_EQ(sample.samples[1].value, 4);
}

TEST(ProcessMetricsTest, LooksAtThisProcess) {
  std::map<std::string, double> values;
  for (const FamilySample& family : ProcessMetrics())
    values[family.name] = family.samples.at(0).value;
  EXPECT_EQ(values.size(), 7U);
  EXPECT_GT(values["process_resident_memory_bytes"], 1e5);
  EXPECT_GE(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  EXPECT_GE(values["process_open_fds"], 3);
  EXPECT_GE(values["process_max_fds"], values["process_open_fds"]);
  EXPECT_GE(values["process_threads"], 1);
  EXPECT_GT(values["process_start_time_seconds"], 1.6e9);
}

}  // namespace
}  // namespace reeve::telemetry
