#include "reeve/sql/postgres/placeholders.h"

#include <gtest/gtest.h>

namespace reeve::sql {
namespace {

TEST(PlaceholdersTest, AreNumberedInTheirOrder) {
  EXPECT_EQ(NumberPlaceholders("a = ? AND b IN (?,?)"), "a = $1 AND b IN ($2,$3)");
  EXPECT_EQ(NumberPlaceholders(""), "");
  EXPECT_EQ(NumberPlaceholders("?"), "$1");
}

TEST(PlaceholdersTest, NumbersAreKeptAndCountedOnFrom) {
  EXPECT_EQ(NumberPlaceholders("?2 ?1 ?12"), "$2 $1 $12");
  EXPECT_EQ(NumberPlaceholders("?3, ?, ?1, ?"), "$3, $4, $1, $5");
}

TEST(PlaceholdersTest, TextsNamesAndCommentsAreLeftAlone) {
  for (const char* text : {"'what?'", "'it''s ?'", "\"odd ? name\"", "\"a\"\"?\"", "/* ? */",
                           "-- ?\n", "'open ?", "/* open ?", "-- open ?", "'?"}) {
    EXPECT_EQ(NumberPlaceholders(text), text);
  }
  EXPECT_EQ(NumberPlaceholders("'?' = ? -- ?\n, ?"), "'?' = $1 -- ?\n, $2");
  EXPECT_EQ(NumberPlaceholders("a - ? / ? * ?"), "a - $1 / $2 * $3");
}

}  // namespace
}  // namespace reeve::sql
