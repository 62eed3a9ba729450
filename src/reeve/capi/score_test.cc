// The entry points that score, against the Scorer that every other part of Reeve uses.

#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/capi/reeve.h"
#include "reeve/capi/test_arrow.h"
#include "reeve/capi/test_bundle.h"

namespace reeve::capi {
namespace {

reeve_cell Number(double number) { return {.kind = REEVE_CELL_NUMBER, .number = number}; }
reeve_cell Text(const char* text) {
  return {.kind = REEVE_CELL_TEXT,
          .text = text,
          .length = static_cast<std::int64_t>(std::strlen(text))};
}
reeve_cell Missing() { return {.kind = REEVE_CELL_MISSING}; }

// The rows of MakeTestBatch as cells.
std::vector<reeve_cell> TestCells() {
  return {Number(33),
          Number(2.5),
          Text("Ely"),
          {.kind = REEVE_CELL_BOOLEAN, .number = 0},
          Number(86'400),
          Number(61),
          Missing(),
          Text("Oslo"),
          {.kind = REEVE_CELL_BOOLEAN, .number = 1},
          Text("2024-10-04")};
}

// The same as a CSV file would give them.
Table TestTable() {
  Table table;
  const auto add = [&](const char* name, const char* first, const char* second) {
    Column column = Column::Texts(name);
    column.AppendText(first);
    column.AppendText(second);
    table.Add(std::move(column));
  };
  add("age", "33", "61");
  add("income", "2.5", "");
  add("city", "Ely", "Oslo");
  add("member", "false", "true");
  add("since", "1970-01-02", "2024-10-04");
  return table;
}

class ScoreTest : public testing::TestWithParam<int> {
 protected:
  ScoreTest() : model_(folder_.Path("model"), GetParam()) {}
  std::size_t classes() const { return static_cast<std::size_t>(GetParam()); }
  inference::Scored Expected() const {
    return std::move(*MakeTestScorer(GetParam()).Score(TestTable(), 0, 1));
  }

  TestFolder folder_;
  TestModel model_;
};

TEST_P(ScoreTest, CellsEqualTheScorerBitForBit) {
  std::vector<double> probabilities(2 * classes());
  std::vector<std::int32_t> predicted(2);
  const std::vector<reeve_cell> cells = TestCells();
  ASSERT_EQ(reeve_score_cells(model_.get(), cells.data(), 2, probabilities.data(), predicted.data(),
                              nullptr, nullptr),
            REEVE_OK);
  EXPECT_EQ(probabilities, Expected().probabilities.values);
  EXPECT_EQ(predicted, Expected().predicted);
}

TEST_P(ScoreTest, ArrowEqualsTheScorerBitForBit) {
  std::vector<double> probabilities(2 * classes());
  std::vector<std::int32_t> predicted(2);
  const auto batch = MakeTestBatch();
  ASSERT_EQ(reeve_score_arrow(model_.get(), &batch->schema, &batch->array, probabilities.data(),
                              predicted.data(), nullptr, nullptr),
            REEVE_OK);
  EXPECT_EQ(probabilities, Expected().probabilities.values);
  EXPECT_EQ(predicted, Expected().predicted);
}

TEST_P(ScoreTest, ArrowToArrowEqualsTheScorerBitForBit) {
  const auto batch = MakeTestBatch();
  ArrowSchema schema{};
  ArrowArray array{};
  reeve_issues* issues = nullptr;
  ASSERT_EQ(reeve_score_arrow_to_arrow(model_.get(), &batch->schema, &batch->array, &schema, &array,
                                       &issues, nullptr),
            REEVE_OK);
  const inference::Scored expected = Expected();
  for (int k = 0; k < GetParam(); ++k) {
    for (int row = 0; row < 2; ++row) {
      EXPECT_EQ(static_cast<const double*>(array.children[2 + k]->buffers[1])[row],
                expected.probabilities.at(row, k));
    }
  }
  EXPECT_GT(reeve_issues_count(issues), 0);
  reeve_issues_free(issues);
  schema.release(&schema);
  array.release(&array);
}

INSTANTIATE_TEST_SUITE_P(Classes, ScoreTest, testing::Values(2, 3));

class IssuesTest : public testing::Test {
 protected:
  IssuesTest() : model_(folder_.Path("model")) {}

  TestFolder folder_;
  TestModel model_;
};

TEST_F(IssuesTest, RowsThatBreakTheContractKeepTheirPlaceAndSayWhy) {
  std::vector<reeve_cell> cells = TestCells();  // row 1: age 61 of 20 to 50, city Oslo
  const std::vector<reeve_cell> bad = {Missing(), Text("much"), Text("York"), Text("true"),
                                       Text("yesterday")};
  cells.insert(cells.begin() + 5, bad.begin(), bad.end());
  double probabilities[6];
  std::int32_t predicted[3];
  reeve_issues* issues = nullptr;
  ASSERT_EQ(
      reeve_score_cells(model_.get(), cells.data(), 3, probabilities, predicted, &issues, nullptr),
      REEVE_OK);
  EXPECT_GE(predicted[0], 0);
  EXPECT_EQ(predicted[1], -1);
  EXPECT_TRUE(std::isnan(probabilities[2]) && std::isnan(probabilities[3]));
  EXPECT_GE(predicted[2], 0);

  const struct {
    std::int64_t row;
    std::int32_t field, rule, is_fatal;
    const char* found;
  } expected[] = {
      {1, 0, REEVE_MISSING_VALUE, 1, ""},       {1, 1, REEVE_WRONG_TYPE, 1, "much"},
      {1, 4, REEVE_WRONG_TYPE, 1, "yesterday"}, {2, 0, REEVE_OUT_OF_RANGE, 0, "61"},
      {2, 2, REEVE_UNSEEN_CATEGORY, 0, "Oslo"}, {2, 4, REEVE_OUT_OF_RANGE, 0, "2024-10-04"}};
  ASSERT_EQ(reeve_issues_count(issues), static_cast<std::int64_t>(std::size(expected)));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    const reeve_issue* const issue = reeve_issues_get(issues, static_cast<std::int64_t>(i));
    EXPECT_EQ(issue->row, expected[i].row) << i;
    EXPECT_EQ(issue->field, expected[i].field) << i;
    EXPECT_EQ(issue->rule, expected[i].rule) << i;
    EXPECT_EQ(issue->is_fatal, expected[i].is_fatal) << i;
    EXPECT_STREQ(issue->found, expected[i].found) << i;
    EXPECT_GT(std::strlen(issue->expected), 0U) << i;
  }
  EXPECT_EQ(reeve_issues_get(issues, -1), nullptr);
  EXPECT_EQ(reeve_issues_get(issues, 6), nullptr);
  reeve_issues_free(issues);
}

TEST_F(IssuesTest, NumbersThatNoDateHasAreSafe) {
  for (const double seconds : {1e300, -1e300, 9.3e18, -9.3e18, 1e12, -1e12, 5e-324}) {
    for (const reeve_cell& age : {Number(1e300), Number(-1e300), Text("30")}) {
      std::vector<reeve_cell> cells = TestCells();
      cells[0] = age;
      cells[4] = Number(seconds);
      cells[9] = Text("9999-12-31T23:59:59Z");
      std::int32_t predicted[2];
      reeve_issues* issues = nullptr;
      ASSERT_EQ(
          reeve_score_cells(model_.get(), cells.data(), 2, nullptr, predicted, &issues, nullptr),
          REEVE_OK);
      reeve_issues_free(issues);
    }
  }
}

TEST_F(IssuesTest, RulesHaveTheNamesOfTheContract) {
  EXPECT_STREQ(reeve_rule_name(REEVE_MISSING_VALUE), "missing_value");
  EXPECT_STREQ(reeve_rule_name(REEVE_WRONG_TYPE), "wrong_type");
  EXPECT_STREQ(reeve_rule_name(REEVE_UNSEEN_CATEGORY), "unseen_category");
  EXPECT_STREQ(reeve_rule_name(REEVE_OUT_OF_RANGE), "out_of_range");
  EXPECT_STREQ(reeve_rule_name(0), "");
}

TEST_F(IssuesTest, AnAbsentRequiredColumnFailsTheCall) {
  TestBatch batch(1);
  batch.Add("income", "g", {{}, Bytes<double>({1})});
  reeve_error* error = nullptr;
  reeve_issues* issues = nullptr;
  EXPECT_EQ(reeve_score_arrow(model_.get(), &batch.schema, &batch.array, nullptr, nullptr, &issues,
                              &error),
            REEVE_INVALID_DATA);
  EXPECT_THAT(reeve_error_message(error), testing::HasSubstr("\"age\""));
  EXPECT_EQ(issues, nullptr);
  reeve_error_free(error);
}

TEST_F(IssuesTest, NothingIsWrittenWhereNothingIsWanted) {
  const std::vector<reeve_cell> cells = TestCells();
  EXPECT_EQ(reeve_score_cells(model_.get(), cells.data(), 2, nullptr, nullptr, nullptr, nullptr),
            REEVE_OK);
}

TEST_F(IssuesTest, NoRowsAreScoredWithoutComplaint) {
  reeve_issues* issues = nullptr;
  EXPECT_EQ(reeve_score_cells(model_.get(), nullptr, 0, nullptr, nullptr, &issues, nullptr),
            REEVE_OK);
  EXPECT_EQ(reeve_issues_count(issues), 0);
  reeve_issues_free(issues);
}

TEST_F(IssuesTest, RefusesCallsThatMakeNoSense) {
  const std::vector<reeve_cell> cells = TestCells();
  const auto batch = MakeTestBatch();
  reeve_model* const model = model_.get();
  const auto score = [](const reeve_model* m, const reeve_cell* c, std::int64_t rows) {
    return reeve_score_cells(m, c, rows, nullptr, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(score(nullptr, cells.data(), 1), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(score(model, nullptr, 1), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(score(model, cells.data(), -1), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(score(model, cells.data(), INT64_MAX), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(
      reeve_score_arrow(nullptr, &batch->schema, &batch->array, nullptr, nullptr, nullptr, nullptr),
      REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(reeve_score_arrow(model, nullptr, &batch->array, nullptr, nullptr, nullptr, nullptr),
            REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(reeve_score_arrow_to_arrow(model, &batch->schema, &batch->array, nullptr, nullptr,
                                       nullptr, nullptr),
            REEVE_INVALID_ARGUMENT);
}

TEST_F(IssuesTest, ManyThreadsShareAModel) {
  const std::vector<reeve_cell> cells = TestCells();
  std::vector<std::vector<double>> answers(4, std::vector<double>(4));
  {
    std::vector<std::jthread> threads;
    for (std::vector<double>& answer : answers) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          reeve_score_cells(model_.get(), cells.data(), 2, answer.data(), nullptr, nullptr,
                            nullptr);
        }
      });
    }
  }
  for (const std::vector<double>& answer : answers) EXPECT_EQ(answer, answers[0]);
}

}  // namespace
}  // namespace reeve::capi
