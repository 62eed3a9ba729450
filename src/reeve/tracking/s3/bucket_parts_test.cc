#include <gmock/gmock.h>

#include "reeve/tracking/http/http_client.h"
#include "reeve/tracking/s3/test_bucket.h"

namespace reeve::tracking {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class S3PartsTest : public S3BucketTest {};

TEST_F(S3PartsTest, OthersBringPartsWithoutAKey) {
  const auto bucket = Open({.tells_refusals = true});
  const auto upload = bucket->BeginParts("a b/big");
  ASSERT_TRUE(upload.ok()) << upload.status().message();
  const auto url = bucket->PartUrl("a b/big", *upload, 2);
  ASSERT_TRUE(url.ok());
  EXPECT_THAT(*url, AllOf(StartsWith(server_.uri() + "/bucket/a%20b/big?X-Amz-Algorithm="),
                          HasSubstr("&X-Amz-Expires=3600&"),
                          HasSubstr("&partNumber=2&uploadId=up%2F1"), Not(HasSubstr("hunter2"))));
  parts_["?partNumber=1"] = "one";
  ASSERT_TRUE(bucket->CompleteParts("a b/big", *upload, {{2, "\"x\""}, {7, "<"}}).ok());
  EXPECT_EQ(files_["a b/big"], "one");
  EXPECT_THAT(server_.requests().back().body,
              HasSubstr("<Part><PartNumber>7</PartNumber><ETag>&lt;</ETag></Part>"));
  EXPECT_TRUE(bucket->AbortParts("a b/big", *upload).ok());
  EXPECT_TRUE(parts_.empty());
  EXPECT_TRUE(bucket->AbortParts("a b/big", *upload).ok()) << "there is no such upload any more";
}

TEST_F(S3PartsTest, AnEndThatFailsLateIsAFailure) {
  end_ = ErrorText("InvalidPart");
  const auto bucket = Open({.tells_refusals = true});
  EXPECT_EQ(bucket->CompleteParts("big", "u", {{1, "x"}}).code(), StatusCode::kInvalidArgument);
}

TEST_F(S3PartsTest, AnAddressHoldsForAFileAndItsName) {
  const auto bucket = Open({.headers = {"x-amz-expected-bucket-owner: 12"}});
  const auto url = bucket->DownloadUrl("a/ü.txt", "attachment; filename=x", 60);
  ASSERT_TRUE(url.ok());
  EXPECT_THAT(*url, AllOf(StartsWith(server_.uri() + "/bucket/a/%C3%BC.txt?"),
                          HasSubstr("&X-Amz-Expires=60&X-Amz-SignedHeaders=host&"
                                    "response-content-disposition=attachment%3B%20filename%3Dx&"
                                    "x-amz-expected-bucket-owner=12&X-Amz-Signature=")));
}

TEST_F(S3PartsTest, AnAddressIsOfTheRegionThatTheBucketIsIn) {
  TestServer server([&](const TestRequest& request) {
    if (request.head.find("/eu-west-1/s3/") != std::string::npos)
      return TestAnswer{.body = "<ListBucketResult/>"};
    return TestAnswer{
        .status = 400,
        .body = ErrorText("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")};
  });
  const auto bucket = Open({.endpoint = server.uri()});
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(*bucket->PartUrl("a", "u", 1), HasSubstr("%2Feu-west-1%2Fs3%2F"));
  EXPECT_EQ(server.requests().size(), 2u) << "asked once, there and where it is";
}

}  // namespace
}  // namespace reeve::tracking
