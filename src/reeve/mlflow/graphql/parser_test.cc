#include "reeve/mlflow/graphql/parser.h"

#include <gtest/gtest.h>

namespace reeve::mlflow::graphql {
namespace {

Document Parse(std::string_view text) {
  Result<Document> document = ParseDocument(text);
  EXPECT_TRUE(document.ok()) << text << ": " << document.status().message();
  return document.ok() ? std::move(*document) : Document();
}

std::string Error(std::string_view text) { return ParseDocument(text).status().message(); }

TEST(ParserTest, OperationsAndFragments) {
  const Document document = Parse(R"(
      query Q($a: [String!]! = ["x", null], $b: Int) @component(name: "c") {
        x: run(input: {ids: $a, deep: {n: -1.5, e: ALL, t: true}}) { ...F }
        ... on Query @skip(if: true) { __typename }
      }
      fragment F on Run { info })");
  ASSERT_EQ(document.operations.size(), 1U);
  const Operation& operation = document.operations[0];
  EXPECT_EQ(operation.name, "Q");
  ASSERT_EQ(operation.variables.size(), 2U);
  EXPECT_EQ(operation.variables[0].type.as_written, "[String!]!");
  EXPECT_EQ(operation.variables[0].type.name, "String");
  EXPECT_EQ(operation.variables[0].type.lists, 1);
  EXPECT_TRUE(operation.variables[0].type.is_required);
  EXPECT_EQ(operation.variables[0].otherwise->items[1].kind, Value::Kind::kNull);
  EXPECT_FALSE(operation.variables[1].type.is_required);
  EXPECT_EQ(operation.directives[0].arguments[0].value.text, "c");
  ASSERT_EQ(operation.selections.size(), 2U);
  const Selection& run = operation.selections[0];
  EXPECT_EQ(run.response_name(), "x");
  EXPECT_EQ(run.name, "run");
  const Value& input = run.arguments[0].value;
  EXPECT_EQ(input.names, (std::vector<std::string>{"ids", "deep"}));
  EXPECT_EQ(input.items[0].kind, Value::Kind::kVariable);
  EXPECT_EQ(input.items[1].items[0].text, "-1.5");
  EXPECT_EQ(input.items[1].items[1].kind, Value::Kind::kEnum);
  EXPECT_EQ(input.items[1].items[2].kind, Value::Kind::kBool);
  EXPECT_EQ(run.selections[0].kind, Selection::Kind::kSpread);
  EXPECT_EQ(operation.selections[1].kind, Selection::Kind::kInline);
  EXPECT_EQ(operation.selections[1].name, "Query");
  EXPECT_EQ(document.fragments[0].type, "Run");
}

TEST(ParserTest, AQueryNeedsNoKeyword) {
  EXPECT_EQ(Parse("{a}").operations[0].kind, "query");
  EXPECT_EQ(Parse("mutation {a}").operations[0].kind, "mutation");
  EXPECT_EQ(Parse("{query mutation on fragment}").operations[0].selections.size(), 4U);
}

TEST(ParserTest, Mistakes) {
  EXPECT_EQ(Error(""), "Syntax Error: Unexpected <EOF>.");
  EXPECT_EQ(Error("{}"), "Syntax Error: Expected Name, found '}'.");
  EXPECT_EQ(Error("{a"), "Syntax Error: Expected Name, found <EOF>.");
  EXPECT_EQ(Error("{a(}"), "Syntax Error: Expected Name, found '}'.");
  EXPECT_EQ(Error("{a()}"), "Syntax Error: Expected Name, found ')'.");
  EXPECT_EQ(Error("{a(b:)}"), "Syntax Error: Unexpected ')'.");
  EXPECT_EQ(Error("{a(b:[1}"), "Syntax Error: Unexpected '}'.");
  EXPECT_EQ(Error("query Q(x:Int) {a}"), "Syntax Error: Expected '$', found Name 'x'.");
  EXPECT_EQ(Error("query Q($x:[Int) {a}"), "Syntax Error: Expected ']', found ')'.");
  EXPECT_EQ(Error("nope {a}"), "Syntax Error: Unexpected Name 'nope'.");
  EXPECT_EQ(Error("fragment on on Q {a}"), "Syntax Error: Unexpected Name 'on'.");
  EXPECT_EQ(Error("fragment F {a}"), "Syntax Error: Expected 'on', found '{'.");
  EXPECT_EQ(Error("{...on}"), "Syntax Error: Expected Name, found '}'.");
  EXPECT_EQ(Error("{a} }"), "Syntax Error: Unexpected '}'.");
  EXPECT_EQ(Error("query Q"), "Syntax Error: Expected '{', found <EOF>.");
}

TEST(ParserTest, NestingIsBounded) {
  const auto repeat = [](std::string_view text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const std::string why = "Syntax Error: the document nests more than 64 deep.";
  EXPECT_TRUE(ParseDocument(repeat("{a", 60) + repeat("}", 60)).ok());
  EXPECT_EQ(Error(repeat("{a", 5000)), why);
  EXPECT_EQ(Error("{a(b:" + repeat("[", 5000)), why);
  EXPECT_EQ(Error("{a(b:" + repeat("{c:", 5000)), why);
  EXPECT_EQ(Error("query Q($a:" + repeat("[", 5000)), why);
}

}  // namespace
}  // namespace reeve::mlflow::graphql
