#include "reeve/honesty/class_sizes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/table/table.h"

namespace reeve::honesty {
namespace {

TEST(ClassSizesTest, NamesClassesThatAreTooSmall) {
  std::vector<std::int32_t> labels(40, 0);
  labels.insert(labels.end(), 9, 1);
  labels.push_back(2);
  const std::vector<std::int64_t> all = AllRows(50);
  const std::vector<std::string> names = {"big", "small", "single"};
  const auto warnings = FindTinyClasses({.train = all,
                                         .test = {},
                                         .labels = labels,
                                         .class_names = names,
                                         .folds = 5,
                                         .target = "y"});
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_THAT(warnings[0].message, testing::HasSubstr("\"small\" has 9 rows, 9 to train"));
  EXPECT_THAT(warnings[1].message, testing::HasSubstr("kept in training"));
  EXPECT_EQ(warnings[1].column, "y");
}

TEST(ClassSizesTest, MoreFoldsThanTrainingRowsOfAClassIsTiny) {
  std::vector<std::int32_t> labels(50, 0);
  for (std::size_t i = 0; i < 12; ++i) labels[i] = 1;
  const std::vector<std::int64_t> all = AllRows(50);
  const std::vector<std::string> names = {"no", "yes"};
  ClassSizesProblem problem{.train = all, .test = {}, .labels = labels, .class_names = names};
  EXPECT_TRUE(FindTinyClasses(problem).empty());
  problem.folds = 20;
  EXPECT_EQ(FindTinyClasses(problem).size(), 1u);
}

}  // namespace
}  // namespace reeve::honesty
