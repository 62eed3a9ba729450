#include "reeve/tracking/s3/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

TEST(S3DocumentsTest, AListingHasItsFilesAndHowItGoesOn) {
  const auto last = ParseS3Listing(
      "<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated><Contents><Key>a&amp;b</Key>"
      "<ETag>&quot;x&quot;</ETag><Size>7</Size></Contents><Contents><Key>c/</Key><Size>0</Size>"
      "</Contents></ListBucketResult>");
  ASSERT_TRUE(last.ok()) << last.status().message();
  ASSERT_EQ(last->objects.size(), 2u);
  EXPECT_EQ(last->objects[0].key, "a&b");
  EXPECT_EQ(last->objects[0].bytes, 7u);
  EXPECT_EQ(last->next, "");
  const auto first = ParseS3Listing(
      "<ListBucketResult><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>1+/=</NextContinuationToken></ListBucketResult>");
  EXPECT_EQ(first->next, "1+/=");
}

TEST(S3DocumentsTest, ListingsThatAreNoneAreRefused) {
  for (const char* text :
       {"{}", "<html></html>", "<Error><Code>x</Code></Error>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>"})
    EXPECT_EQ(ParseS3Listing(text).status().code(), StatusCode::kCorrupt) << text;
}

TEST(S3DocumentsTest, ErrorsSayWhatWentWrongOrNothing) {
  const S3Error error = ParseS3Error(
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>wrong region</Message>"
      "<Region>eu-west-1</Region></Error>");
  EXPECT_EQ(error.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(error.message, "wrong region");
  EXPECT_EQ(error.region, "eu-west-1");
  for (const char* text : {"", "Bad gateway", "<html><Code>x</Code></html>"})
    EXPECT_EQ(ParseS3Error(text).code, "") << text;
}

TEST(S3DocumentsTest, UploadsHaveAnIdAndEndWithTheirParts) {
  EXPECT_EQ(*ParseUploadId("<InitiateMultipartUploadResult><UploadId>a.b-c</UploadId>"
                           "</InitiateMultipartUploadResult>"),
            "a.b-c");
  EXPECT_FALSE(ParseUploadId("<InitiateMultipartUploadResult/>").ok());
  EXPECT_EQ(CompletionOf({{1, "\"1\""}, {2, "<"}}),
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Part><PartNumber>1</PartNumber><ETag>&quot;1&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>&lt;</ETag></Part></CompleteMultipartUpload>");
}

}  // namespace
}  // namespace reeve::tracking
