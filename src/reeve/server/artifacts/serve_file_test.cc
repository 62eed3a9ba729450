#include "reeve/server/artifacts/serve_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "reeve/base/test_folder.h"
#include "reeve/server/artifacts/artifact_folder.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

class ServeFileTest : public testing::Test {
 protected:
  ServeFileTest() {
    std::string content;
    for (int i = 0; i < 100; ++i) content.push_back(static_cast<char>(i));
    EXPECT_TRUE(folder_.Put("d/range.bin", content).ok());
  }

  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  Response Get(const std::string& path, const Headers& headers = {},
               std::string_view method = "GET") {
    Request request;
    request.method = method;
    request.headers = headers;
    Response response;
    ServeFile(request, response, folder_, path);
    return response;
  }
  static std::string Header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  // The bytes that are sent.
  static std::string Body(const Response& response) {
    if (response.file == nullptr) return response.body;
    std::string text(response.file->length(), '\0');
    EXPECT_EQ(::pread(response.file->descriptor(), text.data(), text.size(),
                      static_cast<off_t>(response.file->offset())),
              static_cast<ssize_t>(text.size()));
    return text;
  }

  TestFolder outside_;
  ArtifactFolder folder_{outside_.Path("root")};
};

TEST_F(ServeFileTest, IsADownload) {
  ASSERT_TRUE(folder_.Put("d/evil.html", "<script>").ok());
  const auto response = Get("d/evil.html");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/html");
  EXPECT_EQ(Header(response, "Content-Disposition"), "attachment; filename=evil.html");
  EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(Header(response, "Accept-Ranges"), "bytes");
  EXPECT_EQ(Body(response), "<script>");
  ASSERT_TRUE(folder_.Put("empty", "").ok());
  EXPECT_EQ(Get("empty").status, 200);
  EXPECT_EQ(Body(Get("empty")), "");
}

TEST_F(ServeFileTest, SendsRanges) {
  const auto response = Get("d/range.bin", {{"Range", "bytes=10-19"}});
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(Header(response, "Content-Range"), "bytes 10-19/100");
  EXPECT_EQ(Body(response), "\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13");
  EXPECT_EQ(Body(Get("d/range.bin", {{"range", "bytes=-2"}})), "bc");
  EXPECT_EQ(Get("d/range.bin", {{"Range", "bytes=0-1,5-6"}}).status, 200);
  EXPECT_EQ(Get("d/range.bin", {{"Range", "bytes=0-1"}}, "HEAD").status, 200);
  const auto beyond = Get("d/range.bin", {{"Range", "bytes=100-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(Header(beyond, "Content-Range"), "bytes */100");
  EXPECT_EQ(beyond.file, nullptr);
  EXPECT_THAT(beyond.body, HasSubstr("INVALID_PARAMETER_VALUE"));
}

TEST_F(ServeFileTest, RangesOfAnotherVersionAreNotSent) {
  const auto whole = Get("d/range.bin");
  const auto tag = Header(whole, "ETag"), date = Header(whole, "Last-Modified");
  EXPECT_EQ(Get("d/range.bin", {{"Range", "bytes=1-2"}, {"If-Range", tag}}).status, 206);
  EXPECT_EQ(Get("d/range.bin", {{"Range", "bytes=1-2"}, {"If-Range", date}}).status, 206);
  EXPECT_EQ(Get("d/range.bin", {{"Range", "bytes=1-2"}, {"If-Range", "\"other\""}}).status, 200);
  ASSERT_TRUE(folder_.Put("d/range.bin", "shorter").ok());
  EXPECT_NE(Header(Get("d/range.bin"), "ETag"), tag);
  const auto changed = Get("d/range.bin", {{"Range", "bytes=1-2"}, {"If-Range", tag}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(Body(changed), "shorter");
}

TEST_F(ServeFileTest, DoesNotSendWhatTheClientHas) {
  const auto whole = Get("d/range.bin");
  const auto tag = Header(whole, "ETag"), date = Header(whole, "Last-Modified");
  const auto status = [&](const Headers& headers) { return Get("d/range.bin", headers).status; };
  EXPECT_EQ(status({{"If-None-Match", tag}}), 304);
  EXPECT_EQ(status({{"If-None-Match", "\"a\", W/" + tag}}), 304);
  EXPECT_EQ(status({{"If-None-Match", "*"}}), 304);
  EXPECT_EQ(status({{"If-None-Match", "\"a\""}}), 200);
  EXPECT_EQ(status({{"If-Modified-Since", date}}), 304);
  EXPECT_EQ(status({{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}), 200);
  EXPECT_EQ(status({{"If-Modified-Since", "yesterday"}}), 200);
  EXPECT_EQ(status({{"If-None-Match", "\"a\""}, {"If-Modified-Since", date}}), 200);
  EXPECT_EQ(Get("d/range.bin", {{"If-None-Match", tag}}).file, nullptr);
}

TEST_F(ServeFileTest, SaysWhatIsNotThere) {
  const auto missing = Get("d/none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("\"error_code\":\"RESOURCE_DOES_NOT_EXIST\""));
  EXPECT_THAT(missing.body, HasSubstr("No such artifact"));
  EXPECT_EQ(Get("d").status, 400);
  for (const char* path : {"../a", "/etc/passwd", "%2e%2e/a", "d/../../a"}) {
    const auto response = Get(path);
    EXPECT_EQ(response.status, 400) << path;
    EXPECT_THAT(response.body, HasSubstr("Invalid path")) << path;
    EXPECT_EQ(response.content_type, "application/json");
  }
}

}  // namespace
}  // namespace reeve::server
