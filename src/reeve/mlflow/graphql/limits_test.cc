#include "reeve/mlflow/graphql/limits.h"

#include <gtest/gtest.h>

#include "reeve/mlflow/graphql/parser.h"

namespace reeve::mlflow::graphql {
namespace {

std::string Check(std::string_view text) {
  const Result<Document> document = ParseDocument(text);
  EXPECT_TRUE(document.ok()) << document.status().message();
  return document.ok() ? CheckLimits(*document).message() : "";
}

std::string Repeat(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text + " ";
  return all;
}

TEST(LimitsTest, Depth) {
  EXPECT_EQ(Check(Repeat("{a", 10) + Repeat("}", 10)), "");
  EXPECT_EQ(Check(Repeat("{a", 11) + Repeat("}", 11)), "Query exceeds maximum depth of 10");
  // Fragments are as deep as what they stand for, also those that go on for ever.
  EXPECT_EQ(Check("{...F} fragment F on T {a {...F}}"), "Query exceeds maximum depth of 10");
}

TEST(LimitsTest, Selections) {
  const std::string why = "Query exceeds maximum total selections of 1000";
  EXPECT_EQ(Check("{a {" + Repeat("b", 999) + "}}"), "");
  EXPECT_EQ(Check("{a {" + Repeat("b", 1000) + "}}"), why);
  EXPECT_EQ(Check("{a {" + Repeat("... {b}", 500) + "}}"), why);
  // Each level holds the next one eight times.
  std::string fragments = "{...F0}";
  for (int i = 0; i < 8; ++i) {
    fragments += " fragment F" + std::to_string(i) + " on T {" +
                 Repeat("a {...F" + std::to_string(i + 1) + "}", 8) + "}";
  }
  EXPECT_EQ(Check(fragments + " fragment F8 on T {a}"), why);
}

TEST(LimitsTest, FieldsAtTheRootAndAliases) {
  EXPECT_EQ(Check("{" + Repeat("a", 10) + "}"), "");
  EXPECT_EQ(Check("{" + Repeat("a", 6) + "...F} fragment F on T {" + Repeat("a", 5) + "}"),
            "GraphQL queries should have at most 10 root fields, got 11 root fields.");
  EXPECT_EQ(Check("{a {" + Repeat("x: b", 10) + "} b {" + Repeat("x: b", 10) + "}}"), "");
  EXPECT_EQ(Check("{a {" + Repeat("x: b", 6) + "... {" + Repeat("x: b", 5) + "}}}"),
            "GraphQL queries should have at most 10 aliases, got 11 aliases.");
}

TEST(LimitsTest, AllOperationsCount) {
  EXPECT_EQ(Check("query A {" + Repeat("a", 6) + "} query B {" + Repeat("a", 6) + "}"),
            "GraphQL queries should have at most 10 root fields, got 12 root fields.");
}

}  // namespace
}  // namespace reeve::mlflow::graphql
