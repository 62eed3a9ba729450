// The documents of a bundle, damaged: what is read of them together must score rows.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "reeve/base/test_damage.h"
#include "reeve/bundle/checksums.h"
#include "reeve/contract/contract.h"
#include "reeve/contract/profile.h"
#include "reeve/inference/linear.h"
#include "reeve/inference/scorer.h"

namespace {

using reeve::Column;
using reeve::ColumnType;
using reeve::Json;
using reeve::Table;
using reeve::features::FittedPipeline;

struct Documents {
  Json contract, profile, pipeline, decision;
};

// Of a bundle of two columns and a linear model.
Documents MakeDocuments() {
  reeve::contract::TypedTable typed;
  typed.table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, 50}));
  typed.table.Add(Column::Codes("city", ColumnType::kCategory, {0, 1, 0, 1}, {"York", "Ely"}));
  typed.typing = {{ColumnType::kInteger, {}}, {ColumnType::kCategory, {}}};
  reeve::contract::Contract contract = reeve::contract::MakeContract(typed, {"age", "city"});
  contract.target = "y";
  contract.classes = {"no", "yes"};
  contract.positive = "yes";
  const auto pipeline =
      reeve::features::Pipeline::Fit(typed.table, reeve::AllRows(4), {"age", "city"},
                                     reeve::features::PipelineOptions::ForLinear());
  if (!pipeline.ok()) std::abort();
  const reeve::inference::Decision decision = {.threshold = 0.4, .odds = {1, 3}};
  return {.contract = reeve::contract::ToJson(contract),
          .profile = reeve::contract::ToJson(reeve::contract::MakeProfile(typed.table)),
          .pipeline = pipeline->ToJson(),
          .decision = decision.ToJson()};
}

Table RawRows() {
  Column age = Column::Texts("age"), city = Column::Texts("city");
  for (const char* const text : {"33", "", "x", "1e400"}) age.AppendText(text);
  for (const char* const text : {"Ely", "Oslo", "", "York"}) city.AppendText(text);
  Table table;
  table.Add(std::move(age));
  table.Add(std::move(city));
  return table;
}

void Score(const Documents& documents) {
  auto contract = reeve::contract::ContractFromJson(documents.contract);
  auto pipeline = FittedPipeline::FromJson(documents.pipeline);
  auto decision = reeve::inference::Decision::FromJson(documents.decision, 2);
  (void)reeve::contract::ProfileFromJson(documents.profile);
  if (!contract.ok() || !pipeline.ok() || !decision.ok()) return;
  reeve::inference::Linear linear{.features = static_cast<std::int64_t>(pipeline->outputs().size()),
                                  .classes = 2};
  linear.weights.assign(pipeline->outputs().size(), 0.5);
  linear.intercepts = {-0.25};
  auto model = reeve::inference::LinearModel::Make(std::move(linear));
  if (!model.ok()) return;
  const auto scorer = reeve::inference::Scorer::Make(std::move(*contract), std::move(*pipeline),
                                                     std::move(*model), std::move(*decision));
  if (!scorer.ok()) return;
  const auto scored = scorer->Score(RawRows(), 0, 1);
  if (scored.ok() && scored->predicted.size() != 4) std::abort();
}

void CheckChecksums(std::string_view text) {
  const auto read = reeve::bundle::ParseChecksums(text);
  if (!read.ok()) return;
  const auto again = reeve::bundle::ParseChecksums(reeve::bundle::FormatChecksums(*read));
  if (!again.ok() || again->files != read->files) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Documents whole = MakeDocuments();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckChecksums(bytes);
  reeve::Damage damage(bytes);
  Documents documents = whole;
  damage.Apply(documents.contract, static_cast<int>(damage.Below(4)));
  damage.Apply(documents.pipeline, static_cast<int>(damage.Below(4)));
  damage.Apply(documents.decision, static_cast<int>(damage.Below(4)));
  damage.Apply(documents.profile, 4);
  Score(documents);
  return 0;
}
