// What Append costs the thread that answers.

#include <filesystem>

#include <benchmark/benchmark.h>

#include "reeve/base/test_folder.h"
#include "reeve/predictions/prediction_log.h"

namespace reeve::predictions {
namespace {

contract::Contract ElevenFields() {
  contract::Contract contract;
  for (int i = 0; i < 11; ++i) {
    contract.columns.push_back({.name = "field" + std::to_string(i),
                                .type = i < 9 ? ColumnType::kInteger : ColumnType::kCategory});
  }
  contract.classes = {"Rejected", "Approved"};
  contract.positive = "Approved";
  return contract;
}

// The rows of one call, all alike, of a log that is there for all benchmarks.
class Rows {
 public:
  explicit Rows(std::size_t rows) : probabilities_(rows * 2, 0.5), predicted_(rows, 1) {
    cells_.Begin(11);
    for (std::size_t row = 0; row < rows; ++row) {
      cells_.AddRow();
      for (std::size_t f = 0; f < 9; ++f)
        cells_.SetNumber(f, 1000.0 + 7.0 * static_cast<double>(row * 11 + f));
      for (std::size_t f = 9; f < 11; ++f)
        cells_.SetText(f, (row + f) % 2 == 0 ? "Graduate" : "Not Graduate");
    }
  }
  ScoredCall Call() const {
    static const contract::Contract contract = ElevenFields();
    return {.request_id = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            .time_ms = 1'773'403'200'000,
            .model = "loan_approval_model",
            .version = "7",
            .contract = &contract,
            .cells = &cells_,
            .probabilities = probabilities_,
            .predicted = predicted_};
  }

 private:
  contract::CellColumns cells_;
  std::vector<double> probabilities_;
  std::vector<std::int32_t> predicted_;
};

PredictionLog& Log() {
  static const TestFolder folder;
  static const std::unique_ptr<PredictionLog> log =
      std::move(*PredictionLog::Open({.folder = folder.Path("store"), .buffer_bytes = 128 << 20}));
  return *log;
}

void CountRows(benchmark::State& state, std::size_t rows) {
  state.counters["per_row"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(rows),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// What fits the buffer, so that nothing is dropped; in pieces of at most 200,000 rows.
void BM_Append(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const Rows input(rows);
  const ScoredCall call = input.Call();
  const std::int64_t dropped = Log().stats().rows_dropped;
  std::size_t waiting = 0;
  for (auto _ : state) {
    Log().Append(call);
    if ((waiting += rows) < 200'000) continue;
    state.PauseTiming();
    (void)Log().Flush();
    waiting = 0;
    state.ResumeTiming();
  }
  (void)Log().Flush();
  CountRows(state, rows);
  state.counters["dropped"] = static_cast<double>(Log().stats().rows_dropped - dropped);
}
BENCHMARK(BM_Append)->Arg(1)->Arg(10)->Arg(1000)->Arg(100'000);

// What the writer's thread makes of it: columns, compressed, on disk.
void BM_AppendAndFlush(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const Rows input(rows);
  const std::uint64_t bytes = Log().stats().bytes_written;
  for (auto _ : state) {
    Log().Append(input.Call());
    (void)Log().Flush();
  }
  CountRows(state, rows);
  state.counters["bytes_per_row"] = static_cast<double>(Log().stats().bytes_written - bytes) /
                                    static_cast<double>(state.iterations()) /
                                    static_cast<double>(rows);
}
BENCHMARK(BM_AppendAndFlush)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace reeve::predictions
