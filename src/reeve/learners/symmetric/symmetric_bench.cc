// Symmetric trees against XGBoost's depth-wise ones through the same interface, on the same rows,
// with as many rounds, watched rows and threads. Arguments: rows, classes, threads.

#include <algorithm>
#include <cmath>
#include <string>

#include <benchmark/benchmark.h>

#include "reeve/base/random.h"
#include "reeve/learners/registry.h"

namespace reeve::learners {
namespace {

constexpr std::int64_t kColumns = 20;

struct Data {
  Matrix matrix;
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> learn, watch;
  int classes = 2;
};

// Half numbers, half small counts, one value in twenty missing; every fifth row is watched.
Data MakeData(std::int64_t rows, int classes) {
  Random random(1);
  Data data{.matrix = Matrix(rows, std::vector<MatrixColumn>(kColumns)), .classes = classes};
  for (std::int64_t j = 0; j < kColumns; ++j) {
    for (float& value : data.matrix.column(j)) {
      value =
          j % 2 == 0 ? static_cast<float>(random.Normal()) : static_cast<float>(random.Below(12));
      if (random.Below(20) == 0) value = NAN;
    }
  }
  const auto at = [&](std::int64_t row, std::int64_t column) {
    const auto value = static_cast<double>(data.matrix.at(row, column));
    return std::isnan(value) ? 0.5 : value;
  };
  for (std::int64_t i = 0; i < rows; ++i) {
    const double z = at(i, 0) + at(i, 2) * at(i, 4) + (at(i, 1) > 7 ? 1 : -0.5) + random.Normal();
    const double spread = classes == 2 ? 100 : 8.0 / classes;
    data.labels.push_back(
        std::clamp(static_cast<int>(std::floor(z / spread)) + classes / 2, 0, classes - 1));
    (i % 5 == 0 ? data.watch : data.learn).push_back(i);
  }
  return data;
}

void Train(benchmark::State& state, const std::string& learner) {
  const Data data = MakeData(state.range(0), static_cast<int>(state.range(1)));
  const auto made = MakeLearner(learner).value();
  const QuantisedMatrix quantised = Quantise(data.matrix, 1);
  TrainingSet learn{.matrix = &data.matrix,
                    .labels = data.labels,
                    .classes = data.classes,
                    .rows = data.learn,
                    .quantised = &quantised};
  TrainingSet watch = learn;
  watch.rows = data.watch;
  for (auto _ : state) {
    const auto trained = made->Train(
        learn, {.params = {{"n_estimators", "100"}, {"learning_rate", "0.05"}, {"max_depth", "6"}},
                .threads = static_cast<int>(state.range(2)),
                .early_stopping = &watch,
                .keep_all_rounds = true});
    if (!trained.ok()) state.SkipWithError(trained.status().message().c_str());
    for (const HistoryPoint& point : trained->history) {
      if (point.metric == "watched_log_loss") state.counters["log_loss"] = point.value;
    }
  }
}

void Symmetric(benchmark::State& state) { Train(state, "symmetric"); }
void Boosted(benchmark::State& state) { Train(state, "boosted"); }

void Shapes(benchmark::internal::Benchmark* bench) {
  bench->Args({10'000, 2, 1})->Args({200'000, 2, 1})->Args({200'000, 2, 2})->Args({20'000, 8, 1});
  bench->Unit(benchmark::kMillisecond)->Iterations(1)->MeasureProcessCPUTime();
}
BENCHMARK(Symmetric)->Apply(Shapes);
BENCHMARK(Boosted)->Apply(Shapes);

}  // namespace
}  // namespace reeve::learners
