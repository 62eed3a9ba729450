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

}  // namespace
}  // namespace reeve::tracking
