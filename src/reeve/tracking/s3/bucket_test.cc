#include "reeve/tracking/s3/bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/digest.h"
#include "reeve/tracking/s3/test_bucket.h"

namespace reeve::tracking {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(S3UriTest, NamesABucketAndAPath) {
  const auto location = ParseS3Uri("s3://my-bucket.x/a b/%41/ü/");
  ASSERT_TRUE(location.ok()) << location.status().message();
  EXPECT_EQ(location->bucket, "my-bucket.x");
  EXPECT_EQ(location->path, "a b/%41/ü");
  EXPECT_EQ(ParseS3Uri("s3://bucket")->path, "");
  EXPECT_EQ(ParseS3Uri("s3://bucket/")->path, "");
  for (const char* uri : {"s3:/bucket/a", "s3://", "s3:///a", "s3://user@host/a", "s3://a:80/b",
                          "s3://../b", "s3://b/../c", "s3://b/a//c", "s3://b/a?x", "s3://b/a#x",
                          "s3://b/a\nb", "S3://b/a", "s3://b/a//"})
    EXPECT_EQ(ParseS3Uri(uri).status().code(), StatusCode::kInvalidArgument) << uri;
}

TEST_F(S3BucketTest, WhatIsBroughtThereIsListedAndFetched) {
  const std::string bytes(300'000, 'x');
  const auto bucket = Open();
  ASSERT_TRUE(bucket->Upload("top/a b/ü&+?.txt", FileOf(bytes)).ok());
  ASSERT_TRUE(bucket->Upload("top/empty", FileOf("")).ok());
  EXPECT_EQ(server_.requests()[0].target, "/bucket/top/a%20b/%C3%BC%26%2B%3F.txt");
  EXPECT_THAT(server_.requests()[0].head,
              AllOf(HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=AKIA/"),
                    HasSubstr("x-amz-content-sha256: " + Sha256(bytes)), Not(HasSubstr("hunter2")),
                    Not(HasSubstr("Expect"))));
  files_["toppled"] = "x";
  files_["top/marker/"] = "";
  page_files_ = 1;
  auto files = bucket->List("top", {});
  ASSERT_TRUE(files.ok()) << files.status().message();
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].path, "a b/ü&+?.txt");
  EXPECT_EQ((*files)[0].bytes, 300'000u);
  EXPECT_EQ((*files)[1].path, "empty");
  EXPECT_TRUE(bucket->List("none", {})->empty());
  EXPECT_EQ(bucket->List("", {})->size(), 3u);
  std::string text;
  EXPECT_TRUE(Download("top/a b/ü&+?.txt", text).ok());
  EXPECT_EQ(text, bytes);
  EXPECT_EQ(Download("top/none", text).code(), StatusCode::kNotFound);
}

TEST_F(S3BucketTest, LargeFilesGoInParts) {
  const std::string bytes = std::string(10, 'a') + std::string(10, 'b') + "c";
  ASSERT_TRUE(Open({.upload_headers = {"x-amz-acl: private"}, .part_bytes = 10})
                  ->Upload("big", FileOf(bytes))
                  .ok());
  EXPECT_EQ(files_["big"], bytes);
  std::vector<std::string> asked;
  for (const TestRequest& request : server_.requests())
    asked.push_back(request.method + " " + request.target);
  EXPECT_THAT(asked, ElementsAre("POST /bucket/big?uploads=",
                                 "PUT /bucket/big?partNumber=1&uploadId=up%2F1",
                                 "PUT /bucket/big?partNumber=2&uploadId=up%2F1",
                                 "PUT /bucket/big?partNumber=3&uploadId=up%2F1",
                                 "POST /bucket/big?uploadId=up%2F1"));
  EXPECT_THAT(server_.requests()[0].head,
              AllOf(HasSubstr("x-amz-acl: private\r\n"), HasSubstr("Content-Length: 0\r\n")));
  EXPECT_THAT(server_.requests()[1].head, Not(HasSubstr("x-amz-acl")));
  EXPECT_THAT(server_.requests()[4].body,
              HasSubstr("<PartNumber>3</PartNumber><ETag>&quot;" + Sha256("c").substr(0, 8)));
}

TEST_F(S3BucketTest, AnUploadThatFailsInTheEndIsTakenBack) {
  end_ = ErrorText("InternalError");
  const Status status = Open({.part_bytes = 2})->Upload("big", FileOf("abc"));
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("InternalError"));
  EXPECT_EQ(server_.requests().back().method + " " + server_.requests().back().target,
            "DELETE /bucket/big?uploadId=up%2F1");
  EXPECT_FALSE(files_.contains("big"));
}

