#include "reeve/inference/category_list.h"

#include <array>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/inference/category_index.h"

namespace reeve::inference {
namespace {

std::string AnyText(Random& random, std::size_t most) {
  std::string text(random.Below(most + 1), 'a');
  // Zeros, too: behind a text they look like nothing.
  for (char& c : text) c = static_cast<char>(random.Below(2));
  return text;
}

TEST(CategoryListTest, FindsWhatAnIndexFinds) {
  Random random(4);
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::string> list, texts;
    for (std::uint64_t left = random.Below(CategoryList::kMostTexts + 1); left > 0; --left)
      list.push_back(AnyText(random, random.Below(2) == 0 ? 4 : CategoryList::kMostBytes));
    for (std::uint64_t left = random.Below(CategoryList::kMostRows + 1); left > 0; --left) {
      const bool is_listed = !list.empty() && random.Below(2) == 0;
      texts.push_back(is_listed ? list[random.Below(list.size())] : AnyText(random, 20));
    }
    std::vector<std::string_view> views(texts.begin(), texts.end());
    std::vector<contract::TextHead> heads;
    for (const std::string& text : texts) heads.push_back(contract::TextHead::Of(text));
    std::array<std::int32_t, CategoryList::kMostRows> numbers;
    const std::uint64_t unknown = CategoryList(list).Find(views, heads, numbers.data());
    const CategoryIndex index(list);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      ASSERT_EQ(numbers[row], index.Find(texts[row]));
      ASSERT_EQ(unknown >> row & 1, numbers[row] < 0 ? 1U : 0U);
    }
  }
}

TEST(CategoryListTest, LongListsAndTextsAreNotTaken) {
  const std::vector<std::string> longer = {std::string(CategoryList::kMostBytes + 1, 'a')};
  EXPECT_FALSE(CategoryList::Takes(longer));
  EXPECT_FALSE(CategoryList::Takes(std::vector<std::string>(CategoryList::kMostTexts + 1)));
}

}  // namespace
}  // namespace reeve::inference
