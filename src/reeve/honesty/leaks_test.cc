#include "reeve/honesty/leaks.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<contract::Warning> Leaks(const TestRows& data, int threads = 1) {
  const auto warnings = FindLeaks({.data = {.table = &data.table,
                                            .rows = data.rows,
                                            .labels = data.labels,
                                            .class_names = data.class_names},
                                   .columns = data.columns()},
                                  {.threads = threads});
  EXPECT_TRUE(warnings.ok()) << warnings.status().message();
  return warnings.ok() ? *warnings : std::vector<contract::Warning>();
}

std::vector<std::string> Columns(const std::vector<contract::Warning>& warnings) {
  std::vector<std::string> names;
  for (const contract::Warning& warning : warnings) names.push_back(warning.column);
  return names;
}

TEST(LeaksTest, AnOrdinaryTableHasNone) {
  EXPECT_TRUE(Leaks(MakeTestRows(800)).empty());
  EXPECT_TRUE(Leaks(MakeTestRows(800, 0)).empty());
}

TEST(LeaksTest, AStrongColumnIsNoLeak) {
  // Right in 94 of 100 rows, as a credit score may be.
  TestRows data = MakeTestRows(2000);
  std::vector<double> score;
  Random random(9);
  for (const std::int32_t label : data.labels)
    score.push_back((random.Uniform() < 0.94 ? label : 1 - label) * 300 + 300 * random.Uniform());
  data.table.Add(Column::Numbers("score", ColumnType::kReal, score));
  EXPECT_TRUE(Leaks(data).empty());
}

TEST(LeaksTest, CopiesOfTheTargetAreNamed) {
  TestRows data = MakeTestRows(600);
  std::vector<double> code;
  std::vector<std::int32_t> word;
  for (const std::int32_t label : data.labels) {
    code.push_back(label == 1 ? 17 : 4);
    word.push_back(label);
  }
  data.table.Add(Column::Numbers("outcome_code", ColumnType::kInteger, code));
  data.table.Add(Column::Codes("outcome", ColumnType::kCategory, word, {"lost", "won"}));
  const auto warnings = Leaks(data);
  EXPECT_THAT(Columns(warnings), ElementsAre("outcome_code", "outcome"));
  EXPECT_THAT(warnings.front().message, HasSubstr("copy of the target"));
  EXPECT_THAT(warnings.front().message, HasSubstr("other columns together"));
}

TEST(LeaksTest, ANumberThatIsOnlyThereAfterwardsIsNamed) {
  // What was recovered is 0 unless the loan failed.
  TestRows data = MakeTestRows(1000);
  std::vector<double> recovered;
  Random random(4);
  for (const std::int32_t label : data.labels)
    recovered.push_back(label == 1 ? 100 + 900 * random.Uniform() : 0);
  data.table.Add(Column::Numbers("recovered", ColumnType::kReal, recovered));
  const auto warnings = Leaks(data);
  ASSERT_THAT(Columns(warnings), ElementsAre("recovered"));
  EXPECT_THAT(warnings.front().message, HasSubstr("by it alone 100.0 %"));
}

TEST(LeaksTest, AListThatHoldsTheClassIsNamed) {
  TestRows data = MakeTestRows(600);
  Column list = Column::Texts("path", ColumnType::kList);
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    list.AppendText(std::string(R"(["all",")") + (data.labels[i] == 1 ? "shoes" : "hats") +
                    R"(","item )" + std::to_string(i) + R"("])");
  data.table.Add(std::move(list));
  EXPECT_THAT(Columns(Leaks(data)), ElementsAre("path"));
}

TEST(LeaksTest, AMissingValueThatStandsForAClassIsNamed) {
  // The date of a refund is there only for some that asked for one.
  TestRows data = MakeTestRows(1500);
  std::vector<std::int32_t> refund;
  Random random(6);
  for (std::int32_t& label : data.labels) {
    label = random.Uniform() < 0.3;
    refund.push_back(
        label == 1 && random.Uniform() < 0.7 ? 0 : static_cast<std::int32_t>(1 + random.Below(3)));
  }
  data.table.Add(Column::Codes("refund", ColumnType::kCategory, refund, {"paid", "a", "b", "c"}));
  const auto warnings = Leaks(data);
  ASSERT_THAT(Columns(warnings), ElementsAre("refund"));
  EXPECT_THAT(warnings.front().message, HasSubstr("is \"paid\" only where the class is \"yes\""));
}

TEST(LeaksTest, ANumberGivenInOrderOfASortedTableIsNamed) {
  TestRows data = MakeTestRows(600);
  // Mostly sorted: the number alone is not near certain.
  Random random(8);
  std::vector<double> number;
  double last = 1000;
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const bool late = i >= data.labels.size() / 2;
    data.labels[i] = random.Uniform() < (late ? 0.85 : 0.15);
    last += 1 + static_cast<double>(random.Below(4));
    number.push_back(last);
  }
  data.table.Add(Column::Numbers("number", ColumnType::kInteger, number));
  const auto warnings = Leaks(data);
  ASSERT_THAT(Columns(warnings), ElementsAre("number"));
  EXPECT_THAT(warnings.front().message, HasSubstr("sorted by the target"));
}

TEST(LeaksTest, ClassesThatEverythingTellsApartAreNoLeak) {
  // Two measures of the same flower, far apart for the two species.
  TestRows data = MakeTestRows(800);
  Random random(10);
  for (const char* const name : {"petal", "sepal", "stem"}) {
    std::vector<double> values;
    for (const std::int32_t label : data.labels) values.push_back(label * 10 + random.Normal());
    data.table.Add(Column::Numbers(name, ColumnType::kReal, values));
  }
  // Each of them decides, and nothing is left over to compare with but weak columns: all are named.
  EXPECT_EQ(Leaks(data).size(), 3u);
  // Next to many noisier measures, which do as well together, none of them is needed.
  for (int k = 0; k < 8; ++k) {
    std::vector<double> values;
    for (const std::int32_t label : data.labels) values.push_back(2.6 * label + random.Normal());
    data.table.Add(Column::Numbers("m" + std::to_string(k), ColumnType::kReal, values));
  }
  EXPECT_TRUE(Leaks(data).empty());
}

TEST(LeaksTest, ThreadsDoNotMatterAndFewRowsSayNothing) {
  TestRows data = MakeTestRows(300);
  std::vector<double> copy(data.labels.begin(), data.labels.end());
  data.table.Add(Column::Numbers("copy", ColumnType::kInteger, copy));
  const auto one = Leaks(data, 1), three = Leaks(data, 3);
  ASSERT_EQ(one.size(), 1u);
  ASSERT_EQ(three.size(), 1u);
  EXPECT_EQ(one.front().message, three.front().message);
  data.rows.resize(40);
  EXPECT_TRUE(Leaks(data).empty());
}

TEST(LeaksTest, MoreThanTwoClasses) {
  TestRows data = MakeTestRows(900);
  data.class_names = {"a", "b", "c"};
  Random random(11);
  std::vector<double> code;
  for (std::int32_t& label : data.labels) {
    label = static_cast<std::int32_t>(random.Below(3));
    code.push_back(30 - 10 * label);
  }
  EXPECT_TRUE(Leaks(data).empty());
  data.table.Add(Column::Numbers("code", ColumnType::kInteger, code));
  EXPECT_THAT(Columns(Leaks(data)), ElementsAre("code"));
}

}  // namespace
}  // namespace reeve::honesty
