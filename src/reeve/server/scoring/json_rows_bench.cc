// Reading the rows of a body into cells: rows like those of the demo table, 6 numbers, 4 categories
// and a date. Arguments: of 100 numbers so many are missing, so many have a fraction.

#include <benchmark/benchmark.h>

#include "reeve/base/random.h"
#include "reeve/server/scoring/json_rows.h"

namespace reeve::server {
namespace {

constexpr int kRows = 1000;
const std::vector<std::string> kNumbers = {"age",         "annual_income", "credit_score",
                                           "loan_amount", "term_months",   "open_accounts"};
const std::vector<std::string> kTexts = {"employment", "purpose", "region", "past_default"};
const std::vector<std::string> kCategories = {"student", "self-employed", "home", "yes",
                                              "public",  "education",     "car",  "salaried"};

contract::Contract LoanContract() {
  contract::Contract contract;
  for (const std::string& name : kNumbers)
    contract.columns.push_back({.name = name, .type = ColumnType::kReal});
  for (const std::string& name : kTexts)
    contract.columns.push_back({.name = name, .type = ColumnType::kCategory});
  contract.columns.push_back({.name = "applied_on", .type = ColumnType::kDatetime});
  return contract;
}

std::string Number(Random& random, std::uint64_t missing, std::uint64_t fractions) {
  constexpr std::uint64_t kRanges[] = {100, 10, 100'000};
  if (random.Below(100) < missing) return "null";
  const std::string whole = std::to_string(random.Below(kRanges[random.Below(3)]));
  return random.Below(100) < fractions ? whole + "." + std::to_string(random.Below(1000)) : whole;
}

std::string Body(std::uint64_t missing, std::uint64_t fractions) {
  Random random(1);
  std::string body = "[";
  for (int row = 0; row < kRows; ++row) {
    body += row == 0 ? "{" : ",{";
    for (const std::string& name : kNumbers)
      body += "\"" + name + "\":" + Number(random, missing, fractions) + ",";
    for (const std::string& name : kTexts)
      body += "\"" + name + "\":\"" + kCategories[random.Below(kCategories.size())] + "\",";
    body += "\"applied_on\":\"2024-0" + std::to_string(1 + random.Below(9)) + "-" +
            std::to_string(10 + random.Below(19)) + "\"}";
  }
  return body + "]";
}

void ReadsRows(benchmark::State& state) {
  const contract::Contract contract = LoanContract();
  const FieldIndex fields(contract);
  const std::string body =
      Body(static_cast<std::uint64_t>(state.range(0)), static_cast<std::uint64_t>(state.range(1)));
  RequestRows rows;
  JsonRowReader reader;
  for (auto _ : state) {
    rows.Begin(contract);
    reader.Begin(fields, {}, rows);
    JsonCursor cursor(body);
    if (!reader.ReadArray(cursor)) state.SkipWithError("not read");
    benchmark::DoNotOptimize(rows.cells().rows());
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(ReadsRows)->Args({0, 0})->Args({5, 0})->Args({5, 50});

}  // namespace
}  // namespace reeve::server
