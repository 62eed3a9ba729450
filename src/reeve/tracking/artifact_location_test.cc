#include "reeve/tracking/artifact_location.h"

#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

TEST(LocalPathTest, FindsPlacesOnThisDisk) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/data/mlruns/0", "/data/mlruns/0"},
      {"mlruns/0", "/store/mlruns/0"},
      {"./mlruns/0", "/store/mlruns/0"},
      {"runs/with:colon", "/store/runs/with:colon"},
      {"file:///data/mlruns", "/data/mlruns"},
      {"file:/data/mlruns", "/data/mlruns"},
      {"file://localhost/data", "/data"},
      {"file:mlruns/0", "/store/mlruns/0"},
      {"file:///with%20blank/%C3%A4", "/with blank/\xC3\xA4"},
      {"file:///100%", "/100%"},
      {"file:///%zz", "/%zz"},
      {"mlflow-artifacts:/0/abc", "/store/mlartifacts/0/abc"},
      {"mlflow-artifacts:///0/abc", "/store/mlartifacts/0/abc"},
      {"mlflow-artifacts:/", "/store/mlartifacts"},
  };
  for (const auto& [uri, path] : cases) {
    const Result<std::string> local = LocalPath(uri, "/store");
    ASSERT_TRUE(local.ok()) << uri << ": " << local.status().message();
    EXPECT_EQ(*local, path) << uri;
  }
}

TEST(LocalPathTest, OtherSchemesAreUnavailable) {
  for (const char* uri : {"s3://bucket/x", "gs://bucket/x", "http://host/x", "dbfs:/x",
                          "wasbs://x@y/z", "models:/m-1", "FTP:x"}) {
    const Result<std::string> local = LocalPath(uri, "/store");
    ASSERT_FALSE(local.ok()) << uri;
    EXPECT_EQ(local.status().code(), StatusCode::kUnavailable) << uri;
    EXPECT_NE(local.status().message().find("expected file: or a path"), std::string::npos);
  }
}

TEST(LocalPathTest, OtherHostsAreUnavailable) {
  for (const char* uri : {"file://host/share/x", "mlflow-artifacts://host:5000/0/abc"}) {
    const Result<std::string> local = LocalPath(uri, "/store");
    ASSERT_FALSE(local.ok()) << uri << " is " << *local;
    EXPECT_EQ(local.status().code(), StatusCode::kUnavailable) << uri;
  }
}

TEST(LocalPathTest, PathsThatClimbAreRefused) {
  for (const char* uri :
       {"..", "../x", "/a/../b", "a/..", "file:///a/../../etc", "file:///a/%2e%2E/b",
        "mlflow-artifacts:/../x", "mlflow-artifacts:/a/%2e%2e/x"}) {
    const Result<std::string> local = LocalPath(uri, "/store");
    ASSERT_FALSE(local.ok()) << uri << " is " << *local;
    EXPECT_EQ(local.status().code(), StatusCode::kInvalidArgument) << uri;
  }
  EXPECT_TRUE(LocalPath("/a/..b/c..", "/store").ok());
}

TEST(LocalPathTest, EmptyLocationsAndZeroBytesAreRefused) {
  for (const std::string& uri :
       {std::string(), std::string("file:///a%00b"), std::string("/a\0b", 4)}) {
    const Result<std::string> local = LocalPath(uri, "/store");
    ASSERT_FALSE(local.ok()) << uri << " is " << *local;
    EXPECT_EQ(local.status().code(), StatusCode::kInvalidArgument) << uri;
  }
}

TEST(FileUriTest, EscapesWhatIsNotPlain) {
  EXPECT_EQ(FileUri("/a/b-c_d.e~f/0"), "file:///a/b-c_d.e~f/0");
  EXPECT_EQ(FileUri("/a b/c#d?e%f"), "file:///a%20b/c%23d%3Fe%25f");
  EXPECT_EQ(FileUri("/\xC3\xA4"), "file:///%C3%A4");
}

TEST(FileUriTest, LocalPathReadsEveryByteBack) {
  std::string path = "/x";
  for (int byte = 1; byte < 256; ++byte) path += static_cast<char>(byte);
  const Result<std::string> back = LocalPath(FileUri(path), "/store");
  ASSERT_TRUE(back.ok()) << back.status().message();
  EXPECT_EQ(*back, path);
}

TEST(JoinUriTest, PutsOneSlashBetween) {
  EXPECT_EQ(JoinUri("file:///a", "b"), "file:///a/b");
  EXPECT_EQ(JoinUri("file:///a/", "b"), "file:///a/b");
  EXPECT_EQ(JoinUri("s3://bucket", "b/c"), "s3://bucket/b/c");
}

}  // namespace
}  // namespace reeve::tracking
