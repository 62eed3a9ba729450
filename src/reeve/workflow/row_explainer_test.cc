#include "reeve/workflow/row_explainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/explain/test_trained.h"

namespace reeve::workflow {
namespace {

// A linear model of explain's small table: income speaks for "yes", gaps of age against it.
inference::Scorer MakeScorer() {
  contract::TypedTable typed{.table = explain::TestTable(400), .typing = {}};
  for (const Column& column : typed.table.columns())
    typed.typing.push_back({.type = column.type()});
  contract::Contract contract = contract::MakeContract(typed, typed.table.Names());
  contract.classes = {"no", "yes"};
  contract.positive = "yes";
  explain::TestModel test = explain::LinearTestModel(
      typed.table, {{"income", 1.5}, {"age (missing)", -2}, {"city=York", 0.5}});
  return inference::Scorer::Make(std::move(contract), std::move(test.pipeline),
                                 std::move(test.model), {.threshold = 0.5, .odds = {}})
      .value();
}

Table Chunk(const std::vector<std::vector<std::string>>& rows) {
  Table chunk;
  const char* const names[] = {"income", "age", "city", "noise"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    Column column = Column::Texts(names[i]);
    for (const auto& row : rows) column.AppendText(row[i]);
    chunk.Add(std::move(column));
  }
  return chunk;
}

TEST(RowExplainerTest, SaysInWordsWhatTheExplainerSays) {
  const inference::Scorer scorer = MakeScorer();
  const auto explainer = RowExplainer::Make(scorer);
  ASSERT_TRUE(explainer.ok()) << explainer.status().message();
  EXPECT_EQ(explainer->unit(), "log_odds");
  const Table chunk = Chunk({{"90000", "", "York", "0.5"}, {"x", "", "York", "0.5"}});
  const std::int32_t predicted[] = {1, -1};
  const auto reasons = explainer->Reasons(chunk, predicted, 3, 1);
  ASSERT_TRUE(reasons.ok()) << reasons.status().message();
  std::vector<std::string> texts;
  for (const RowReason& reason : (*reasons)[0]) texts.push_back(ReasonText(reason));
  EXPECT_THAT(texts, testing::ElementsAre("income = 90000", "age is missing", "city = York"));
  EXPECT_GT((*reasons)[0][0].contribution, 0);
  EXPECT_LT((*reasons)[0][1].contribution, 0);
  EXPECT_THAT((*reasons)[1], testing::IsEmpty());

  const auto of_table =
      explain::Explainer::Make(explain::ExplainedModel::Of(scorer))
          ->Reasons(contract::Conform(scorer.contract(), chunk, {})->table, predicted, 3, 1);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ((*reasons)[0][i].contribution, (*of_table)[0][i].contribution);
}

TEST(RowExplainerTest, OfTwoClassesThePositiveOneIsExplained) {
  const inference::Scorer scorer = MakeScorer();
  const auto explainer = RowExplainer::Make(scorer);
  EXPECT_EQ(explainer->ExplainedClass(0), 1);
  EXPECT_EQ(explainer->ExplainedClass(1), 1);
  ASSERT_EQ(explainer->expected().size(), 1u);
  EXPECT_EQ(explainer->expected()[0].first, "yes");
}

TEST(RowExplainerTest, LongTextsAreCutBetweenCharacters) {
  const inference::Scorer scorer = MakeScorer();
  const auto explainer = RowExplainer::Make(scorer);
  std::string umlauts = "x";
  for (int i = 0; i < 100; ++i) umlauts += "ä";
  const std::int32_t predicted[] = {0};
  const auto reasons = explainer->Reasons(Chunk({{"50000", "30", umlauts, "0"}}), predicted, 9, 1);
  ASSERT_TRUE(reasons.ok());
  const auto city = std::find_if((*reasons)[0].begin(), (*reasons)[0].end(),
                                 [](const RowReason& reason) { return reason.field == "city"; });
  ASSERT_NE(city, (*reasons)[0].end());
  EXPECT_EQ(city->value->size(), 119 + std::string("…").size());
  EXPECT_TRUE(city->value->ends_with("ä…"));
}

TEST(RowExplainerTest, AFeatureOfSeveralColumnsHasNoValue) {
  const RowReason ratio{.field = "income / age", .value = {}, .contribution = -0.5};
  EXPECT_EQ(ReasonText(ratio), "income / age");
  EXPECT_EQ(DumpJson(ToJson(ratio, "yes")),
            R"({"field":"income / age","contribution":-0.5,"direction":"against yes"})");
  const RowReason gap{.field = "age", .value = "", .contribution = 0.25};
  EXPECT_EQ(DumpJson(ToJson(gap, "yes")),
            R"({"field":"age","value":null,"contribution":0.25,"direction":"for yes"})");
  EXPECT_EQ(ContributionText(gap.contribution), "+0.2500");
}

}  // namespace
}  // namespace reeve::workflow
