#include "reeve/mlflow/search/rules.h"

#include <gtest/gtest.h>

#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/search/query.h"

namespace reeve::mlflow {
namespace {

TEST(RulesTest, OperatorsHaveOneNameEach) {
  for (int i = 0; i <= static_cast<int>(Operator::kIsNotNull); ++i) {
    const auto op = static_cast<Operator>(i);
    EXPECT_EQ(FindOperator(OperatorName(op)), op);
  }
  EXPECT_FALSE(FindOperator("==").has_value());
  EXPECT_EQ(kTextOperators.Listed(), "{'=', '!=', 'LIKE', 'ILIKE'}");
}

/// Every attribute stands for a column that its query selects.
TEST(RulesTest, AttributesAreColumnsOfTheirTables) {
  const auto check = [](SearchTarget target, std::string_view columns) {
    const std::string listed = ", " + std::string(columns) + ", ";
    for (const Attribute& attribute : AttributesOf(target)) {
      EXPECT_NE(listed.find(", " + std::string(attribute.column) + ", "), std::string::npos)
          << attribute.word;
    }
  };
  check(SearchTarget::kRuns, kRunFields);
  check(SearchTarget::kExperiments, kExperimentColumns);
  check(SearchTarget::kRegisteredModels, kRegisteredModelColumns);
  check(SearchTarget::kModelVersions, kModelVersionColumns);
  check(SearchTarget::kLoggedModels, kLoggedModelColumns);
}

TEST(RulesTest, IdentifiersLoseTheirQuotes) {
  const auto read = [](std::string_view text) {
    return ReadIdentifier(SearchTarget::kRuns, IdentifierUse::kFilter, text);
  };
  EXPECT_EQ(read("metrics.`a.b`")->key, "a.b");
  EXPECT_EQ(read("tags.\"a\"")->key, "a");
  EXPECT_EQ(read("`params`.'a'")->key, "a");
  EXPECT_EQ(read("tags.a.b")->key, "a.b");
  EXPECT_EQ(read("tags.")->key, "");
  EXPECT_EQ(read("\"status\"")->attribute->column, "status");
  EXPECT_FALSE(read("Metrics.a").ok());
  EXPECT_FALSE(read("colour").ok());
  EXPECT_FALSE(read("datasets.colour").ok());
}

TEST(RulesTest, SomeAttributesFilterAndSomeSort) {
  const auto ok = [](SearchTarget target, IdentifierUse use, std::string_view text) {
    return ReadIdentifier(target, use, text).ok();
  };
  EXPECT_TRUE(ok(SearchTarget::kModelVersions, IdentifierUse::kFilter, "source_path"));
  EXPECT_FALSE(ok(SearchTarget::kModelVersions, IdentifierUse::kOrder, "source_path"));
  EXPECT_FALSE(ok(SearchTarget::kModelVersions, IdentifierUse::kFilter, "creation_timestamp"));
  EXPECT_TRUE(ok(SearchTarget::kModelVersions, IdentifierUse::kOrder, "creation_timestamp"));
}

}  // namespace
}  // namespace reeve::mlflow
