#include "reeve/server/description/reasons.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/json.h"
#include "reeve/server/description/test_small_models.h"
#include "reeve/server/description/typical_row.h"

namespace reeve::server {
namespace {

using contract::Cell;

Cell Number(double number) { return {.kind = Cell::Kind::kNumber, .number = number}; }

double ProbabilityOf(const ServedModel& model, const std::vector<Cell>& row, std::size_t k) {
  inference::RowScores scores;
  model.row_scorer->Score(row, scores);
  return scores.probabilities[k];
}

TEST(ReasonsTest, ATypicalRowHasNone) {
  const auto model = MakeSmallModel();
  EXPECT_THAT(Reasons(*model, TypicalRow(*model)), testing::IsEmpty());
}

TEST(ReasonsTest, TheStrongestFieldComesFirst) {
  const auto model = MakeSmallModel();
  std::vector<Cell> row = TypicalRow(*model);
  row[0] = Number(850);
  row[1] = Number(90'000);
  const auto reasons = Reasons(*model, row);
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].field, "score");
  EXPECT_GT(reasons[0].contribution, 0);
  EXPECT_EQ(reasons[1].field, "income");
  EXPECT_LT(reasons[1].contribution, 0);
}

TEST(ReasonsTest, EachIsTheChangeOfOneReplacement) {
  // More columns than one block of the scorer takes, two classes and three.
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{"no", "yes"}, std::vector<std::string>{"a", "b", "c"}}) {
    const auto model = MakeSmallModel({.classes = classes, .more_numbers = 200});
    const std::vector<Cell> typical = TypicalRow(*model);
    std::vector<Cell> row = typical;
    row[0] = Number(850);
    for (std::size_t i = 5; i < row.size(); ++i) row[i] = Number(static_cast<double>(i % 3));
    inference::RowScores scores;
    model->row_scorer->Score(row, scores);
    const std::size_t shown =
        classes.size() == 2 ? 1 : static_cast<std::size_t>(scores.predicted[0]);
    const auto reasons = Reasons(*model, row);
    // A shift that all classes share moves none of three.
    EXPECT_GT(reasons.size(), classes.size() == 2 ? 50u : 0u);
    for (std::size_t i = 0; i < reasons.size(); ++i) {
      const std::size_t field = *model->contract().Find(reasons[i].field);
      std::vector<Cell> replaced = row;
      replaced[field] = typical[field];
      EXPECT_EQ(reasons[i].contribution,
                ProbabilityOf(*model, row, shown) - ProbabilityOf(*model, replaced, shown));
      EXPECT_LE(std::abs(reasons[i].contribution), std::abs(reasons[0].contribution));
    }
  }
}

TEST(ReasonsTest, ARowThatCannotBeScoredHasNone) {
  const auto model = MakeSmallModel();
  std::vector<Cell> row = TypicalRow(*model);
  row[0] = {};
  EXPECT_THAT(Reasons(*model, row), testing::IsEmpty());
}

TEST(ReasonsTest, TooManyColumnsAreNotTried) {
  const auto model = MakeSmallModel({.more_numbers = static_cast<int>(kMaxReasonFields)});
  std::vector<Cell> row = TypicalRow(*model);
  row[0] = Number(850);
  EXPECT_THAT(Reasons(*model, row), testing::IsEmpty());
}

TEST(ReasonsTest, AreMembersOfAnAnswer) {
  const std::string name = "a \"b\"";
  const std::vector<Reason> reasons = {{.field = name,
                                        .value = {.kind = Cell::Kind::kText, .text = "x\n"},
                                        .reference = {},
                                        .contribution = -0.25},
                                       {.field = "n",
                                        .value = Number(750),
                                        .reference = {.kind = Cell::Kind::kBoolean, .number = 1},
                                        .contribution = 0.5}};
  std::string out;
  AppendReasons(reasons, out);
  EXPECT_EQ(out, R"(,"reasons":[{"field":"a \"b\"","value":"x\u000a","reference":null,)"
                 R"("contribution":-0.25},{"field":"n","value":750,"reference":true,)"
                 R"("contribution":0.5}])");
  out.clear();
  AppendReasons({}, out);
  EXPECT_EQ(out, ",\"reasons\":[]");
}

}  // namespace
}  // namespace reeve::server
