// Rows of cells to answers: a table like that of loans, 11 fields of which two are categories.
// Arguments: rows of a call, trees, depth.

#include <benchmark/benchmark.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/row_scorer.h"
#include "reeve/inference/test_forest.h"

namespace reeve::inference {
namespace {

constexpr std::int64_t kTrainingRows = 2000, kNumbers = 9;

Scorer LoanScorer(int trees, int depth) {
  Random random(1);
  contract::TypedTable typed;
  std::vector<std::string> names;
  for (std::int64_t j = 0; j < kNumbers; ++j) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < kTrainingRows; ++i) values.push_back(random.Normal());
    names.push_back("number " + std::to_string(j));
    typed.table.Add(Column::Numbers(names.back(), ColumnType::kReal, std::move(values)));
  }
  for (const char* const name : {"education", "self employed"}) {
    std::vector<std::int32_t> codes;
    for (std::int64_t i = 0; i < kTrainingRows; ++i)
      codes.push_back(static_cast<std::int32_t>(random.Below(2)));
    names.emplace_back(name);
    typed.table.Add(
        Column::Codes(name, ColumnType::kCategory, std::move(codes), {"Graduate", "Not Graduate"}));
  }
  typed.typing.resize(names.size());
  auto pipeline = features::Pipeline::Fit(typed.table, AllRows(kTrainingRows), names,
                                          features::PipelineOptions::ForTrees());
  contract::Contract contract = contract::MakeContract(typed, names);
  contract.classes = {"Rejected", "Approved"};
  TestForest forest(2, {.features = 11,
                        .trees = trees,
                        .depth = depth,
                        .early_leaf = 0.02,
                        .sets = 0,
                        .thresholds = 200});
  return Scorer::Make(std::move(contract), std::move(pipeline).value(),
                      ForestModel::Make(forest.Take()).value(), {.threshold = 0.5, .odds = {}})
      .value();
}

void ScoresRows(benchmark::State& state) {
  const Scorer scorer =
      LoanScorer(static_cast<int>(state.range(1)), static_cast<int>(state.range(2)));
  const RowScorer row_scorer = RowScorer::Make(scorer).value();
  Random random(3);
  // Rows differ from call to call, but their cells are in the cache, as those of a request that was
  // just parsed are.
  const std::int64_t calls = std::max<std::int64_t>(256 / state.range(0), 1);
  std::vector<Cell> cells;
  for (std::int64_t i = 0; i < calls * state.range(0); ++i) {
    for (std::int64_t j = 0; j < kNumbers; ++j)
      cells.push_back({.kind = Cell::Kind::kNumber, .number = random.Normal()});
    for (int j = 0; j < 2; ++j) {
      cells.push_back(
          {.kind = Cell::Kind::kText, .text = random.Below(2) == 1 ? "Graduate" : "Not Graduate"});
    }
  }
  const std::size_t width = cells.size() / static_cast<std::size_t>(calls);
  RowScores scores;
  std::size_t call = 0;
  for (auto _ : state) {
    row_scorer.Score(std::span(cells).subspan(call * width, width), scores);
    benchmark::DoNotOptimize(scores.probabilities.data());
    call = (call + 1) % static_cast<std::size_t>(calls);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(ScoresRows)
    ->Args({1, 100, 6})
    ->Args({10, 100, 6})
    ->Args({100, 100, 6})
    ->Args({1000, 100, 6})
    ->Args({1, 500, 8});

}  // namespace
}  // namespace reeve::inference
