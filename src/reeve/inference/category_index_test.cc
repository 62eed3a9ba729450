#include "reeve/inference/category_index.h"

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::inference {
namespace {

TEST(CategoryIndexTest, FindsTextsOfAnyLengthAndNoOthers) {
  Random random(3);
  std::vector<std::string> texts;
  for (std::size_t length = 0; length < 70; ++length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(random.Below(256));
    texts.push_back(text);
  }
  const CategoryIndex index(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(index.Find(texts[i]), static_cast<std::int32_t>(i));
    for (std::size_t at = 0; at < texts[i].size(); ++at) {
      std::string other = texts[i];
      other[at] = static_cast<char>(other[at] ^ 1);
      EXPECT_NE(index.Find(other), static_cast<std::int32_t>(i));
    }
    EXPECT_EQ(index.Find(texts[i] + "~~"), CategoryIndex::kUnknown);
  }
}

TEST(CategoryIndexTest, OfEqualTextsTheFirstCounts) {
  const CategoryIndex index({"a", "b", "a", "c"});
  EXPECT_EQ(index.Find("a"), 0);
  EXPECT_EQ(index.Find("c"), 3);
}

TEST(CategoryIndexTest, AnEmptyListKnowsNothing) {
  EXPECT_EQ(CategoryIndex().Find(""), CategoryIndex::kUnknown);
  EXPECT_EQ(CategoryIndex().Find("x"), CategoryIndex::kUnknown);
}

TEST(CategoryIndexTest, TenThousandTexts) {
  std::vector<std::string> texts;
  for (int i = 0; i < 10'000; ++i) texts.push_back("category " + std::to_string(i * 7));
  const CategoryIndex index(texts);
  for (std::size_t i = 0; i < texts.size(); ++i)
    ASSERT_EQ(index.Find(texts[i]), static_cast<std::int32_t>(i));
  EXPECT_EQ(index.Find("category 1"), CategoryIndex::kUnknown);
}

}  // namespace
}  // namespace reeve::inference
