#include "reeve/workflow/given_costs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::workflow {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kFruits = {"apple", "fig, dried", "pear"};

class GivenCostsTest : public testing::Test {
 protected:
  Result<CostMatrix> Read(const std::string& csv, const std::vector<std::string>& classes) {
    const std::string path = folder_.Path("costs.csv");
    EXPECT_TRUE(WriteAtomically(FileSystem::System(), path, csv).ok());
    REEVE_ASSIGN_OR_RETURN(const GivenCosts given, ReadCosts(path));
    return CostsOfClasses(given, classes);
  }

  TestFolder folder_;
};

TEST_F(GivenCostsTest, ATableIsReadInTheOrderOfTheClasses) {
  const auto costs =
      Read("true,pear,\"fig, dried\",apple\n\"fig, dried\",1,0,2\npear,0,3,4.5\napple,5,1e2,0\n",
           kFruits);
  ASSERT_TRUE(costs.ok()) << costs.status().message();
  EXPECT_EQ(costs->values, (std::vector<double>{0, 100, 5, 2, 0, 1, 4.5, 3, 0}));
}

TEST_F(GivenCostsTest, TwoClassesMayComeAsATableToo) {
  const auto costs = Read(",no,yes\nno,0,1\nyes,5,0\n", {"no", "yes"});
  ASSERT_TRUE(costs.ok()) << costs.status().message();
  const auto same = ReadCosts("fp=1, fn=5");
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(costs->values, CostsOfClasses(*same, {"no", "yes"})->values);
}

TEST_F(GivenCostsTest, SaysWhatIsWrong) {
  struct Wrong {
    const char* csv;
    const char* message;
  };
  const Wrong wrongs[] = {
      {"t,a,b,c\na,0,1,1\nb,1,0,1\n", "has as a line no \"c\""},
      {"t,a,b\na,0,1\nb,1,0\nc,1,1\n", "has as a column no \"c\""},
      {"t,a,b,c\na,0,1,1\nb,1,0,1\nc,1,1,0\na,0,2,2\n", "has as a line \"a\" twice"},
      {"t,a,b,cc\na,0,1,1\nb,1,0,1\nc,1,1,0\n", "\"cc\", which is no class. Did you mean \"c\"?"},
      {"t,a,b,c\na,0,1,1\nb,1,0,1\nd,1,1,0\n", "\"d\", which is no class"},
      {"t,a,b,c\na,0,1,1\nb,1,0,1\nc,-1,1,0\n", "deciding \"a\" for \"c\" costs \"-1\""},
      {"t,a,b,c\na,0,nan,1\nb,1,0,1\nc,1,1,0\n", "deciding \"b\" for \"a\" costs"},
      {"t,a,b,c\na,0,,1\nb,1,0,1\nc,1,1,0\n", "costs nothing that is said"},
      {"t,a,b,c\na,0,x,1\nb,1,0,1\nc,1,1,0\n", "costs \"x\", expected a number"},
      {"t,a,b,c\na,0,1,1\nb,1,2,1\nc,1,1,0\n", "costs 2, expected 0 where the decision is right"},
      {"t,a,b,c\na,0,0,0\nb,0,0,0\nc,0,0,0\n", "nothing but 0"},
  };
  for (const Wrong& wrong : wrongs) {
    const auto costs = Read(wrong.csv, {"a", "b", "c"});
    EXPECT_EQ(costs.status().code(), StatusCode::kInvalidArgument) << wrong.csv;
    EXPECT_THAT(costs.status().message(), HasSubstr(wrong.message));
  }
}

TEST_F(GivenCostsTest, FalsePositivesAreOfTwoClasses) {
  const auto given = ReadCosts("fp=1,fn=5");
  ASSERT_TRUE(given.ok());
  EXPECT_THAT(CostsOfClasses(*given, {"a", "b", "c"}).status().message(),
              HasSubstr("is for two classes, there are 3: a, b, c"));
  EXPECT_EQ(ReadCosts("fp=1,fn=-5").status().code(), StatusCode::kInvalidArgument);
}

TEST_F(GivenCostsTest, WhatCannotBeOpenedIsSaid) {
  const auto missing = ReadCosts(folder_.Path("none.csv"));
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
  EXPECT_THAT(missing.status().message(), HasSubstr("--cost"));
  EXPECT_FALSE(ReadCosts("costs").ok());
}

}  // namespace
}  // namespace reeve::workflow
