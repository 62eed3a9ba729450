#include "reeve/mlflow/search/clauses.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

std::string Read(std::string_view filter) {
  const auto clauses = ReadClauses(filter, ClauseQuotes::kNone);
  if (!clauses.ok()) return clauses.status().message();
  std::string shown;
  for (const Clause& clause : *clauses) {
    shown += "{" + std::string(clause.left.text) + "|" + clause.op + "|" +
             std::string(clause.right.text) + "}";
  }
  return shown;
}

TEST(ClausesTest, ReadsComparisonsWithAndWithoutAnd) {
  EXPECT_EQ(Read("a.b>1 aNd c like 'd'"), "{a.b|>|1}{c|LIKE|'d'}");
  EXPECT_EQ(Read("a = 1 b = 2"), "{a|=|1}{b|=|2}");
  EXPECT_EQ(Read("a NOT  LIKE 'x'"), "{a|NOT LIKE|'x'}");
  EXPECT_EQ(Read("a IN (1, (2)) and b not in ('x')"), "{a|IN|(1, (2))}{b|NOT IN|('x')}");
  EXPECT_EQ(Read("a is null AND b IS NOT NULL"), "{a|IS NULL|}{b|IS NOT NULL|}");
  EXPECT_EQ(Read("tags.`a = 1`=\"x\""), "{tags.`a = 1`|=|\"x\"}");
  EXPECT_EQ(Read("a-b = 1"), "{a-b|=|1}");
}

TEST(ClausesTest, NamesWhatIsNoComparison) {
  EXPECT_EQ(Read("a > 1 OR b"), "Invalid clause(s) in filter string: OR, b");
  EXPECT_EQ(Read("a > 1 b"), "Invalid clause(s) in filter string: a > 1 b");
  EXPECT_EQ(Read("a > 1, b > 2"), "Invalid clause(s) in filter string: a > 1, b > 2");
  EXPECT_EQ(Read("(a > 1)"), "Invalid clause(s) in filter string: (a > 1)");
  EXPECT_EQ(Read("(a > 1"), "Invalid clause(s) in filter string: (");
  EXPECT_EQ(Read("f(x) IS NULL"), "Invalid clause(s) in filter string: f(x), IS, NULL");
  EXPECT_EQ(Read("a;"), "Invalid clause(s) in filter string: a, ;");
  EXPECT_EQ(Read("a > 1; b > 'x'"),
            "Search filter contained multiple expression \"a > 1; b > 'x'\". Provide AND-ed "
            "expression list.");
}

TEST(ClausesTest, DeepAndLongTextsTakeLinearTime) {
  EXPECT_FALSE(ReadClauses(std::string(200'000, '('), ClauseQuotes::kNone).ok());
  EXPECT_FALSE(ReadClauses(std::string(200'000, '\''), ClauseQuotes::kNone).ok());
  std::string comments;
  for (int i = 0; i < 50'000; ++i) comments += "/* ";
  EXPECT_FALSE(ReadClauses(comments, ClauseQuotes::kNone).ok());
}

TEST(ClausesTest, ShownTextsArePrintableAndShort) {
  EXPECT_EQ(Shown("a 'b'"), "a 'b'");
  EXPECT_EQ(Shown("a\nb").find('\n'), std::string::npos);
  EXPECT_LT(Shown(std::string(5000, 'x')).size(), 400U);
  EXPECT_EQ(ShownInQuotes("a"), "'a'");
  EXPECT_EQ(ShownInQuotes("it's"), "\"it's\"");
}

}  // namespace
}  // namespace reeve::mlflow
