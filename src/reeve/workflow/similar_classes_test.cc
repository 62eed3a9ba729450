#include "reeve/workflow/similar_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::workflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(SimilarClassesTest, FindsOneClassInTwoSpellings) {
  EXPECT_THAT(SimilarClasses({"0", "1", "no", "yes"}),
              ElementsAre(Pair("0", "no"), Pair("1", "yes")));
  EXPECT_THAT(SimilarClasses({"Rejected", "approved", "rejected"}),
              ElementsAre(Pair("Rejected", "rejected")));
  EXPECT_THAT(SimilarClasses({"True", "true", "t"}),
              ElementsAre(Pair("True", "true"), Pair("True", "t")));
}

TEST(SimilarClassesTest, LeavesDistinctClassesAlone) {
  EXPECT_THAT(SimilarClasses({"no", "yes"}), IsEmpty());
  EXPECT_THAT(SimilarClasses({"0", "1", "2"}), IsEmpty());
  EXPECT_THAT(SimilarClasses({"a", "ab", "b"}), IsEmpty());
}

}  // namespace
}  // namespace reeve::workflow
