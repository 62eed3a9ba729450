#include "reeve/tracking/s3/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/digest.h"

namespace reeve::tracking {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::int64_t kMay24 = 1'369'353'600'000;  // 2013-05-24T00:00:00Z

std::vector<std::string> Sign(const HttpRequest& request, const std::string& body,
                              const std::string& server = "https://examplebucket.s3.amazonaws.com",
                              const std::string& token = "") {
  const S3Key key{.id = "AKIAIOSFODNN7EXAMPLE",
                  .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                  .session_token = token};
  return SignS3Request(key, "us-east-1", *ParseServerUrl(server), request, Sha256(body), kMay24);
}

// The four examples of Amazon's "Authenticating Requests: Using the Authorization Header".
TEST(SignatureTest, AmazonsExamples) {
  const std::vector<std::string> get =
      Sign({.path = "/test.txt", .headers = {"Range: bytes=0-9"}}, "");
  EXPECT_EQ(get.back(),
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
            "aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature="
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_THAT(get, Contains("x-amz-date: 20130524T000000Z"));
  EXPECT_THAT(get, Contains("x-amz-content-sha256: " + Sha256("")));
  EXPECT_THAT(Sign({.method = "PUT",
                    .path = "/test%24file.text",
                    .headers = {"Date: Fri, 24 May 2013 00:00:00 GMT",
                                "x-amz-storage-class: REDUCED_REDUNDANCY"}},
                   "Welcome to Amazon S3.")
                  .back(),
              EndsWith("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
  EXPECT_THAT(Sign({.path = "/?lifecycle="}, "").back(),
              EndsWith("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  EXPECT_THAT(Sign({.path = "/?max-keys=2&prefix=J"}, "").back(),
              EndsWith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(SignatureTest, TheBucketMayBePartOfThePathAndThePortOfTheHost) {
  // The same canonical request, whoever holds the path.
  EXPECT_EQ(Sign({.path = "/a"}, "", "http://host/bucket").back(),
            Sign({.path = "/bucket/a"}, "", "http://host:80").back());
  EXPECT_EQ(Sign({.path = "/a"}, "", "https://host").back(),
            Sign({.path = "/a"}, "", "https://host:443").back());
  EXPECT_NE(Sign({.path = "/a"}, "", "https://host").back(),
            Sign({.path = "/a"}, "", "https://host:9000").back());
}

TEST(SignatureTest, ATokenIsSentAndSigned) {
  const std::vector<std::string> lines = Sign({.path = "/"}, "", "https://host", "token");
  EXPECT_THAT(lines, Contains("x-amz-security-token: token"));
  EXPECT_THAT(lines.back(), HasSubstr("x-amz-date;x-amz-security-token,"));
}

// The example of Amazon's "Authenticating Requests: Using Query Parameters".
TEST(SignatureTest, AmazonsExampleOfAnAddress) {
  const S3Key key{.id = "AKIAIOSFODNN7EXAMPLE",
                  .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
  const ServerUrl server = *ParseServerUrl("https://examplebucket.s3.amazonaws.com");
  EXPECT_EQ(PresignS3Url({.key = key, .region = "us-east-1", .seconds = 86'400}, server,
                         {.path = "/test.txt"}, kMay24),
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SignatureTest, AnAddressHasTheTokenAndWhatTheRequestSays) {
  const S3Key key{.id = "id", .secret = "secret", .session_token = "a+b"};
  const std::string url = PresignS3Url(
      {.key = key, .region = "r"}, *ParseServerUrl("http://host:9000/base"),
      {.path = "/a%20b?uploadId=x%2F", .headers = {"x-amz-acl: private or so"}}, kMay24);
  EXPECT_EQ(url.substr(0, url.find('?')), "http://host:9000/base/a%20b");
  EXPECT_THAT(url, HasSubstr("&X-Amz-Security-Token=a%2Bb&X-Amz-SignedHeaders=host&uploadId=x%2F&"
                             "x-amz-acl=private%20or%20so&X-Amz-Signature="));
}

}  // namespace
}  // namespace reeve::tracking
