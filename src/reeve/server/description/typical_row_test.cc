#include "reeve/server/description/typical_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/description/test_small_models.h"

namespace reeve::server {
namespace {

std::vector<std::string> Texts(const ServedModel& model) {
  std::vector<std::string> texts;
  for (const contract::Cell& cell : TypicalRow(model)) texts.push_back(CellText(cell));
  return texts;
}

TEST(TypicalRowTest, HoldsMediansAndTheMostFrequentValues) {
  const auto model = MakeSmallModel();
  // The median of 300, 315, … 885 is 592.5, and between two whole numbers lies none.
  EXPECT_THAT(Texts(*model),
              testing::ElementsAre("592", "105010", "Graduate", "false", "1970-01-01"));
}

TEST(TypicalRowTest, CanBeScored) {
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{"no", "yes"}, std::vector<std::string>{"a", "b", "c"}}) {
    const auto model = MakeSmallModel({.classes = classes, .more_numbers = 30});
    inference::RowScores scores;
    model->row_scorer->Score(TypicalRow(*model), scores);
    EXPECT_GE(scores.predicted[0], 0);
    EXPECT_TRUE(scores.issues.empty());
  }
}

TEST(TypicalRowTest, IsEmptyWhereMostRowsAre) {
  const auto model = MakeSmallModel();
  auto& income = model->profile.columns[1];
  income.missing = income.rows / 2 + 1;
  EXPECT_EQ(Texts(*model)[1], "");
}

TEST(TypicalRowTest, DoesWithoutAProfile) {
  const auto model = MakeSmallModel();
  model->profile.columns.clear();
  inference::RowScores scores;
  model->row_scorer->Score(TypicalRow(*model), scores);
  EXPECT_GE(scores.predicted[0], 0);
}

TEST(TypicalRowTest, FindsProfilesByNameWhereverTheyStand) {
  const auto model = MakeSmallModel();
  std::swap(model->profile.columns[0], model->profile.columns[2]);
  EXPECT_EQ(FindProfile(*model, 0)->name, "score");
  model->profile.columns.pop_back();
  EXPECT_EQ(FindProfile(*model, 4), nullptr);
}

}  // namespace
}  // namespace reeve::server
