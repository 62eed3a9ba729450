#include "reeve/server/artifacts/artifact_bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/server/artifacts/artifact_routes.h"
#include "reeve/server/artifacts/test_object_bucket.h"
#include "reeve/server/transport/test_client.h"
#include "reeve/server/transport/test_transport.h"

namespace reeve::server {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kProxy = "/api/2.0/mlflow-artifacts/artifacts";
constexpr std::size_t kPiece = 4 << 20;

class ArtifactBucketTest : public testing::Test {
 protected:
  ArtifactBucketTest() : transport_(Options(), Parts()), client_(transport_.port()) {}

  static TransportOptions Options() {
    TransportOptions options;
    options.threads = 1;
    options.long_threads = 2;
    options.drain_accept_seconds = 0;
    return options;
  }
  TransportParts Parts() {
    TransportParts parts;
    parts.routes = ArtifactRoutes({.repository = bucket_});
    return parts;
  }
  TestAnswer Ask(const std::string& method, const std::string& target, const std::string& body = "",
                 const std::string& headers = "") {
    client_.Send(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers +
                 "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client_.Read();
  }
  std::string& File(const std::string& key) { return objects_->files[key]; }

  const std::shared_ptr<TestObjects> objects_ = std::make_shared<TestObjects>();
  const std::shared_ptr<BucketPool> pool_ = std::make_shared<BucketPool>(
      [objects = objects_]() -> Result<std::unique_ptr<tracking::ObjectBucket>> {
        ++objects->opened;
        return std::make_unique<TestObjectBucket>(objects);
      });
  const std::shared_ptr<ArtifactBucket> bucket_ =
      std::make_shared<ArtifactBucket>(pool_, "s3://bucket/top", "top");
  RunningTransport transport_;
  TestClient client_;
};

TEST_F(ArtifactBucketTest, PutGetListDelete) {
  const auto put = Ask("PUT", kProxy + "/a%20b/c.txt", "hello");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body, "{}");
  EXPECT_EQ(File("top/a b/c.txt"), "hello");
  const auto get = Ask("GET", kProxy + "/a%20b/c.txt");
  EXPECT_EQ(get.body, "hello");
  EXPECT_EQ(get.Header("Content-Type"), "text/plain");
  EXPECT_EQ(get.Header("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(Ask("GET", kProxy + "/a%20b/c.txt", "", "If-None-Match: " + get.Header("ETag") + "\r\n")
                .status,
            304);
  EXPECT_EQ(Ask("PUT", kProxy + "/a%20b/empty").status, 200);
  EXPECT_EQ(Ask("GET", kProxy + "/a%20b/empty").body, "");
  File("top/a b/d/e") = "x";
  File("topple") = "x";
  EXPECT_EQ(Ask("GET", kProxy + "?path=a%20b").body,
            R"({"files":[{"path":"c.txt","is_dir":false,"file_size":5},)"
            R"({"path":"d","is_dir":true},{"path":"empty","is_dir":false}]})");
  EXPECT_EQ(Ask("GET", kProxy).body, R"({"files":[{"path":"a b","is_dir":true}]})");
  EXPECT_EQ(Ask("GET", kProxy + "?path=none").body, "{}");
  EXPECT_EQ(Ask("DELETE", kProxy + "/a%20b").body, "{}");
  EXPECT_EQ(objects_->files.size(), 1u);
  EXPECT_EQ(objects_->opened, 1) << "one connection for calls that come one after the other";
}

TEST_F(ArtifactBucketTest, LargeFilesComeInPiecesOfOneFile) {
  std::string content(2 * kPiece + 5, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 / 1000);
  File("top/big") = content;
  EXPECT_TRUE(Ask("GET", kProxy + "/big").body == content);
  EXPECT_THAT(objects_->calls,
              ElementsAre("read top/big 0", "read top/big 4194304", "read top/big 8388608"));
  const auto part = Ask("GET", kProxy + "/big", "", "Range: bytes=4194300-8388700\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.body == content.substr(4194300, 4194313));
  EXPECT_EQ(part.Header("Content-Range"), "bytes 4194300-8388612/8388613");
}

TEST_F(ArtifactBucketTest, RangesAreAskedOfTheBucket) {
  File("top/f") = "0123456789";
  for (const auto& [range, expected] :
       {std::pair("0-3", "0123"), std::pair("4-", "456789"), std::pair("-2", "89"),
        std::pair("0-0", "0"), std::pair("0-", "0123456789")}) {
    const auto answer =
        Ask("GET", kProxy + "/f", "", std::string("Range: bytes=") + range + "\r\n");
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.body, expected) << range;
  }
  EXPECT_EQ(Ask("GET", kProxy + "/f", "", "Range: bytes=10-\r\n").status, 416);
}

TEST_F(ArtifactBucketTest, AFileThatIsReplacedMeanwhileBreaksOff) {
  File("top/big").assign(2 * kPiece, 'a');
  const auto file = bucket_->Open("big", true);
  ASSERT_TRUE(file.ok());
  Response response;
  file->send(0, file->size, response);
  std::string piece;
  EXPECT_TRUE(response.source->Next(piece).ok());
  File("top/big").assign(2 * kPiece, 'b');
  piece.clear();
  EXPECT_EQ(response.source->Next(piece).code(), StatusCode::kUnavailable);
}

TEST_F(ArtifactBucketTest, HalfAnUploadIsNotThere) {
  {
    const auto upload = bucket_->Upload("a", 0);
    ASSERT_TRUE(upload.ok());
    EXPECT_TRUE((*upload)->Write("half").ok());
  }
  EXPECT_TRUE(objects_->calls.empty());
  objects_->failure = Status::Unavailable("away");
  EXPECT_EQ(Ask("PUT", kProxy + "/a", "all").status, 503);
  EXPECT_TRUE(objects_->files.empty());
}

TEST_F(ArtifactBucketTest, WhatIsNoFileIsSaid) {
  File("top/d/f") = "x";
  const auto folder = Ask("GET", kProxy + "/d");
  EXPECT_EQ(folder.status, 400);
  EXPECT_THAT(folder.body, HasSubstr("refers to a directory"));
  const auto none = Ask("GET", kProxy + "/none");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr("No such artifact: 'none'"));
  for (const char* path : {"/../x", "/%2e%2e/x", "/a%23b", "/.artifact.uploading.x", "/a//..//x"})
    EXPECT_EQ(Ask("PUT", kProxy + path, "x").status, 400) << path;
  EXPECT_EQ(bucket_->Delete("").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(bucket_->Upload("a/", 0).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ArtifactBucketTest, RefusalsOfTheBucketAreOurs) {
  struct Case {
    Status failure;
    int status;
    const char* code;
  };
  for (const Case& c :
       {Case{Status::RequirementUnmet("403 AccessDenied").WithFix("check the key pair"), 403,
             "PERMISSION_DENIED"},
        Case{Status::NotFound("404 NoSuchBucket"), 404, "RESOURCE_DOES_NOT_EXIST"},
        Case{Status::Unavailable("away"), 503, "TEMPORARILY_UNAVAILABLE"}}) {
    objects_->failure = c.failure;
    for (const auto& [method, target] :
         {std::pair("GET", kProxy + "/a"), std::pair("PUT", kProxy + "/a"),
          std::pair("DELETE", kProxy + "/a"), std::pair("GET", kProxy),
          std::pair("GET", std::string("/api/2.0/mlflow-artifacts/presigned/a"))}) {
      const auto answer = Ask(method, target);
      EXPECT_EQ(answer.status, c.status) << method << target;
      EXPECT_EQ(json::parse(answer.body)["error_code"], c.code);
    }
  }
}

TEST_F(ArtifactBucketTest, AFailedConnectionIsNotUsedAgain) {
  objects_->failure = Status::RequirementUnmet("expired");
  EXPECT_FALSE(bucket_->List("").ok());
  objects_->failure = Status::Ok();
  EXPECT_TRUE(bucket_->List("").ok());
  EXPECT_TRUE(bucket_->List("").ok());
  EXPECT_EQ(objects_->opened, 2);
}

TEST_F(ArtifactBucketTest, PartsGoToTheBucketItself) {
  const std::string mpu = "/api/2.0/mlflow-artifacts/mpu";
  const auto created =
      Ask("POST", mpu + "/create/run/d", R"({"path":"/home/x/big.bin","num_parts":2})");
  EXPECT_EQ(created.body,
            R"({"upload_id":"up","credentials":[)"
            R"({"url":"https://bucket/top/run/d/big.bin?up&1","part_number":1,"headers":{}},)"
            R"({"url":"https://bucket/top/run/d/big.bin?up&2","part_number":2,"headers":{}}]})");
  EXPECT_EQ(Ask("POST", mpu + "/complete/run/d",
                R"({"path":"big.bin","upload_id":"up","parts":[{"part_number":1,"etag":"a"},)"
                R"({"part_number":2,"etag":"b"}]})")
                .body,
            "{}");
  EXPECT_EQ(File("top/run/d/big.bin"), "1a2b");
  EXPECT_EQ(Ask("POST", mpu + "/abort/run/d", R"({"path":"big.bin","upload_id":"up"})").status,
            200);
  EXPECT_EQ(objects_->calls.back(), "abort top/run/d/big.bin up");
  for (const char* count : {"0", "10001", "-1"})
    EXPECT_EQ(
        Ask("POST", mpu + "/create/run/d", R"({"path":"x","num_parts":)" + std::string(count) + "}")
            .status,
        400);
  EXPECT_EQ(Ask("PUT", mpu + "/part/up/1", "x").status, 404);
}

TEST_F(ArtifactBucketTest, FilesHaveAddresses) {
  File("top/d/ü.txt") = "hello";
  const auto answer = Ask("GET", "/api/2.0/mlflow-artifacts/presigned/d/%C3%BC.txt");
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body["file_size"], 5);
  EXPECT_EQ(body["headers"], json::object());
  EXPECT_THAT(body["url"].get<std::string>(), HasSubstr("https://bucket/top/d/ü.txt?attachment"));
  EXPECT_THAT(body["url"].get<std::string>(), HasSubstr("&300"));
  EXPECT_EQ(Ask("GET", "/api/2.0/mlflow-artifacts/presigned/none").status, 404);
}

TEST_F(ArtifactBucketTest, EveryCallRunsBesideTheThreadsThatOthersWaitFor) {
  for (const Route& route : ArtifactRoutes({.repository = bucket_})) {
    if (route.open != nullptr) continue;
    EXPECT_TRUE(route.takes_long && route.takes_long({})) << route.method << route.pattern;
  }
  EXPECT_TRUE(bucket_->Below("d")->is_remote());
  EXPECT_EQ(bucket_->Below("d")->name(), "s3://bucket/top/d");
  EXPECT_EQ(ArtifactBucket(pool_, "s3://b", "").Below("d")->name(), "s3://b/d");
}

}  // namespace
}  // namespace reeve::server
