#include "reeve/mlflow/search/text_list.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/mlflow/search/filter.h"

namespace reeve::mlflow {
namespace {

using Texts = std::vector<std::string>;

TEST(TextListTest, ReadsTexts) {
  EXPECT_EQ(*ReadTextList("('a')"), Texts{"a"});
  EXPECT_EQ(*ReadTextList("( 'a' ,\"b\", )"), (Texts{"a", "b"}));
  EXPECT_EQ(*ReadTextList("('a' 'b', '')"), (Texts{"ab", ""}));
  EXPECT_EQ(*ReadTextList(R"(('it\'s', 'a\\b\n', '\d'))"), (Texts{"it's", "a\\b\n", "\\d"}));
  EXPECT_EQ(*ReadTextList("('a,b', '(')"), (Texts{"a,b", "("}));
}

TEST(TextListTest, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) { return ReadTextList(text).status().message(); };
  EXPECT_NE(message("()").find("but got empty list"), std::string::npos);
  EXPECT_NE(message("(1, 2)").find("different type in list: (1, 2)"), std::string::npos);
  EXPECT_NE(message("('a', 2)").find("different type in list"), std::string::npos);
  EXPECT_NE(message("(('a'))").find("different type in list"), std::string::npos);
  for (const char* const text :
       {"(,)", "(a)", "('a'", "('a)", "('a'),", "'a'", "('a',, 'b')", ""}) {
    EXPECT_NE(message(text).find("ill-formed list"), std::string::npos) << text;
  }
}

TEST(TextListTest, RefusesMoreThanAStatementCanBind) {
  std::string text = "('a'";
  for (std::size_t i = 1; i < kMostListed; ++i) text += ",'a'";
  EXPECT_EQ(ReadTextList(text + ")")->size(), kMostListed);
  EXPECT_FALSE(ReadTextList(text + ",'a')").ok());
}

}  // namespace
}  // namespace reeve::mlflow
