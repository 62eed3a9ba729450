#include "reeve/server/artifacts/artifact_destination.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

std::string NameOf(const std::string& place) {
  const auto opened = OpenArtifactDestination(place);
  return opened.ok() ? (*opened)->name() : opened.status().message();
}

// A key and no profile of whoever runs the test.
class ArtifactDestinationTest : public testing::Test {
 protected:
  ArtifactDestinationTest() {
    ::setenv("AWS_SHARED_CREDENTIALS_FILE", home_.Path("none").c_str(), 1);
    ::setenv("AWS_CONFIG_FILE", home_.Path("none").c_str(), 1);
    ::setenv("AWS_ACCESS_KEY_ID", "id", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "hunter2", 1);
  }
  ~ArtifactDestinationTest() override {
    for (const char* const name : {"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
                                   "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
      ::unsetenv(name);
  }
  TestFolder home_;
};

TEST_F(ArtifactDestinationTest, IsAFolder) {
  EXPECT_EQ(NameOf("/srv/a"), "/srv/a");
  EXPECT_EQ(NameOf("a"), AbsolutePath("a"));
  EXPECT_EQ(NameOf("file:///srv/a%20b"), "/srv/a b");
  EXPECT_FALSE((*OpenArtifactDestination("/srv/a"))->is_remote());
}

TEST_F(ArtifactDestinationTest, IsABucket) {
  EXPECT_EQ(NameOf("s3://loans/a/b/"), "s3://loans/a/b");
  EXPECT_EQ(NameOf("s3://loans"), "s3://loans");
  EXPECT_TRUE((*OpenArtifactDestination("s3://loans"))->is_remote());
}

TEST_F(ArtifactDestinationTest, AnythingElseIsSaidAtOnce) {
  for (const char* place :
       {"gs://loans/a", "s3:loans", "s3://", "s3://loans/../a", "file://host/a"})
    EXPECT_THAT(NameOf(place), HasSubstr("--artifacts-destination: ")) << place;
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
  EXPECT_THAT(NameOf("s3://loans"), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
}

}  // namespace
}  // namespace reeve::server
