// Forests of boosting's shape (trees and depth as arguments): margins of 20,000 rows by each set of
// kernels and by the reference engine, margins of one row, and making a forest fast.

#include <benchmark/benchmark.h>

#include "reeve/inference/compiled_forest.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/test_forest.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {
namespace {

constexpr std::int64_t kColumns = 28, kRows = 20'000;

TestForest ForestOf(const benchmark::State& state) {
  return TestForest(1, {.features = kColumns,
                        .trees = static_cast<int>(state.range(0)),
                        .depth = static_cast<int>(state.range(1)),
                        .early_leaf = 0.02,
                        .sets = 0,
                        .thresholds = 200});
}

void SumsRows(benchmark::State& state, Instructions instructions) {
  if (!HasInstructions(instructions)) return state.SkipWithError("not on this CPU");
  TestForest made = ForestOf(state);
  const auto compiled =
      CompiledForest::Make(CompactForest::From(made.Take()), {.instructions = instructions});
  const Matrix matrix = made.Rows(kRows);
  std::vector<float> margins(kRows);
  WorkMemory work;
  for (auto _ : state) {
    compiled->Margins({.values = matrix.values().data(), .stride = kRows, .rows = kRows},
                      margins.data(), TakeWork<std::uint8_t>(work, compiled->work_bytes()).data());
    benchmark::DoNotOptimize(margins.data());
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK_CAPTURE(SumsRows, portable, Instructions::kPortable)->Args({100, 6})->Args({100, 8});
BENCHMARK_CAPTURE(SumsRows, avx2, Instructions::kAvx2)->Args({100, 6})->Args({100, 8});
BENCHMARK_CAPTURE(SumsRows, avx512, Instructions::kAvx512)->Args({100, 6})->Args({100, 8});
BENCHMARK_CAPTURE(SumsRows, deep, Instructions::kBest)->Args({100, 12});

void SumsOneRow(benchmark::State& state, Instructions instructions) {
  if (!HasInstructions(instructions)) return state.SkipWithError("not on this CPU");
  TestForest made = ForestOf(state);
  const auto compiled =
      CompiledForest::Make(CompactForest::From(made.Take()), {.instructions = instructions});
  const Matrix matrix = made.Rows(1);
  float margin = 0;
  WorkMemory work;
  for (auto _ : state) {
    compiled->Margins({.values = matrix.values().data(), .stride = 1, .rows = 1}, &margin,
                      TakeWork<std::uint8_t>(work, compiled->work_bytes()).data());
    benchmark::DoNotOptimize(margin);
  }
}
BENCHMARK_CAPTURE(SumsOneRow, portable, Instructions::kPortable)->Args({100, 6});
BENCHMARK_CAPTURE(SumsOneRow, avx512, Instructions::kAvx512)->Args({100, 6})->Args({100, 8});

void SumsRowsByTheReference(benchmark::State& state) {
  TestForest made = ForestOf(state);
  const auto model = ForestModel::Make(made.Take()).value();
  const Matrix matrix = made.Rows(kRows);
  for (auto _ : state) benchmark::DoNotOptimize(model->Margins(matrix));
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(SumsRowsByTheReference)->Args({100, 6});

void MakesAForestFast(benchmark::State& state) {
  TestForest made = ForestOf(state);
  const CompactForest forest = CompactForest::From(made.Take());
  for (auto _ : state) benchmark::DoNotOptimize(CompiledForest::Make(forest, {}));
}
BENCHMARK(MakesAForestFast)->Args({100, 6})->Args({500, 8})->Args({100, 12});

}  // namespace
}  // namespace reeve::inference
