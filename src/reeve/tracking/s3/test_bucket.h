#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "reeve/base/digest.h"
#include "reeve/base/percent.h"
#include "reeve/base/test_folder.h"
#include "reeve/tracking/http/test_server.h"
#include "reeve/tracking/s3/bucket.h"
#include "reeve/tracking/s3/xml.h"

namespace reeve::tracking {

inline std::string ErrorText(const std::string& code, const std::string& more = "") {
  return "<?xml version=\"1.0\"?>\n<Error><Code>" + code + "</Code><Message>It is " + code +
         "</Message><StringToSign>hunter2</StringToSign>" + more + "</Error>";
}

/// For tests: a bucket of a server that keeps its files in memory, and who asks it.
class S3BucketTest : public ::testing::Test {
 protected:
  // What S3 does with the files of one bucket, whose name is part of the path.
  TestAnswer Answer(const TestRequest& request) {
    if (!refusal_.empty()) return {.status = refusal_status_, .body = refusal_, .headers = more_};
    const std::size_t question = std::min(request.target.find('?'), request.target.size());
    const std::string query = request.target.substr(question);
    const std::string key =
        PercentDecode(request.target.substr(0, question)).substr(std::string("/bucket/").size());
    if (query.find("list-type=2") != std::string::npos) return {.body = Listing(query)};
    if (query == "?uploads=")
      return {.body =
                  "<InitiateMultipartUploadResult><UploadId>up/1</UploadId>"
                  "</InitiateMultipartUploadResult>"};
    if (request.method == "PUT") {
      (query.empty() ? files_[key] : parts_[query]) = request.body;
      return {.headers = "ETag: \"" + Sha256(request.body).substr(0, 8) + "\"\r\n"};
    }
    if (request.method == "POST") {
      if (!end_.empty()) return {.body = end_};
      for (const auto& [part, bytes] : parts_) files_[key] += bytes;
      return {.body = "<CompleteMultipartUploadResult/>"};
    }
    if (request.method == "DELETE") {
      if (query.find("uploadId=") != std::string::npos && parts_.empty())
        return {.status = 404, .body = ErrorText("NoSuchUpload")};
      query.empty() ? (void)files_.erase(key) : parts_.clear();
      return {.status = 204, .body = ""};
    }
    const auto file = files_.find(key);
    if (file == files_.end()) return {.status = 404, .body = ErrorText("NoSuchKey")};
    return File(request, file->second);
  }

  // As S3 answers for ranges: of an empty file there is none.
  static TestAnswer File(const TestRequest& request, const std::string& bytes) {
    const std::string etag = "\"" + Sha256(bytes).substr(0, 8) + "\"";
    std::string headers = "ETag: " + etag + "\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    if (request.head.find("If-Match: ") != std::string::npos &&
        request.head.find("If-Match: " + etag) == std::string::npos)
      return {.status = 412, .body = ErrorText("PreconditionFailed")};
    const std::size_t at = request.head.find("Range: bytes=");
    if (at == std::string::npos) return {.body = bytes, .headers = headers};
    char* end = nullptr;
    const std::size_t from = std::strtoull(request.head.c_str() + at + 13, &end, 10);
    const std::size_t to =
        std::min<std::size_t>(std::strtoull(end + 1, nullptr, 10) + 1, bytes.size());
    if (from >= bytes.size()) return {.status = 416, .body = ErrorText("InvalidRange")};
    headers += "Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(to - 1) + "/" +
               std::to_string(bytes.size()) + "\r\n";
    return {.status = 206, .body = bytes.substr(from, to - from), .headers = headers};
  }

  std::string Listing(const std::string& query) const {
    const auto value = [&](const std::string& name) {
      const std::size_t at = query.find(name + "=");
      if (at == std::string::npos) return std::string();
      const std::size_t from = at + name.size() + 1;
      return PercentDecode(query.substr(from, query.find('&', from) - from));
    };
    std::string text = "<ListBucketResult>";
    std::size_t count = 0;
    std::string folder;
    for (auto file = files_.upper_bound(value("continuation-token")); file != files_.end();
         ++file) {
      if (!file->first.starts_with(value("prefix"))) continue;
      const std::size_t slash = value("delimiter").empty()
                                    ? std::string::npos
                                    : file->first.find('/', value("prefix").size());
      if (slash != std::string::npos) {
        if (std::exchange(folder, file->first.substr(0, slash + 1)) != folder)
          text += "<CommonPrefixes><Prefix>" + EscapeXml(folder) + "</Prefix></CommonPrefixes>";
        continue;
      }
      text += "<Contents><Key>" + EscapeXml(file->first) + "</Key><Size>" +
              std::to_string(file->second.size()) + "</Size></Contents>";
      if (++count < page_files_) continue;
      text += "<IsTruncated>true</IsTruncated><NextContinuationToken>" + EscapeXml(file->first) +
              "</NextContinuationToken>";
      break;
    }
    return text + "</ListBucketResult>";
  }

  std::unique_ptr<S3Bucket> Open(S3Settings settings = {}) {
    settings.key = {.id = "AKIA", .secret = "hunter2"};
    if (settings.endpoint.empty()) settings.endpoint = server_.uri();
    Result<std::unique_ptr<S3Bucket>> bucket = S3Bucket::Open("bucket", settings, {});
    EXPECT_TRUE(bucket.ok()) << bucket.status().message();
    return std::move(*bucket);
  }
  std::string FileOf(const std::string& bytes) {
    std::ofstream(folder_.Path("file"), std::ios::binary) << bytes;
    return folder_.Path("file");
  }
  Status Download(const std::string& path, std::string& text) {
    return Open()->Download(
        path,
        [&](std::string_view bytes) {
          text += bytes;
          return Status::Ok();
        },
        [&] {
          text.clear();
          return Status::Ok();
        });
  }

  TestFolder folder_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> parts_;
  std::size_t page_files_ = 1'000;
  std::string refusal_, more_, end_;
  int refusal_status_ = 403;
  TestServer server_{[this](const TestRequest& request) { return Answer(request); }};
};

}  // namespace reeve::tracking
