#include "reeve/tracking/object_bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/tracking/http/test_server.h"
#include "reeve/tracking/s3/test_environment.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;

TEST(ObjectBucketTest, IsNamedByItsAddress) {
  const auto location = ParseBucketUri("s3://loans/a/b/");
  ASSERT_TRUE(location.ok());
  EXPECT_EQ(location->bucket, "loans");
  EXPECT_EQ(location->path, "a/b");
  EXPECT_EQ(ParseBucketUri("gs://loans/a").status().code(), StatusCode::kInvalidArgument);
}

TEST(ObjectBucketTest, IsFoundByTheEnvironment) {
  const TestFolder home;
  TestS3Environment environment(home.Path());
  EXPECT_THAT(OpenObjectBucket("loans").status().message(), HasSubstr("no key pair for S3"));
  TestServer server([](const TestRequest&) {
    return TestAnswer{.status = 403, .body = "<Error><Code>AccessDenied</Code></Error>"};
  });
  environment.Set("MLFLOW_S3_ENDPOINT_URL", server.uri());
  environment.Set("AWS_ACCESS_KEY_ID", "id");
  environment.Set("AWS_SECRET_ACCESS_KEY", "secret");
  const auto bucket = OpenObjectBucket("loans");
  ASSERT_TRUE(bucket.ok()) << bucket.status().message();
  EXPECT_EQ((*bucket)->Check("").code(), StatusCode::kRequirementUnmet);
  EXPECT_THAT(server.requests().at(0).target, HasSubstr("/loans/?list-type=2"));
}

}  // namespace
}  // namespace reeve::tracking
