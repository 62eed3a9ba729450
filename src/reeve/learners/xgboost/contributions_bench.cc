// Shapley values of a boosted forest, Reeve's and XGBoost's, in one thread. Rows per second of both
// are only worth comparing within one run.

#include <benchmark/benchmark.h>

#include "reeve/explain/tree_shap.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/xgboost/test_contributions.h"

namespace reeve::learners {
namespace {

constexpr std::int64_t kRows = 2000;

TrainedModel Train(std::int64_t depth) {
  const ContributionRows rows(1, 20'000, 2, 18);
  const TrainingSet set{.matrix = &rows.matrix, .labels = rows.labels, .classes = 2};
  auto trained = MakeBoosted()->Train(
      set, {.params = {{"n_estimators", "100"}, {"max_depth", std::to_string(depth)}}});
  return std::move(*trained);
}

void Ours(benchmark::State& state) {
  const TrainedModel trained = Train(state.range(0));
  const inference::CompactForest& forest =
      dynamic_cast<const inference::ForestModel&>(*trained.model).forest();
  const ContributionRows rows(2, kRows, 2, 18);
  const auto shap = explain::TreeShap::Make(forest);
  std::vector<double> out(static_cast<std::size_t>(kRows * forest.features));
  for (auto _ : state) {
    shap->Contributions({.values = rows.matrix.values().data(), .stride = kRows, .rows = kRows}, 0,
                        out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}

void Xgboosts(benchmark::State& state) {
  const TrainedModel trained = Train(state.range(0));
  const ContributionRows rows(2, kRows, 2, 18);
  const XgboostContributions contributions(trained.native_bytes, rows.matrix, 1);
  for (auto _ : state) benchmark::DoNotOptimize(contributions.Compute());
  state.SetItemsProcessed(state.iterations() * kRows);
}

BENCHMARK(Ours)->Name("contributions/reeve")->Arg(4)->Arg(6)->Arg(8)->MeasureProcessCPUTime();
BENCHMARK(Xgboosts)->Name("contributions/xgboost")->Arg(4)->Arg(6)->Arg(8)->MeasureProcessCPUTime();

}  // namespace
}  // namespace reeve::learners
