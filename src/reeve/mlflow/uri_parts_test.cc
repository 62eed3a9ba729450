#include "reeve/mlflow/uri_parts.h"

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

TEST(UriPartsTest, TakesApartWhatIsThere) {
  const UriParts whole = SplitUri("S3://User@Bucket:9/a/b?c=d#e");
  EXPECT_EQ(whole.scheme, "s3");
  EXPECT_EQ(whole.authority, "User@Bucket:9");
  EXPECT_EQ(whole.path, "/a/b");
  EXPECT_EQ(HostOf(whole.authority), "bucket");
  const UriParts bare = SplitUri("models:/loans/1");
  EXPECT_EQ(bare.scheme, "models");
  EXPECT_EQ(bare.authority, "");
  EXPECT_EQ(bare.path, "/loans/1");
  EXPECT_EQ(SplitUri("./a:b").scheme, "");
  EXPECT_EQ(SplitUri("./a:b").path, "./a:b");
  EXPECT_EQ(SplitUri("").path, "");
  EXPECT_EQ(HostOf("[::1]:80"), "[::1");
}

TEST(UriPartsTest, PathsOfThisMachineAreLocal) {
  for (const char* uri : {"/a", "a/b", "file:///a", "file://localhost/a", "file:a", ""})
    EXPECT_TRUE(IsLocalUri(SplitUri(uri))) << uri;
  for (const char* uri : {"s3://b/a", "file://host/a", "http://localhost/a", "models:/m/1"})
    EXPECT_FALSE(IsLocalUri(SplitUri(uri))) << uri;
}

TEST(UriPartsTest, EscapesWithinEscapesAreSeen) {
  EXPECT_EQ(DecodeFully("%252e%252e/a+b", false), "../a+b");
  EXPECT_EQ(DecodeFully("%252e%252e/a+b", true), "../a b");
}

TEST(UriPartsTest, SegmentsLeaveOutWhatIsEmpty) {
  EXPECT_EQ(PathSegments("//a/b//c/"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(PathSegments("/").empty());
}

}  // namespace
}  // namespace reeve::mlflow
