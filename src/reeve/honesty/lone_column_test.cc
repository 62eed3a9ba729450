#include "reeve/honesty/lone_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

double SkillOf(const TestRows& data, const Column& column) {
  return LoneSkill(column, data.rows, GroupColumn(column, data.rows), {data.labels, 2}, 7);
}

TEST(LoneColumnTest, NoiseHasNoSkillHoweverManyValuesItHas) {
  TestRows data = MakeTestRows(2000, 0);
  std::vector<std::int32_t> codes;
  std::vector<std::string> names;
  Random random(3);
  for (int i = 0; i < 2000; ++i) codes.push_back(static_cast<std::int32_t>(random.Below(900)));
  for (int i = 0; i < 900; ++i) names.push_back("v" + std::to_string(i));
  const Column many = Column::Codes("many", ColumnType::kCategory, codes, names);
  EXPECT_LT(SkillOf(data, many), 0.15);
  EXPECT_LT(SkillOf(data, data.table.column(0)), 0.15);
  EXPECT_NEAR(*LoneAuc(GroupColumn(many, data.rows), {data.labels, 2}, 7), 0.5, 0.05);
}

TEST(LoneColumnTest, ACopyHasAllOfIt) {
  const TestRows data = MakeTestRows(500);
  std::vector<std::int32_t> codes(data.labels.begin(), data.labels.end());
  const Column copy = Column::Codes("copy", ColumnType::kCategory, codes, {"x", "y"});
  EXPECT_DOUBLE_EQ(SkillOf(data, copy), 1);
  EXPECT_DOUBLE_EQ(*LoneAuc(GroupColumn(copy, data.rows), {data.labels, 2}, 7), 1);
}

TEST(LoneColumnTest, ACutOfANumberIsFoundHoweverRareTheClass) {
  TestRows data = MakeTestRows(1000);
  std::vector<double> amount;
  Random random(5);
  for (int i = 0; i < 1000; ++i) {
    data.labels[static_cast<std::size_t>(i)] = i % 50 == 0;
    amount.push_back(random.Uniform() + (i % 50 == 0 ? 1 : 0));
  }
  EXPECT_DOUBLE_EQ(SkillOf(data, Column::Numbers("amount", ColumnType::kReal, amount)), 1);
}

TEST(LoneColumnTest, OneClassHasNoAuc) {
  const TestRows data = MakeTestRows(100);
  const std::vector<std::int32_t> same(100, 1);
  EXPECT_FALSE(LoneAuc(GroupColumn(data.table.column(0), data.rows), {same, 2}, 7).ok());
  EXPECT_EQ(LoneSkill(data.table.column(2), data.rows, GroupColumn(data.table.column(2), data.rows),
                      {same, 2}, 7),
            0);
}

}  // namespace
}  // namespace reeve::honesty
