#include "reeve/features/expression.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::features {
namespace {

using testing::HasSubstr;

// The value where a = 6, b = 4, c = -2 and "a b" = 0.5.
double Value(std::string_view text) {
  const auto expression = Expression::Parse(text);
  EXPECT_TRUE(expression.ok()) << expression.status().message();
  if (!expression.ok()) return 0;
  const double a = 6, b = 4, c = -2, ab = 0.5;
  std::vector<const double*> values;
  for (const std::string& column : expression->columns())
    values.push_back(column == "a" ? &a : column == "b" ? &b : column == "c" ? &c : &ab);
  double out = 0;
  expression->Evaluate(values, 1, &out);
  return out;
}

std::string Message(std::string_view text) {
  return std::string(Expression::Parse(text).status().message());
}

TEST(ExpressionTest, FollowsTheUsualPrecedence) {
  EXPECT_EQ(Value("a + b * c"), -2);
  EXPECT_EQ(Value("(a + b) * c"), -20);
  EXPECT_EQ(Value("a - b - c"), 4);
  EXPECT_EQ(Value("a / b / c"), -0.75);
  EXPECT_EQ(Value("c ^ 2 ^ 3"), 256);
  EXPECT_EQ(Value("-c ^ 2"), -4);
  EXPECT_EQ(Value("2 ^ -c"), 4);
  EXPECT_EQ(Value("a * -b"), -24);
  EXPECT_EQ(Value("1.5e1 + .5 * a"), 18);
}

TEST(ExpressionTest, KnowsFunctionsAndQuotedNames) {
  EXPECT_EQ(Value("min(a, b) + max(c, 1)"), 5);
  EXPECT_EQ(Value("sqrt(abs(-b))"), 2);
  EXPECT_DOUBLE_EQ(Value("exp(log(a))"), 6);
  EXPECT_EQ(Value("\"a b\" * 2"), 1);
  EXPECT_EQ(Expression::Parse("\"say \"\"hi\"\"\"")->columns()[0], "say \"hi\"");
  EXPECT_EQ(Value("hour(a * 3600)"), 6);
  EXPECT_EQ(Value("weekday(a - a)"), 3);  // 1970-01-01 was a Thursday
}

TEST(ExpressionTest, WhatHasNoFiniteValueIsMissing) {
  for (const char* const text : {"a / (b - 4)", "log(c)", "sqrt(c)", "exp(a ^ a ^ a)", "c ^ 0.5",
                                 "(a / (b - 4)) ^ 0", "min(a, log(c))", "1 / (a / (b - 4))"})
    EXPECT_TRUE(std::isnan(Value(text))) << text;
}

TEST(ExpressionTest, ErrorsNameThePlaceAndWhatWasExpected) {
  EXPECT_THAT(Message("a + "), HasSubstr("its end at character 5, expected a number, a column"));
  EXPECT_THAT(Message("a b"), HasSubstr("\"b\" at character 3, expected an operator or the end"));
  EXPECT_THAT(Message("(a + b"), HasSubstr("expected an operator or )"));
  EXPECT_THAT(Message("lgo(a)"), HasSubstr("unknown function \"lgo\" at character 1"));
  EXPECT_THAT(Message("lgo(a)"), HasSubstr("log"));
  EXPECT_THAT(Message("min(a)"), HasSubstr("a comma"));
  EXPECT_THAT(Message("1 + 2"), HasSubstr("names no column"));
  EXPECT_THAT(Message("\"a"), HasSubstr("a closing quote"));
  EXPECT_FALSE(Expression::Parse(std::string(5000, 'a')).ok());
  EXPECT_FALSE(Expression::Parse(std::string(2000, '(') + "a").ok());
  EXPECT_FALSE(Expression::Parse(std::string(2000, '-') + "a").ok());
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep = "a+(" + deep + ")";
  EXPECT_FALSE(Expression::Parse(deep).ok());
}

TEST(ExpressionTest, DerivedColumnsHaveANameOrAreTheirOwn) {
  EXPECT_EQ(*ParseDerived("ratio = a / b"), (Derived{"ratio", "a / b"}));
  EXPECT_EQ(*ParseDerived(" \"my ratio\" = a/b "), (Derived{"my ratio", "a/b"}));
  EXPECT_EQ(*ParseDerived("\"a = b\" / c"), (Derived{"\"a = b\" / c", "\"a = b\" / c"}));
  EXPECT_FALSE(ParseDerived("= a / b").ok());
  EXPECT_FALSE(ParseDerived("ratio = ").ok());
  EXPECT_EQ(QuoteColumn("income_annum"), "income_annum");
  EXPECT_EQ(QuoteColumn("7 \"days\""), "\"7 \"\"days\"\"\"");
}

}  // namespace
}  // namespace reeve::features
