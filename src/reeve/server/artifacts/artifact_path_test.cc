#include "reeve/server/artifacts/artifact_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

std::string Safe(std::string_view given) {
  const auto path = SafeArtifactPath(given);
  return path.ok() ? "ok " + *path : path.status().message();
}

TEST(SafeArtifactPathTest, TakesRelativePaths) {
  EXPECT_EQ(Safe("a.txt"), "ok a.txt");
  EXPECT_EQ(Safe("1/abc/artifacts/model/MLmodel"), "ok 1/abc/artifacts/model/MLmodel");
  EXPECT_EQ(Safe(""), "ok ");
  EXPECT_EQ(Safe("."), "ok ");
  EXPECT_EQ(Safe("a//b/./c/"), "ok a/b/c");
  EXPECT_EQ(Safe("with space/üñí/plus+and&.txt"), "ok with space/üñí/plus+and&.txt");
  EXPECT_EQ(Safe("a..b/...c"), "ok a..b/...c");
  EXPECT_EQ(Safe("100%"), "ok 100%");
  EXPECT_EQ(Safe("x:y/c:z"), "ok x:y/c:z");
  EXPECT_EQ(Safe("back\\slash"), "ok back\\slash");
}

TEST(SafeArtifactPathTest, DecodesUntilNothingChanges) {
  EXPECT_EQ(Safe("a%20b"), "ok a b");
  EXPECT_EQ(Safe("a%252520b"), "ok a b");
  EXPECT_EQ(Safe("a%252Fb"), "ok a/b");
  std::string deep = "%2e";
  for (int i = 0; i < 12; ++i) deep = "%25" + deep.substr(1);
  EXPECT_THAT(Safe(deep), testing::HasSubstr("nested too deep"));
}

TEST(SafeArtifactPathTest, RefusesWhatLeadsOut) {
  for (const char* path : {"..",
                           "../secret",
                           "a/../b",
                           "a/../../secret",
                           "a/..",
                           "%2e%2e",
                           "%2e%2e/secret",
                           "..%2fsecret",
                           "%252e%252e%252fsecret",
                           "a/%2e%2e/%2e%2e/secret",
                           ".%252e/x",
                           "/etc",
                           "/etc/passwd",
                           "//etc",
                           "%2fetc%2fpasswd",
                           "%252fetc",
                           "C:/x",
                           "c:\\x",
                           "\\\\host\\share",
                           "%5c%5chost",
                           "file:///etc/passwd",
                           "FILE:x",
                           "file%3a/etc",
                           "a#b",
                           "#",
                           "a%23b",
                           "%ff",
                           "a/%c0%ae%c0%ae/b"}) {
    const auto safe = SafeArtifactPath(path);
    ASSERT_FALSE(safe.ok()) << path;
    EXPECT_EQ(safe.status().code(), StatusCode::kInvalidArgument);
    EXPECT_TRUE(safe.status().message().starts_with("Invalid path")) << safe.status().message();
  }
}

TEST(SafeArtifactPathTest, SaysNoMoreThanMlflowOfWhatMlflowRefuses) {
  for (const char* path : {"../path", "/abs", "a#b", "file:///x", "c:\\x"})
    EXPECT_EQ(SafeArtifactPath(path).status().message(), "Invalid path") << path;
}

TEST(SafeArtifactPathTest, ControlCharactersBecomeText) {
  EXPECT_EQ(Safe("a%00b"), "ok a%00b");
  EXPECT_EQ(Safe(std::string_view("a\0b\n\x7f", 5)), "ok a%00b%0a%7f");
}

TEST(SafeArtifactPathTest, RefusesNamesThatNoDiskTakesOrThatAreReserved) {
  EXPECT_THAT(Safe("a/" + std::string(256, 'x')), testing::HasSubstr("longer than 255"));
  EXPECT_EQ(Safe(std::string(255, 'x')), "ok " + std::string(255, 'x'));
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "a/";
  EXPECT_THAT(Safe(deep), testing::HasSubstr("longer than 3500"));
  EXPECT_THAT(Safe("a/.artifact.uploading.x"), testing::HasSubstr("reserved"));
}

}  // namespace
}  // namespace reeve::server
