#include "reeve/learners/symmetric/column_focus.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

constexpr std::size_t kColumns = 100, kMost = 10;
constexpr int kRounds = 2'000;

std::vector<std::size_t> Chosen(const ColumnFocus& focus) {
  return {focus.chosen().begin(), focus.chosen().end()};
}

TEST(ColumnFocusTest, TakesAllWhereThereAreNoMore) {
  EXPECT_TRUE(ColumnFocus(5, 0, 1).takes_all());
  EXPECT_TRUE(ColumnFocus(5, 5, 1).takes_all());
  EXPECT_FALSE(ColumnFocus(6, 5, 1).takes_all());
  ColumnFocus all(5, 7, 1);
  all.Choose(0);
  EXPECT_EQ(Chosen(all), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ColumnFocusTest, ChoosesAsManyDifferentColumnsAsWereAskedForRising) {
  ColumnFocus focus(kColumns, kMost, 1);
  for (int round = 0; round < kRounds; ++round) {
    focus.Choose(round);
    ASSERT_EQ(focus.chosen().size(), kMost);
    for (std::size_t i = 1; i < kMost; ++i) ASSERT_LT(focus.chosen()[i - 1], focus.chosen()[i]);
  }
}

TEST(ColumnFocusTest, KeepsWhatGainedMostAndGivesOthersTheirTurn) {
  ColumnFocus focus(kColumns, kMost, 1);
  for (std::size_t column = 0; column < kColumns; ++column)
    focus.Note(column, column % 20 == 7 ? 5.0 : 1.0);
  std::set<std::size_t> seen;
  for (int round = 0; round < kRounds; ++round) {
    focus.Choose(round);
    for (const std::size_t best : {7, 27, 47, 67, 87})
      EXPECT_TRUE(std::ranges::binary_search(focus.chosen(), best)) << best;
    seen.insert(focus.chosen().begin(), focus.chosen().end());
  }
  EXPECT_EQ(seen.size(), kColumns);
}

TEST(ColumnFocusTest, TurnsToWhatGainsMoreNow) {
  ColumnFocus focus(kColumns, kMost, 1);
  for (std::size_t column = 0; column < kColumns; ++column) focus.Note(column, 1);
  focus.Choose(0);
  focus.Note(93, 2);
  for (int round = 4; round < kRounds; ++round) {
    focus.Choose(round);
    EXPECT_TRUE(std::ranges::binary_search(focus.chosen(), std::size_t{93}));
  }
}

TEST(ColumnFocusTest, OneSeedOneChoice) {
  ColumnFocus first(kColumns, kMost, 1), again(kColumns, kMost, 1), other(kColumns, kMost, 2);
  int different = 0;
  for (int round = 0; round < kRounds; ++round) {
    first.Choose(round);
    again.Choose(round);
    other.Choose(round);
    ASSERT_EQ(Chosen(first), Chosen(again));
    different += Chosen(first) != Chosen(other);
  }
  EXPECT_GT(different, kRounds / 2);
}

}  // namespace
}  // namespace reeve::learners
