#include "reeve/mlflow/registry_names.h"

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

TEST(RegistryNamesTest, ModelsHaveNamesOfOneSegment) {
  for (const char* name : {"loans", "a b", "ä", "a.b", "m@x"})
    EXPECT_TRUE(CheckModelName(name).ok()) << name;
  EXPECT_EQ(CheckModelName(" ").message(), "Missing value for required parameter 'name'.");
  EXPECT_EQ(CheckModelName("a/b").message(),
            "Invalid model name 'a/b'. Names cannot contain '/' or ':'.");
  for (const char* name : {".", "..", "..a", "a:b"})
    EXPECT_FALSE(CheckModelName(name).ok()) << name;
}

TEST(RegistryNamesTest, AliasesAreWords) {
  for (const char* alias : {"champion", "two-2", "Three_3", "v", "v1a", "é"}) {
    EXPECT_TRUE(CheckAlias(alias).ok()) << alias;
    EXPECT_TRUE(CheckIsFreeAlias(alias).ok()) << alias;
  }
  EXPECT_EQ(CheckAlias("a b").message(),
            "Invalid alias name: 'a b'. Names may only contain alphanumerics, underscores (_), and "
            "dashes (-).");
  EXPECT_EQ(CheckAlias("").message(), "Registered model alias name cannot be empty.");
  EXPECT_EQ(CheckAlias(std::string(256, 'x')).message(),
            "'Registered model alias name' exceeds the maximum length of 255 characters");
  EXPECT_EQ(CheckIsFreeAlias("LATEST").message(),
            "'latest' alias name (case insensitive) is reserved.");
  EXPECT_EQ(CheckIsFreeAlias("V12").message(), "Version alias name 'V12' is reserved.");
}

TEST(RegistryNamesTest, VersionsAndStages) {
  EXPECT_EQ(*ParseVersion("12"), 12);
  EXPECT_EQ(ParseVersion("one").status().message(),
            "Parameter 'version' must be an integer, got 'one'.");
  EXPECT_EQ(*ParseStage("pRoDuCtIoN"), "Production");
  EXPECT_EQ(ParseStage("Retired").status().message(),
            "Invalid Model Version stage: Retired. Value must be one of None, Staging, Production, "
            "Archived.");
}

TEST(RegistryNamesTest, TagsHaveKeysOfMetricsAndLongValues) {
  EXPECT_TRUE(CheckRegistryTag("a", std::string(100'000, 'x')).ok());
  EXPECT_EQ(CheckRegistryTag("a", std::string(100'001, 'x')).message(),
            "'value' exceeds the maximum length of 100000 characters");
  EXPECT_EQ(CheckRegistryTag("mlflow.prompt.text", std::string(100'001, 'x')).message(),
            "Prompt text exceeds max length of 100000 characters.");
  EXPECT_FALSE(CheckRegistryTag("a//b", "").ok());
  EXPECT_FALSE(CheckRegistryTag(std::string(251, 'k'), "").ok());
}

}  // namespace
}  // namespace reeve::mlflow
