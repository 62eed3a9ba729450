#include "reeve/tuning/prepared_rows.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::tuning {
namespace {

using learners::InputKind;

constexpr std::int64_t kRows = 200;

// Numbers, and texts that tell most labels.
struct Toy {
  Table table;
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> rows = AllRows(kRows);
  std::vector<Fold> folds{2};

  Problem problem(std::vector<std::string> features) const {
    return {.table = &table, .features = std::move(features), .labels = labels};
  }
};

Toy MakeToy() {
  Random random(5);
  Toy toy;
  std::vector<double> numbers;
  Column texts = Column::Texts("note");
  for (std::int64_t row = 0; row < kRows; ++row) {
    toy.labels.push_back(static_cast<std::int32_t>(random.Below(2)));
    const bool tells = random.Uniform() < 0.8;
    texts.AppendText("w" + std::to_string(random.Below(40)) + " sign" +
                     std::to_string(tells ? toy.labels.back() : 2));
    numbers.push_back(random.Normal());
    for (std::size_t fold = 0; fold < 2; ++fold)
      (row % 2 == std::int64_t(fold) ? toy.folds[fold].test : toy.folds[fold].train).push_back(row);
  }
  toy.table.Add(Column::Numbers("x", ColumnType::kReal, std::move(numbers)));
  toy.table.Add(std::move(texts));
  return toy;
}

TEST(PreparationTest, NumbersAndCategoriesShareOneMatrix) {
  const Toy toy = MakeToy();
  const Problem problem = toy.problem({"x"});
  Preparation preparation(problem, toy.rows, toy.folds, 1);
  EXPECT_FALSE(preparation.LooksAtLabels(InputKind::kTrees).value());
  const PreparedRows* const all = preparation.Get({.input = InputKind::kTrees}).value();
  EXPECT_EQ(preparation.GetForFold(InputKind::kTrees, 0).value(), all);
  EXPECT_EQ(preparation.GetForFold(InputKind::kTrees, 1).value(), all);
}

TEST(PreparationTest, FoldsOfTextsHaveTheColumnsOfTheWhole) {
  const Toy toy = MakeToy();
  const Problem problem = toy.problem({"x", "note"});
  Preparation preparation(problem, toy.rows, toy.folds, 1);
  for (const InputKind input : {InputKind::kTrees, InputKind::kLinear}) {
    EXPECT_TRUE(preparation.LooksAtLabels(input).value());
    const PreparedRows* const all = preparation.Get({.input = input}).value();
    const PreparedRows* const fold = preparation.GetForFold(input, 0).value();
    ASSERT_EQ(fold->matrix.cols(), all->matrix.cols());
    EXPECT_TRUE(std::ranges::equal(fold->matrix.column(0), all->matrix.column(0)));
    EXPECT_FALSE(std::ranges::equal(fold->matrix.column(1), all->matrix.column(1)));
  }
}

// Whatever the held-out rows are labelled, a fold's matrix is the same: nothing of them is told.
TEST(PreparationTest, LabelsOfHeldOutRowsHaveNoPart) {
  Toy toy = MakeToy();
  const auto matrix_of_fold = [&] {
    const Problem problem = toy.problem({"x", "note"});
    Preparation preparation(problem, toy.rows, toy.folds, 1);
    return preparation.GetForFold(InputKind::kTrees, 0).value()->matrix;
  };
  const Matrix before = matrix_of_fold();
  for (const std::int64_t row : toy.folds[0].test) {
    if (row % 10 == 0) toy.labels[static_cast<std::size_t>(row)] ^= 1;
  }
  EXPECT_TRUE(std::ranges::equal(before.values(), matrix_of_fold().values()));
  toy.labels[static_cast<std::size_t>(toy.folds[0].train[0])] ^= 1;
  EXPECT_FALSE(std::ranges::equal(before.values(), matrix_of_fold().values()));
}

}  // namespace
}  // namespace reeve::tuning
