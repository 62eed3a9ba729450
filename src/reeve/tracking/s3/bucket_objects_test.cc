#include <gmock/gmock.h>

#include "reeve/tracking/s3/test_bucket.h"

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class S3ObjectsTest : public S3BucketTest {
 protected:
  std::unique_ptr<S3Bucket> OpenForServer() { return Open({.tells_refusals = true}); }
  // "name/" for folders, "name bytes" for files.
  std::vector<std::string> Names(const std::string& folder) {
    const auto entries = OpenForServer()->ListFolder(folder);
    EXPECT_TRUE(entries.ok()) << entries.status().message();
    std::vector<std::string> names;
    for (const ObjectEntry& entry : *entries)
      names.push_back(entry.name + (entry.is_folder ? "/" : " " + std::to_string(entry.bytes)));
    return names;
  }
};

TEST_F(S3ObjectsTest, AFolderHasItsFilesAndFolders) {
  files_ = {{"top/a b", "1"},  {"top/d/e/f", ""}, {"top/d/g", ""}, {"top/marker/", ""},
            {"top/", ""},      {"top//x", ""},    {"toppled", ""}, {"top/a\\b", ""},
            {"top/z\x01", ""}, {"other", "22"}};
  EXPECT_THAT(Names("top"), UnorderedElementsAre("a b 1", "d/", "marker/"));
  EXPECT_THAT(Names("top/d"), UnorderedElementsAre("e/", "g 0"));
  EXPECT_THAT(Names(""), UnorderedElementsAre("top/", "toppled 0", "other 2"));
  EXPECT_THAT(Names("top/a b"), ElementsAre());
  EXPECT_THAT(Names("none"), ElementsAre());
  EXPECT_EQ(server_.requests().front().target,
            "/bucket/?delimiter=%2F&list-type=2&max-keys=1000&prefix=top%2F");
  page_files_ = 1;
  files_ = {{"top/a", ""}, {"top/b", ""}, {"top/c", ""}};
  EXPECT_THAT(Names("top"), ElementsAre("a 0", "b 0", "c 0"));
}

TEST_F(S3ObjectsTest, FilesAreReadPieceByPiece) {
  files_ = {{"a/b", "0123456789"}, {"empty", ""}};
  const auto bucket = OpenForServer();
  const auto first = bucket->Read("a/b", 0, 4, "");
  ASSERT_TRUE(first.ok()) << first.status().message();
  EXPECT_EQ(first->bytes, "0123");
  EXPECT_EQ(first->facts.bytes, 10u);
  EXPECT_EQ(first->facts.modified, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(bucket->Read("a/b", 8, 4, first->facts.etag)->bytes, "89");
  EXPECT_EQ(bucket->Read("a/b", 0, 100, "")->bytes, "0123456789");
  const auto empty = bucket->Read("empty", 0, 4, "");
  ASSERT_TRUE(empty.ok()) << empty.status().message();
  EXPECT_EQ(empty->facts.bytes, 0u);
  EXPECT_NE(empty->facts.etag, "");
  EXPECT_EQ(bucket->Read("none", 0, 4, "").status().code(), StatusCode::kNotFound);
  files_["a/b"] = "another one";
  const auto replaced = bucket->Read("a/b", 4, 4, first->facts.etag);
  EXPECT_EQ(replaced.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(replaced.status().message(), HasSubstr("was replaced"));
}

TEST_F(S3ObjectsTest, AnswersThatAreNotThatRangeAreRefused) {
  const auto bucket = OpenForServer();
  refusal_ = "01234";
  for (const auto& [status, headers] :
       {std::pair(206, "Content-Range: bytes 0-3/10\r\n"), std::pair(206, ""),
        std::pair(206, "Content-Range: bytes 0-4/x\r\n"), std::pair(200, ""),
        std::pair(206, "Content-Range: bytes 0-4/-1\r\n")}) {
    refusal_status_ = status;
    more_ = headers;
    EXPECT_EQ(bucket->Read("a", 0, 4, "").status().code(), StatusCode::kUnavailable) << headers;
  }
}

TEST_F(S3ObjectsTest, AFileOrAFolderIsDeletedAndNothingElse) {
  files_ = {{"a", ""}, {"a/b", ""}, {"a/c/d", ""}, {"ab", ""}, {"a.txt", ""}};
  page_files_ = 1;
  const auto bucket = OpenForServer();
  EXPECT_TRUE(bucket->Delete("a/c").ok());
  EXPECT_EQ(files_.size(), 4u);
  EXPECT_TRUE(bucket->Delete("a").ok());
  EXPECT_TRUE(bucket->Delete("none").ok());
  std::vector<std::string> left;
  for (const auto& [key, bytes] : files_) left.push_back(key);
  EXPECT_THAT(left, ElementsAre("a.txt", "ab"));
  for (const TestRequest& request : server_.requests())
    EXPECT_NE(request.method + " " + request.target, "DELETE /bucket/none");
}

TEST_F(S3ObjectsTest, RefusalsAreToldFromOutages) {
  const auto bucket = OpenForServer();
  struct Case {
    int status;
    const char* code;
    StatusCode expected;
  };
  for (const Case& c : {Case{403, "AccessDenied", StatusCode::kRequirementUnmet},
                        Case{403, "SignatureDoesNotMatch", StatusCode::kRequirementUnmet},
                        Case{404, "NoSuchBucket", StatusCode::kNotFound},
                        Case{400, "InvalidPart", StatusCode::kInvalidArgument},
                        Case{400, "ExpiredToken", StatusCode::kRequirementUnmet},
                        Case{501, "NotImplemented", StatusCode::kUnavailable}}) {
    refusal_ = ErrorText(c.code);
    refusal_status_ = c.status;
    for (const Status& status :
         {bucket->ListFolder("a").status(), bucket->Read("a", 0, 1, "").status(),
          bucket->Delete("a"), bucket->Upload("a", FileOf("x")), bucket->BeginParts("a").status(),
          bucket->CompleteParts("a", "u", {}), bucket->AbortParts("a", "u")}) {
      EXPECT_EQ(status.code(), c.expected) << status.message();
      EXPECT_THAT(status.message(), HasSubstr(c.code));
      EXPECT_THAT(status.message(), testing::Not(HasSubstr("hunter2")));
    }
  }
}

}  // namespace
}  // namespace reeve::tracking