TEST_F(S3BucketTest, RefusalsSayWhatAndWhyWithoutSecrets) {
  struct Case {
    int status;
    const char* code;
    StatusCode expected;
    const char* fix;
  };
  for (const Case& c :
       {Case{403, "AccessDenied", StatusCode::kUnavailable, "AWS_ACCESS_KEY_ID"},
        Case{403, "RequestTimeTooSkewed", StatusCode::kUnavailable, "clock"},
        Case{404, "NoSuchBucket", StatusCode::kUnavailable, "MLFLOW_S3_ENDPOINT_URL"}}) {
    refusal_ = ErrorText(c.code);
    refusal_status_ = c.status;
    const Status status = Open()->Check("top");
    EXPECT_EQ(status.code(), c.expected);
    EXPECT_THAT(status.message(),
                AllOf(HasSubstr("S3 bucket \"bucket\" of \"" + server_.uri() + "\""),
                      HasSubstr(std::to_string(c.status) + " " + c.code + ": \"It is " + c.code),
                      Not(HasSubstr("hunter2"))));
    ASSERT_FALSE(status.fixes().empty());
    EXPECT_THAT(status.fixes()[0], HasSubstr(c.fix));
  }
  refusal_ = "<html>";
  refusal_status_ = 200;
  EXPECT_THAT(Open()->Check("").message(), HasSubstr("cannot be read"));
}

TEST_F(S3BucketTest, ABucketInAnotherRegionIsAskedThere) {
  bool by_header = false;
  TestServer server([&](const TestRequest& request) {
    if (request.head.find("/eu-west-1/s3/") != std::string::npos) return TestAnswer{};
    if (by_header)
      return TestAnswer{.status = 301, .headers = "x-amz-bucket-region: eu-west-1\r\n"};
    return TestAnswer{
        .status = 400,
        .body = ErrorText("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")};
  });
  for (const bool header : {false, true}) {
    by_header = header;
    const auto bucket = Open({.endpoint = server.uri()});
    ASSERT_TRUE(bucket->Upload("a", FileOf("x")).ok());
    const std::size_t before = server.requests().size();
    ASSERT_TRUE(bucket->Upload("b", FileOf("y")).ok());
    EXPECT_EQ(server.requests().size(), before + 1) << "it is known then";
  }
  refusal_ = ErrorText("AuthorizationHeaderMalformed", "<Region>eu.evil.example/</Region>");
  refusal_status_ = 400;
  EXPECT_FALSE(Open()->Upload("a", FileOf("x")).ok());
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(S3BucketTest, NamesThatLeadOutOfTheFolderAreRefused) {
  for (const char* key : {"top/../x", "top//x", "top/a\\b", "top/./x"}) {
    files_ = {{key, "x"}};
    EXPECT_EQ(Open()->List("top", {}).status().code(), StatusCode::kCorrupt) << key;
  }
  files_ = {{"top/a/b/c", "x"}, {"top/d", ""}};
  EXPECT_THAT(Open()->List("top", {.depth = 1}).status().message(), HasSubstr("deeper than 1"));
  EXPECT_THAT(Open()->List("top", {.files = 1}).status().message(), HasSubstr("more than 1"));
  // Another folder's files, which were not asked for.
  refusal_ = "<ListBucketResult><Contents><Key>x</Key><Size>1</Size></Contents></ListBucketResult>";
  refusal_status_ = 200;
  EXPECT_EQ(Open()->List("top", {}).status().code(), StatusCode::kCorrupt);
}

TEST_F(S3BucketTest, TheNameOfTheBucketIsPartOfHostOrPath) {
  const auto said = [&](const std::string& bucket, const S3Settings& settings) {
    // The connection is refused before a name is asked for: the proxy is not there.
    ::setenv("https_proxy", "http://127.0.0.1:1", 1);
    const Result<std::unique_ptr<S3Bucket>> opened = S3Bucket::Open(bucket, settings, {});
    const std::string message =
        opened.ok() ? (*opened)->Check("").message() : opened.status().message();
    ::unsetenv("https_proxy");
    const std::size_t at = message.find("https://");
    return message.substr(at, message.find('"', at) - at);
  };
  EXPECT_EQ(said("loans", {}), "https://loans.s3.us-east-1.amazonaws.com");
  EXPECT_EQ(said("loans.of.ours", {}), "https://s3.us-east-1.amazonaws.com/loans.of.ours");
  EXPECT_EQ(said("Loans_1", {}), "https://s3.us-east-1.amazonaws.com/Loans_1");
  EXPECT_EQ(said("loans", {.region = "cn-north-1"}),
            "https://loans.s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(said("loans", {.addressing = S3Addressing::kPath}),
            "https://s3.us-east-1.amazonaws.com/loans");
  EXPECT_EQ(said("loans", {.endpoint = "https://minio.invalid:9000/s3"}),
            "https://minio.invalid:9000/s3/loans");
  EXPECT_EQ(
      said("loans", {.endpoint = "https://minio.invalid", .addressing = S3Addressing::kVirtual}),
      "https://loans.minio.invalid");
}

}  // namespace
}  // namespace reeve::tracking
