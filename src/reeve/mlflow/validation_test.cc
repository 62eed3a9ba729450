#include "reeve/mlflow/validation.h"

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

TEST(ValidationTest, KeysMayLookLikePathsOfTheirOwn) {
  for (const char* key : {"a", "a/b", "loss: val_0.5 - x", "1", "\xC3\xA4", "a.b"})
    EXPECT_TRUE(CheckKey(key, "key").ok()) << key;
  for (const char* key : {"a#b", "a\nb", "../a", "/a", "a//b", "./a", "a/", ".", "a/../b", ""})
    EXPECT_FALSE(CheckKey(key, "key").ok()) << key;
  EXPECT_TRUE(CheckKey(std::string(250, 'x'), "key").ok());
  EXPECT_EQ(CheckKey(std::string(251, 'x'), "key").message(),
            "'key' exceeds the maximum length of 250 characters");
}

TEST(ValidationTest, LengthsAreInCharacters) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "\xE6\x95\xB0";
  EXPECT_EQ(CountCharacters(text), 10u);
  EXPECT_TRUE(CheckLength("x", text, 10).ok());
  EXPECT_FALSE(CheckLength("x", text, 9).ok());
  EXPECT_EQ(Truncate(text, 2), text.substr(0, 6));
  EXPECT_EQ(Truncate(text, 10), text);
}

TEST(ValidationTest, MaxResultsHasBounds) {
  EXPECT_TRUE(CheckMaxResults(1, 10).ok());
  EXPECT_EQ(CheckMaxResults(0, 10).message(),
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer");
  EXPECT_EQ(CheckMaxResults(11, 10).message(),
            "Invalid value 11 for parameter 'max_results' supplied. It must be at most 10");
}

TEST(ValidationTest, IdsOfExperimentsAreNumbers) {
  EXPECT_EQ(*ParseExperimentId("17"), 17);
  EXPECT_EQ(*ParseExperimentId(""), 0);
  EXPECT_EQ(ParseExperimentId("x").status().message(),
            "Invalid experiment ID 'x'. Experiment ID must be a valid integer.");
}

}  // namespace
}  // namespace reeve::mlflow
