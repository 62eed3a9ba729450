#include "reeve/tracking/s3/settings.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/tracking/s3/test_environment.h"

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class S3SettingsTest : public ::testing::Test {
 protected:
  void SetKey() {
    environment_.Set("AWS_ACCESS_KEY_ID", "AKIA");
    environment_.Set("AWS_SECRET_ACCESS_KEY", "hunter2");
  }
  void WriteFile(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(folder_.Path(".aws"));
    std::ofstream(folder_.Path(".aws/" + name)) << text;
  }
  static std::string Refusal() {
    const Status status = S3SettingsFromEnvironment().status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status.message();
    EXPECT_THAT(status.message(), Not(HasSubstr("hunter2")));
    return status.message();
  }

  TestFolder folder_;
  TestS3Environment environment_{folder_.Path()};
};

TEST_F(S3SettingsTest, AKeyPairOfTheEnvironmentIsEnough) {
  SetKey();
  const auto settings = S3SettingsFromEnvironment();
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->key.id, "AKIA");
  EXPECT_EQ(settings->key.secret, "hunter2");
  EXPECT_EQ(settings->region, "us-east-1");
  EXPECT_EQ(settings->endpoint, "");
  EXPECT_EQ(settings->addressing, S3Addressing::kAuto);
  EXPECT_FALSE(settings->trusts_anyone);
}

TEST_F(S3SettingsTest, TheVariablesOfBotoAndMlflowAreRead) {
  SetKey();
  environment_.Set("AWS_SESSION_TOKEN", "t");
  environment_.Set("AWS_DEFAULT_REGION", "eu-west-1");
  environment_.Set("AWS_ENDPOINT_URL", "http://third");
  EXPECT_EQ(S3SettingsFromEnvironment()->endpoint, "http://third");
  environment_.Set("AWS_ENDPOINT_URL_S3", "http://user:hunter2@second/");
  EXPECT_EQ(S3SettingsFromEnvironment()->endpoint, "http://second");
  environment_.Set("MLFLOW_S3_ENDPOINT_URL", "https://first:9000");
  EXPECT_EQ(S3SettingsFromEnvironment()->region, "eu-west-1");
  environment_.Set("AWS_REGION", "eu-north-1");
  environment_.Set("AWS_CA_BUNDLE", "/ca.pem");
  environment_.Set("MLFLOW_S3_IGNORE_TLS", "true");
  environment_.Set("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", "virtual");
  environment_.Set("MLFLOW_S3_EXPECTED_BUCKET_OWNER", "111122223333");
  environment_.Set("MLFLOW_S3_UPLOAD_EXTRA_ARGS",
                   R"({"ServerSideEncryption":"aws:kms","BucketKeyEnabled":true})");
  const auto settings = S3SettingsFromEnvironment();
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->key.session_token, "t");
  EXPECT_EQ(settings->endpoint, "https://first:9000");
  EXPECT_EQ(settings->region, "eu-north-1");
  EXPECT_EQ(settings->authority_file, "/ca.pem");
  EXPECT_TRUE(settings->trusts_anyone);
  EXPECT_EQ(settings->addressing, S3Addressing::kVirtual);
  EXPECT_THAT(settings->headers, ElementsAre("x-amz-expected-bucket-owner: 111122223333"));
  EXPECT_THAT(settings->upload_headers,
              ElementsAre("x-amz-server-side-encryption: aws:kms",
                          "x-amz-server-side-encryption-bucket-key-enabled: true"));
}

TEST_F(S3SettingsTest, AProfileHasAKeyPairRegionAndEndpoint) {
  WriteFile("credentials",
            "[default]\naws_access_key_id=one\naws_secret_access_key=s1\n"
            "[team]\naws_access_key_id=two\naws_secret_access_key=s2\naws_session_token=t2\n");
  WriteFile("config",
            "[default]\nregion=eu-west-1\n"
            "[profile team]\nregion=eu-west-2\naws_access_key_id=never\nendpoint_url=http://here\n"
            "[profile only]\naws_access_key_id=three\naws_secret_access_key=s3\n");
  EXPECT_EQ(S3SettingsFromEnvironment()->key.id, "one");
  EXPECT_EQ(S3SettingsFromEnvironment()->region, "eu-west-1");
  environment_.Set("AWS_PROFILE", "team");
  const auto team = S3SettingsFromEnvironment();
  ASSERT_TRUE(team.ok()) << team.status().message();
  EXPECT_EQ(team->key.id, "two");
  EXPECT_EQ(team->key.secret, "s2");
  EXPECT_EQ(team->key.session_token, "t2");
  EXPECT_EQ(team->region, "eu-west-2");
  EXPECT_EQ(team->endpoint, "http://here");
  environment_.Set("AWS_PROFILE", "only");
  EXPECT_EQ(S3SettingsFromEnvironment()->key.id, "three");
  SetKey();
  environment_.Set("AWS_SESSION_TOKEN", "");
  EXPECT_EQ(S3SettingsFromEnvironment()->key.id, "AKIA") << "the environment counts before files";
  environment_.Set("AWS_PROFILE", "nobody");
  EXPECT_THAT(Refusal(), HasSubstr("profile \"nobody\" of AWS_PROFILE is neither in"));
}

TEST_F(S3SettingsTest, FilesMayLieElsewhere) {
  std::ofstream(folder_.Path("mine"))
      << "[default]\naws_access_key_id=x\naws_secret_access_key=y\n";
  environment_.Set("AWS_SHARED_CREDENTIALS_FILE", folder_.Path("mine"));
  EXPECT_EQ(S3SettingsFromEnvironment()->key.id, "x");
}

TEST_F(S3SettingsTest, WithoutAKeyPairItSaysWhereOneIsExpected) {
  const Status status = S3SettingsFromEnvironment().status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr(folder_.Path(".aws/credentials")));
  ASSERT_EQ(status.fixes().size(), 2u);
  EXPECT_THAT(status.fixes()[1], HasSubstr("aws configure export-credentials"));
  environment_.Set("AWS_SECRET_ACCESS_KEY", "hunter2");
  EXPECT_THAT(Refusal(), HasSubstr("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not"));
}

TEST_F(S3SettingsTest, ValuesThatCannotBeUsedAreRefused) {
  SetKey();
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"AWS_REGION", "eu.evil.example/"},
      {"MLFLOW_S3_ENDPOINT_URL", "ftp://host"},
      {"AWS_ENDPOINT_URL", "http://user:hunter2@host:port"},
      {"MLFLOW_S3_IGNORE_TLS", "maybe"},
      {"MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", "other"},
      {"MLFLOW_S3_EXPECTED_BUCKET_OWNER", "1\r\nx: y"},
      {"MLFLOW_S3_UPLOAD_EXTRA_ARGS", "text"},
      {"MLFLOW_S3_UPLOAD_EXTRA_ARGS", R"({"SSECustomerKey":"k"})"},
      {"MLFLOW_S3_UPLOAD_EXTRA_ARGS", R"({"ACL":"a\r\nb"})"},
      {"AWS_SESSION_TOKEN", "a\nb"}};
  for (const auto& [name, value] : wrong) {
    environment_.Set(name, value);
    EXPECT_FALSE(Refusal().empty()) << name << " " << value;
    environment_.Set(name, "");
  }
  EXPECT_TRUE(S3SettingsFromEnvironment().ok());
}

}  // namespace
}  // namespace reeve::tracking
