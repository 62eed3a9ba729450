// Training through Learner against XGBoost used the plain way (its own objective, a DMatrix of
// floats), on the same rows with the same settings. Argument: threads.

#include <cmath>
#include <string>

#include <benchmark/benchmark.h>
#include <xgboost/c_api.h>

#include "reeve/base/random.h"
#include "reeve/learners/xgboost/boosted.h"

namespace reeve::learners {
namespace {

constexpr std::int64_t kRows = 1'000'000;
constexpr std::int64_t kColumns = 11;
constexpr int kRounds = 100;

struct Data {
  Matrix matrix;
  std::vector<std::int32_t> labels;
};

const Data& SharedData() {
  static const Data data = [] {
    Random random(1);
    Data made{.matrix = Matrix(kRows, std::vector<MatrixColumn>(kColumns)), .labels = {}};
    for (std::int64_t j = 0; j < kColumns; ++j) {
      for (float& value : made.matrix.column(j)) {
        value = j < 8 ? static_cast<float>(random.Normal()) : static_cast<float>(random.Below(20));
      }
    }
    for (std::int64_t i = 0; i < kRows; ++i) {
      const double z = made.matrix.at(i, 0) + made.matrix.at(i, 1) * made.matrix.at(i, 2) +
                       (made.matrix.at(i, 8) > 12 ? 1 : -0.5) + random.Normal();
      made.labels.push_back(z > 0);
    }
    return made;
  }();
  return data;
}

void Ours(benchmark::State& state) {
  const Data& data = SharedData();
  for (auto _ : state) {
    const auto trained =
        MakeBoosted()->Train({.matrix = &data.matrix, .labels = data.labels},
                             {.params = {{"n_estimators", std::to_string(kRounds)}},
                              .threads = static_cast<int>(state.range(0))});
    if (!trained.ok()) state.SkipWithError(trained.status().message().c_str());
  }
}
BENCHMARK(Ours)->Arg(1)->Arg(2)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();

void Check(benchmark::State& state, int code) {
  if (code != 0) state.SkipWithError(XGBGetLastError());
}

void Plain(benchmark::State& state) {
  const Data& data = SharedData();
  std::vector<float> rows(kRows * kColumns), labels(data.labels.begin(), data.labels.end());
  for (std::int64_t j = 0; j < kColumns; ++j) {
    for (std::int64_t i = 0; i < kRows; ++i)
      rows[static_cast<std::size_t>(i * kColumns + j)] = data.matrix.at(i, j);
  }
  const std::string threads = std::to_string(state.range(0));
  const std::string array = "{\"data\":[" +
                            std::to_string(reinterpret_cast<std::uintptr_t>(rows.data())) +
                            ",true],\"shape\":[" + std::to_string(kRows) + "," +
                            std::to_string(kColumns) + "],\"typestr\":\"<f4\",\"version\":3}";
  const std::string config = "{\"missing\":NaN,\"nthread\":" + threads + "}";
  for (auto _ : state) {
    DMatrixHandle matrix = nullptr;
    BoosterHandle booster = nullptr;
    Check(state, XGDMatrixCreateFromDense(array.c_str(), config.c_str(), &matrix));
    Check(state, XGDMatrixSetFloatInfo(matrix, "label", labels.data(), labels.size()));
    Check(state, XGBoosterCreate(&matrix, 1, &booster));
    const std::pair<const char*, std::string> settings[] = {
        {"objective", "binary:logistic"}, {"tree_method", "hist"}, {"max_depth", "6"},
        {"learning_rate", "0.1"},         {"nthread", threads},    {"verbosity", "0"}};
    for (const auto& [name, value] : settings)
      Check(state, XGBoosterSetParam(booster, name, value.c_str()));
    for (int round = 0; round < kRounds; ++round)
      Check(state, XGBoosterUpdateOneIter(booster, round, matrix));
    XGBoosterFree(booster);
    XGDMatrixFree(matrix);
  }
}
BENCHMARK(Plain)->Arg(1)->Arg(2)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();

}  // namespace
}  // namespace reeve::learners
