#include "reeve/contract/warning.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"

namespace reeve::contract {
namespace {

TEST(WarningTest, EveryCodeStandsOnceAndHasAdvice) {
  std::set<std::string_view> codes;
  for (const WarningInfo& info : AllWarnings()) {
    EXPECT_TRUE(codes.insert(info.code).second) << info.code;
    EXPECT_FALSE(info.fix.empty()) << info.code;
  }
}

TEST(WarningTest, TheGuideExplainsEveryCode) {
  const auto guide =
      FileSystem::System().Read(std::string(REEVE_SOURCE_DIR) + "/docs/guide/warnings.md", 1 << 20);
  ASSERT_TRUE(guide.ok()) << guide.status().message();
  for (const WarningInfo& info : AllWarnings())
    EXPECT_THAT(*guide, testing::HasSubstr("`" + std::string(info.code) + "`"));
}

TEST(WarningTest, UnknownCodesAreRefusedWithTheNearest) {
  EXPECT_TRUE(IgnoredWarnings({"tiny_class", "leak_suspected:score: old"}).Validate().ok());
  const Status status = IgnoredWarnings({"leak_suspect:score"}).Validate();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), testing::HasSubstr("leak_suspected"));
}

TEST(WarningTest, IgnoredOnesAreLeftOutEverywhereOrForOneColumn) {
  const IgnoredWarnings ignored({"tiny_class", "leak_suspected:score"});
  EXPECT_TRUE(ignored.Covers("tiny_class"));
  EXPECT_FALSE(ignored.Covers("leak_suspected"));
  const auto kept = FinishWarnings({{"tiny_class", "y", "a"},
                                    {"leak_suspected", "score", "b"},
                                    {"leak_suspected", "other", "c"},
                                    {"overfit", "", "d", "Do this."}},
                                   ignored);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].column, "other");
  EXPECT_THAT(kept[0].fix, testing::HasSubstr("--drop"));
  EXPECT_EQ(kept[1].fix, "Do this.");
}

}  // namespace
}  // namespace reeve::contract
