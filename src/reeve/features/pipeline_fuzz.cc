// pipeline.json comes with bundles from anywhere: what is read of it must also give features.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/test_damage.h"
#include "reeve/features/pipeline.h"

namespace {

using reeve::Column;
using reeve::ColumnType;
using reeve::Json;
using reeve::Table;
using reeve::features::FittedPipeline;
using reeve::features::Pipeline;
using reeve::features::PipelineOptions;

// To learn from, and to transform.
constexpr std::int64_t kRows = 600;
constexpr std::int64_t kFewRows = 40;
const std::vector<std::string> kFeatures = {"x", "n", "day", "city", "note"};

// City and number tell the class together, a word of the text alone.
std::int32_t LabelOf(std::int64_t row) {
  return static_cast<std::int32_t>((row % 6 + row / 6 % 6) % 2);
}

// Every kind of column.
Table MakeTable() {
  std::vector<double> x, n, day;
  std::vector<std::int32_t> city;
  Column note = Column::Texts("note");
  for (std::int64_t row = 0; row < kRows; ++row) {
    x.push_back(row % 9 == 0 ? reeve::kMissingNumber : 0.37 * static_cast<double>(row * 7 % 61));
    n.push_back(static_cast<double>(row / 6 % 6));
    day.push_back(86'400.0 * 17 * static_cast<double>(row) + 3'600 * static_cast<double>(row % 5));
    city.push_back(row % 11 == 0 ? reeve::kMissingCode : static_cast<std::int32_t>(row % 6));
    note.AppendText(LabelOf(row) == 0 ? "late again and again" : "paid in time");
  }
  Table table;
  table.Add(Column::Numbers("x", ColumnType::kReal, std::move(x)));
  table.Add(Column::Numbers("n", ColumnType::kInteger, std::move(n)));
  table.Add(Column::Numbers("day", ColumnType::kDatetime, std::move(day)));
  table.Add(Column::Codes("city", ColumnType::kCategory, std::move(city),
                          {"Ely", "Oslo", "York", "Rome", "Bonn", "Lyon"}));
  table.Add(std::move(note));
  return table;
}

Json Fitted(const Table& table, PipelineOptions options) {
  options.derived = {{"ratio", "x / (n + 1)"}};
  options.min_category_rows = 1;
  std::vector<std::int32_t> labels;
  for (std::int64_t row = 0; row < kRows; ++row) labels.push_back(LabelOf(row));
  auto fitted = Pipeline::FitTransform(table, reeve::AllRows(kRows), kFeatures, options,
                                       {.labels = labels, .classes = 2});
  if (!fitted.ok()) std::abort();
  return fitted->pipeline.ToJson();
}

// Documents to damage. Between them they have a step of every kind.
std::vector<Json> MakeDocuments(const Table& table) {
  PipelineOptions ordinal;
  ordinal.categories = reeve::features::CategoryEncoding::kOrdinal;
  std::vector<Json> documents = {Fitted(table, PipelineOptions::ForTreesWithStatistics()),
                                 Fitted(table, PipelineOptions::ForLinear()),
                                 Fitted(table, ordinal)};
  for (const char* const kind : {"number", "category", "text", "derived", "target_statistics"}) {
    bool has_kind = false;
    for (const Json& document : documents) {
      for (const Json& step : document["steps"]) has_kind = has_kind || step["kind"] == kind;
    }
    if (!has_kind) std::abort();
  }
  return documents;
}

void CheckSame(const reeve::Matrix& a, const reeve::Matrix& b) {
  if (a.values().size() != b.values().size()) std::abort();
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const float x = a.values()[i], y = b.values()[i];
    if (x != y && !(std::isnan(x) && std::isnan(y))) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Table table = MakeTable();
  static const std::vector<Json> documents = MakeDocuments(table);
  reeve::Damage damage({reinterpret_cast<const char*>(data), size});
  Json document = documents[damage.Below(documents.size())];
  damage.Apply(document, 4);
  const auto pipeline = FittedPipeline::FromJson(document);
  if (!pipeline.ok()) return 0;
  const auto matrix = pipeline->Transform(table, reeve::AllRows(kFewRows));
  if (!matrix.ok()) return 0;
  const auto again = FittedPipeline::FromJson(pipeline->ToJson());
  if (!again.ok()) std::abort();
  CheckSame(*matrix, again->Transform(table, reeve::AllRows(kFewRows)).value());
  return 0;
}
