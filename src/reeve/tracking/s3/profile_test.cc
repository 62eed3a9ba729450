#include "reeve/tracking/s3/profile.h"

#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

using Profile = std::map<std::string, std::string>;

constexpr const char* kFile =
    "key = before any section\n"
    "[default]\r\n"
    "AWS_Access_Key_ID = AKIA1\r\n"
    "aws_secret_access_key=a/b+c==\n"
    "# aws_session_token = no\n"
    "; aws_session_token = no\n"
    "s3 =\n"
    "  addressing_style = path\n"
    "no equals\n"
    "[ profile team ]\n"
    "region = eu-west-1\n"
    "[empty]\n"
    "[default]\n"
    "region = eu-north-1\n"
    "[broken\n"
    "region = nowhere\n";

TEST(ProfileTest, HasTheSettingsOfItsSection) {
  EXPECT_EQ(FindProfile(kFile, "default"), (Profile{{"aws_access_key_id", "AKIA1"},
                                                    {"aws_secret_access_key", "a/b+c=="},
                                                    {"region", "eu-north-1"},
                                                    {"s3", ""}}));
  EXPECT_EQ(FindProfile(kFile, "profile team"), (Profile{{"region", "eu-west-1"}}));
  EXPECT_EQ(FindProfile(kFile, "empty"), Profile());
}

TEST(ProfileTest, ASectionThatIsNotThereIsNone) {
  EXPECT_EQ(FindProfile(kFile, "team"), std::nullopt);
  EXPECT_EQ(FindProfile(kFile, "broken"), std::nullopt);
  EXPECT_EQ(FindProfile("", "default"), std::nullopt);
}

}  // namespace
}  // namespace reeve::tracking
