// What counting costs the thread that answers.

#include <benchmark/benchmark.h>

#include "reeve/server/service_metrics.h"

namespace reeve::server {
namespace {

ServerMetrics& Server() {
  static const std::unique_ptr<ServerMetrics> server = [] {
    auto made = std::make_unique<ServerMetrics>(256);
    for (const char* route : {"/predict", "/predict/batch", "/health", "/metrics", "/invocations",
                              "/v2/models/{name}/infer", "/v2/models/{name}/versions/{version}"})
      made->AddRoute(route, "POST");
    return made;
  }();
  return *server;
}

ServiceMetrics& Metrics() {
  static const std::unique_ptr<ServiceMetrics> metrics = ServiceMetrics::Make(Server());
  return *metrics;
}

void BM_Request(benchmark::State& state) {
  for (auto _ : state) {
    Server().OnRequestBegin();
    Server().OnRequestEnd({"/v2/models/{name}/infer", "POST", 200, 120e-6});
  }
}
BENCHMARK(BM_Request);
BENCHMARK(BM_Request)->Threads(2)->UseRealTime();

void BM_Scored(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  contract::Contract contract;
  for (int i = 0; i < 11; ++i) contract.columns.push_back({.name = "f" + std::to_string(i)});
  contract.classes = {"Rejected", "Approved"};
  const auto model = Metrics().AddModel({.name = "loans", .version = "1"}, contract);
  inference::RowScores scores;
  for (std::size_t i = 0; i < rows; ++i) {
    const double p = static_cast<double>(i * 37 % 101) / 101.0;
    scores.probabilities.insert(scores.probabilities.end(), {1 - p, p});
    scores.predicted.push_back(p >= 0.5 ? 1 : 0);
  }
  scores.missing.assign(11, 0);
  for (auto _ : state) model->OnScored(scores, 2e-6);
}
BENCHMARK(BM_Scored)->Arg(1)->Arg(1000);

void BM_Render(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Server().Render(state.range(0) != 0));
}
BENCHMARK(BM_Render)->Arg(0)->Arg(1);

}  // namespace
}  // namespace reeve::server
