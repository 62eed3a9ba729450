#include "reeve/capi/cell_scorer.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/capi/cells.h"
#include "reeve/capi/test_bundle.h"

namespace reeve::capi {
namespace {

// Draws cells of every kind for every field: good, odd and wrong ones.
class CellSource {
 public:
  explicit CellSource(std::uint64_t seed, bool with_seconds)
      : random_(seed), with_seconds_(with_seconds) {}

  std::vector<reeve_cell> Rows(std::int64_t rows) {
    std::vector<reeve_cell> cells;
    for (std::int64_t row = 0; row < rows; ++row)
      for (int field = 0; field < 5; ++field) cells.push_back(Draw(field));
    return cells;
  }

 private:
  reeve_cell Draw(int field) {
    static const char* const kTexts[] = {"York", "Ely ",       "Oslo",       "30",
                                         " 2.5", "true",       "no",         "",
                                         "NA",   "1970-01-03", "2024-02-30", "1e400"};
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    static const double kNumbers[] = {25, 30,   2.5,       -1e300,     0,
                                      1,  -0.0, kInfinity, -kInfinity, std::nan("")};
    switch (random_.Below(6)) {
      case 0:
        return {.kind = REEVE_CELL_MISSING};
      case 1:
        return {.kind = REEVE_CELL_BOOLEAN, .number = random_.Below(2) == 0 ? 0.0 : 3.0};
      case 2: {
        const char* const text = kTexts[random_.Below(std::size(kTexts))];
        return {.kind = REEVE_CELL_TEXT,
                .text = text,
                .length = static_cast<std::int64_t>(std::strlen(text))};
      }
      default:
        if (field == 4 && !with_seconds_)
          return {.kind = REEVE_CELL_TEXT, .text = "1970-01-02", .length = 10};
        return {.kind = REEVE_CELL_NUMBER, .number = kNumbers[random_.Below(std::size(kNumbers))]};
    }
  }

  Random random_;
  bool with_seconds_;
};

struct Answers {
  std::vector<double> probabilities;
  std::vector<std::int32_t> predicted;
};

// Row by row in a table of its own: what a cell means must not depend on the rows beside it.
Answers FromTables(const inference::Scorer& scorer, const std::vector<reeve_cell>& cells,
                   std::size_t classes) {
  Answers answers;
  for (std::size_t i = 0; i < cells.size(); i += 5) {
    const auto scored =
        scorer.Score(TableOfCells(scorer.contract(), std::span(cells).subspan(i, 5), 1), 0, 1);
    answers.predicted.resize(answers.predicted.size() + 1);
    answers.probabilities.resize(answers.probabilities.size() + classes);
    StoreScores(*scored, {answers.probabilities.data() + answers.probabilities.size() - classes,
                          &answers.predicted.back()});
  }
  return answers;
}

// Equal to the bit, missing ones included.
bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

class CellScorerTest : public testing::TestWithParam<int> {};

TEST_P(CellScorerTest, EqualsTheScorerOnTablesBitForBit) {
  const inference::Scorer scorer = MakeTestScorer(GetParam());
  const auto cell_scorer = CellScorer::Make(scorer).value();
  const auto classes = static_cast<std::size_t>(GetParam());
  for (const bool with_seconds : {false, true}) {
    for (const std::int64_t rows : {1, 2, 37, 3000}) {
      const auto cells = CellSource(static_cast<std::uint64_t>(rows), with_seconds).Rows(rows);
      const Answers expected = FromTables(scorer, cells, classes);
      Answers found{std::vector<double>(static_cast<std::size_t>(rows) * classes),
                    std::vector<std::int32_t>(static_cast<std::size_t>(rows))};
      cell_scorer->Score(cells, rows, 3, {found.probabilities.data(), found.predicted.data()});
      EXPECT_EQ(found.predicted, expected.predicted) << rows << " rows, seconds: " << with_seconds;
      EXPECT_TRUE(SameBits(found.probabilities, expected.probabilities))
          << rows << " rows, seconds: " << with_seconds;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Classes, CellScorerTest, testing::Values(2, 3));

TEST(CellScorerTest, NamesTheRowsWithIssuesOfEveryBlock) {
  const inference::Scorer scorer = MakeTestScorer();
  const auto cell_scorer = CellScorer::Make(scorer).value();
  const reeve_cell good[] = {{.kind = REEVE_CELL_NUMBER, .number = 30},
                             {.kind = REEVE_CELL_NUMBER, .number = 2},
                             {.kind = REEVE_CELL_TEXT, .text = "Ely", .length = 3},
                             {.kind = REEVE_CELL_BOOLEAN, .number = 1},
                             {.kind = REEVE_CELL_TEXT, .text = "1970-01-02", .length = 10}};
  std::vector<reeve_cell> cells;
  for (int row = 0; row < 3000; ++row) cells.insert(cells.end(), std::begin(good), std::end(good));
  const reeve_cell oslo = {.kind = REEVE_CELL_TEXT, .text = "Oslo", .length = 4};
  EXPECT_TRUE(cell_scorer->Score(cells, 3000, 2, {}).empty());
  for (const std::size_t row : {3U, 1024U, 2999U}) {
    cells[5 * row] = {.kind = REEVE_CELL_MISSING};
    cells[5 * row + 2] = oslo;
  }
  EXPECT_EQ(cell_scorer->Score(cells, 3000, 2, {}), (std::vector<std::int64_t>{3, 1024, 2999}));
}

}  // namespace
}  // namespace reeve::capi
