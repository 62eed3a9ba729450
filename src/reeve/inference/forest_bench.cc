// Forests of boosting's shape (trees and depth as arguments): margins of 20,000 rows by each set of
// kernels and by the reference engine, margins of a request's rows (their number as argument) and
// of one row, and making a forest fast.

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

void TimeMargins(benchmark::State& state, TestForest made, Instructions instructions,
                 std::int64_t rows) {
  if (!HasInstructions(instructions)) return state.SkipWithError("not on this CPU");
  const auto compiled =
      CompiledForest::Make(CompactForest::From(made.Take()), {.instructions = instructions});
  const Matrix matrix = made.Rows(rows);
  const auto count = static_cast<std::size_t>(rows);
  std::vector<float> margins(count);
  WorkMemory work;
  for (auto _ : state) {
    compiled->Margins({.values = matrix.values().data(), .stride = count, .rows = count},
                      margins.data(), TakeWork<std::uint8_t>(work, compiled->work_bytes()).data());
    benchmark::DoNotOptimize(margins.data());
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

void SumsRows(benchmark::State& state, Instructions instructions) {
  TimeMargins(state, ForestOf(state), instructions, kRows);
}
BENCHMARK_CAPTURE(SumsRows, portable, Instructions::kPortable)->Args({100, 6})->Args({100, 8});
BENCHMARK_CAPTURE(SumsRows, avx2, Instructions::kAvx2)->Args({100, 6})->Args({100, 8});
BENCHMARK_CAPTURE(SumsRows, avx512, Instructions::kAvx512)->Args({100, 6})->Args({100, 8});
BENCHMARK_CAPTURE(SumsRows, deep, Instructions::kBest)->Args({100, 12});

// A forest as it is served, with sets of categories.
void SumsARequest(benchmark::State& state, Instructions instructions) {
  const TestForest made(1, {.features = 11,
                            .trees = 100,
                            .depth = 6,
                            .early_leaf = 0.1,
                            .sets = 0.03,
                            .thresholds = 60,
                            .set_words = 1});
  TimeMargins(state, made, instructions, state.range(0));
}
BENCHMARK_CAPTURE(SumsARequest, portable, Instructions::kPortable)->Arg(100);
BENCHMARK_CAPTURE(SumsARequest, avx2, Instructions::kAvx2)->Arg(30)->Arg(100);
BENCHMARK_CAPTURE(SumsARequest, avx512, Instructions::kAvx512)
    ->Arg(20)
    ->Arg(30)
    ->Arg(100)
    ->Arg(250);

void SumsOneRow(benchmark::State& state, Instructions instructions) {
  TimeMargins(state, ForestOf(state), instructions, 1);
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
