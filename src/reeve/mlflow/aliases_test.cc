#include "reeve/mlflow/aliases.h"

#include "reeve/mlflow/test_registry.h"

namespace reeve::mlflow {
namespace {

class AliasesTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    MakeModel();
    MakeVersion();
    MakeVersion();
  }
  std::string ByAlias(const std::string& alias) {
    return Answer("GET", "/registered-models/alias", "name=loans&alias=" + alias);
  }
};

TEST_F(AliasesTest, AnAliasIsSetMovedAndDeleted) {
  EXPECT_EQ(SetAlias("champion", "1"), "{}");
  EXPECT_EQ(ByAlias("champion"), GetVersion("1"));
  EXPECT_EQ(SetAlias("champion", "2"), "{}");
  EXPECT_EQ(ByAlias("champion"), GetVersion("2"));
  EXPECT_TRUE(Has(GetVersion("2"), R"("aliases":["champion"])"));
  EXPECT_FALSE(Has(GetVersion("1"), "aliases"));
  EXPECT_EQ(Erase("/registered-models/alias", {{"name", "loans"}, {"alias", "champion"}}), "{}");
  EXPECT_EQ(Erase("/registered-models/alias", {{"name", "loans"}, {"alias", "champion"}}), "{}");
  EXPECT_EQ(ByAlias("champion"),
            "INVALID_PARAMETER_VALUE: Registered model alias champion not found.");
}

TEST_F(AliasesTest, LatestIsTheNewestOfAllStages) {
  MoveTo("2", "Staging");
  EXPECT_EQ(ByAlias("Latest"), GetVersion("2"));
  MakeVersion();
  EXPECT_EQ(ByAlias("latest"), GetVersion("3"));
  MakeModel("empty");
  EXPECT_EQ(Answer("GET", "/registered-models/alias", "name=empty&alias=latest"),
            "RESOURCE_DOES_NOT_EXIST: Latest version not found for model empty.");
}

TEST_F(AliasesTest, WhatCannotBeAnAliasIsRefused) {
  EXPECT_EQ(SetAlias("latest", "1"),
            "INVALID_PARAMETER_VALUE: 'latest' alias name (case insensitive) is reserved.");
  EXPECT_EQ(SetAlias("a", "9"),
            "RESOURCE_DOES_NOT_EXIST: Model Version (name=loans, version=9) not found");
  EXPECT_TRUE(Has(SetAlias("", "1"), "Missing value for required parameter 'alias'."));
}

}  // namespace
}  // namespace reeve::mlflow
