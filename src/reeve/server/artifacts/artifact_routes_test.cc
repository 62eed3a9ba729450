#include "reeve/server/artifacts/artifact_routes.h"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/server/auth.h"
#include "reeve/server/transport/test_client.h"
#include "reeve/server/transport/test_transport.h"

namespace reeve::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kProxy = "/api/2.0/mlflow-artifacts/artifacts";
const std::string kMultipart = "/api/2.0/mlflow-artifacts/mpu";

TransportParts Parts(const std::string& root, const Authenticator* authenticator) {
  TransportParts parts;
  parts.routes = ArtifactRoutes({.repository = std::make_shared<ArtifactFolder>(root)});
  parts.authenticator = authenticator;
  return parts;
}

TransportOptions Options() {
  TransportOptions options;
  options.threads = 2;
  options.drain_accept_seconds = 0;
  return options;
}

// Spins until `reached`, which another thread makes true; false after 20 s.
template <typename Reached>
bool Eventually(Reached reached) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!reached()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class ArtifactRoutesTest : public testing::Test {
 protected:
  explicit ArtifactRoutesTest(const Authenticator* authenticator = nullptr)
      : transport_(Options(), Parts(outside_.Path("root"), authenticator)),
        client_(transport_.port()) {}

  TestAnswer Ask(const std::string& method, const std::string& target, const std::string& body = "",
                 const std::string& headers = "") {
    client_.Send(method + " " + target +
                 " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(transport_.port()) + "\r\n" +
                 headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client_.Read();
  }
  int StatusOf(const std::string& method, const std::string& target, const std::string& body = "") {
    return Ask(method, target, body).status;
  }
  std::size_t Files(const std::string& folder = "") {
    const auto names = FileSystem::System().List(outside_.Path("root/" + folder));
    return names.ok() ? names->size() : 0;
  }
  // "http://127.0.0.1:5000/api/…" without its beginning.
  static std::string TargetOf(const std::string& url) {
    return url.substr(url.find('/', url.find("://") + 3));
  }

  TestFolder outside_;
  RunningTransport transport_;
  TestClient client_;
};

TEST_F(ArtifactRoutesTest, PutGetDelete) {
  const auto url = kProxy + "/free/standing.bin";
  const auto put = Ask("PUT", url, std::string("\0\1", 2));
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body, "{}");
  EXPECT_EQ(put.Header("Content-Type"), "application/json");
  const auto get = Ask("GET", url);
  EXPECT_EQ(get.body, std::string("\0\1", 2));
  EXPECT_EQ(get.Header("Content-Disposition"), "attachment; filename=standing.bin");
  EXPECT_EQ(Ask("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts/free/standing.bin").body,
            get.body);
  EXPECT_EQ(Ask("GET", url, "", "Range: bytes=1-\r\n").body, "\1");
  EXPECT_EQ(Ask("DELETE", url).body, "{}");
  EXPECT_EQ(StatusOf("GET", url), 404);
  EXPECT_EQ(StatusOf("DELETE", url), 200);
  EXPECT_EQ(StatusOf("DELETE", kProxy + "/free/"), 200);
  EXPECT_EQ(Files(), 0u);
}

TEST_F(ArtifactRoutesTest, Lists) {
  EXPECT_EQ(Ask("GET", kProxy + "?path=no/such/place").body, "{}");
  ASSERT_EQ(StatusOf("PUT", kProxy + "/1/r%20n/d/a.txt", "x"), 200);
  ASSERT_EQ(StatusOf("PUT", kProxy + "/1/r%20n/empty"), 200);
  EXPECT_EQ(Ask("GET", kProxy + "?path=1%2Fr%20n").body,
            R"({"files":[{"path":"d","is_dir":true},{"path":"empty","is_dir":false}]})");
  EXPECT_EQ(Ask("GET", kProxy + "?path=1/r+n/d").body,
            R"({"files":[{"path":"a.txt","is_dir":false,"file_size":1}]})");
  EXPECT_EQ(Ask("GET", kProxy).body, R"({"files":[{"path":"1","is_dir":true}]})");
  for (const char* path : {"../x", "/etc", "a/../../x", "%252e%252e"}) {
    const auto answer = Ask("GET", kProxy + "?path=" + path);
    EXPECT_EQ(answer.status, 400) << path;
    EXPECT_THAT(answer.body, HasSubstr("Invalid path"));
  }
}

TEST_F(ArtifactRoutesTest, NothingLeadsOutOfTheRoot) {
  const auto secret = outside_.Path("secret");
  ASSERT_TRUE(WriteAtomically(FileSystem::System(), secret, "outside").ok());
  auto encoded = secret;
  for (std::size_t at = 0; (at = encoded.find('/', at)) != std::string::npos;) {
    encoded.replace(at, 1, "%2f");
  }
  for (const std::string& path :
       {std::string("../secret"), std::string("a/../../secret"), std::string("%2e%2e/secret"),
        std::string("..%2fsecret"), std::string("%252e%252e%252fsecret"),
        std::string("a/%2e%2e/%2e%2e/secret"), std::string("a%2f..%2f..%2fsecret"), secret,
        encoded}) {
    for (const char* method : {"GET", "PUT", "DELETE"}) {
      const auto answer = Ask(method, kProxy + "/" + path, "evil");
      EXPECT_EQ(answer.status, 400) << method << " " << path;
      EXPECT_THAT(answer.body, testing::Not(HasSubstr("outside")));
    }
  }
  EXPECT_EQ(*FileSystem::System().Read(secret, 100), "outside");
}

TEST_F(ArtifactRoutesTest, StreamsLargeBodiesBothWays) {
  std::string body;
  for (int i = 0; body.size() < 20'000'000; ++i) body += std::to_string(i);
  const auto url = kProxy + "/m/model.bin";
  EXPECT_EQ(StatusOf("PUT", url, body), 200);
  EXPECT_TRUE(Ask("GET", url).body == body);
  client_.Send("PUT " + url + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client_.Send("3\r\nabc\r\n5\r\nddddd\r\n1\r\ne\r\n0\r\n\r\n");
  EXPECT_EQ(client_.Read().status, 200);
  EXPECT_EQ(Ask("GET", url).body, "abcddddde");
  // requests sends empty files so.
  client_.Send("PUT " + url +
               " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(client_.Read().status, 200);
  EXPECT_EQ(Ask("GET", url).Header("Content-Length"), "0");
}

TEST_F(ArtifactRoutesTest, AnUploadThatBreaksOffIsNotThere) {
  const auto url = kProxy + "/d/f";
  ASSERT_EQ(StatusOf("PUT", url, "before"), 200);
  for (const bool vanish : {true, false}) {
    TestClient other(transport_.port());
    other.Send("PUT " + url + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" +
               std::string(100'000, 'x'));
    EXPECT_TRUE(Eventually([&] { return Files("d") == 2; }));
    vanish ? other.Vanish() : other.Close();
    EXPECT_TRUE(Eventually([&] { return Files("d") == 1; }));
    EXPECT_EQ(Ask("GET", url).body, "before");
  }
}

TEST_F(ArtifactRoutesTest, RefusalsReachClientsThatAreStillSending) {
  ASSERT_EQ(StatusOf("PUT", kProxy + "/file", "x"), 200);
  TestClient other(transport_.port());
  other.Send("PUT " + kProxy +
             "/file/below HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
  other.Send(std::string(5'000'000, 'x'));
  EXPECT_EQ(other.Read().status, 400);
  TestClient huge(transport_.port());
  huge.Send("PUT " + kProxy +
            "/huge HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000000\r\n\r\n");
  const auto answer = huge.Read();
  EXPECT_EQ(answer.status, 507);
  EXPECT_THAT(answer.body, HasSubstr("has room for"));
}

TEST_F(ArtifactRoutesTest, UploadsInParts) {
  const auto created = Ask("POST", kMultipart + "/create/1/run/artifacts/model",
                           R"({"path":"/home/me/model.bin","num_parts":3})");
  ASSERT_EQ(created.status, 200) << created.body;
  const auto upload = json::parse(created.body);
  ASSERT_EQ(upload["credentials"].size(), 3u);
  json claims = json::array();
  for (const auto& credential : upload["credentials"]) {
    const auto url = credential["url"].get<std::string>();
    EXPECT_TRUE(url.starts_with("http://127.0.0.1:" + std::to_string(transport_.port()) + "/"));
    const int number = credential["part_number"];
    const auto put =
        Ask("PUT", TargetOf(url), std::string(number == 3 ? 10 : 100'000, 'a' + number));
    ASSERT_EQ(put.status, 200) << put.body;
    claims.push_back({{"part_number", number}, {"etag", put.Header("ETag")}, {"url", url}});
  }
  json body{{"path", "/home/me/model.bin"}, {"upload_id", upload["upload_id"]}, {"parts", claims}};
  const auto completed = Ask("POST", kMultipart + "/complete/1/run/artifacts/model", body.dump());
  EXPECT_EQ(completed.status, 200) << completed.body;
  EXPECT_TRUE(Ask("GET", kProxy + "/1/run/artifacts/model/model.bin").body ==
              std::string(100'000, 'b') + std::string(100'000, 'c') + std::string(10, 'd'));
  EXPECT_EQ(Files("1/run/artifacts/model"), 1u);
}

TEST_F(ArtifactRoutesTest, MultipartRequestsAreChecked) {
  const auto create = [&](const std::string& body, const std::string& headers = "") {
    return Ask("POST", kMultipart + "/create/d", body, headers);
  };
  EXPECT_THAT(create("").body, HasSubstr("no JSON object"));
  EXPECT_THAT(create("[]").body, HasSubstr("no JSON object"));
  EXPECT_THAT(create("{}").body, HasSubstr("'path'"));
  EXPECT_THAT(create(R"({"path":"/a/"})").body, HasSubstr("'path'"));
  EXPECT_THAT(create(R"({"path":"a"})").body, HasSubstr("'num_parts'"));
  EXPECT_THAT(create(R"({"path":"a","num_parts":"x"})").body, HasSubstr("'num_parts'"));
  EXPECT_EQ(create(R"({"path":"a","num_parts":1000000})").status, 400);
  EXPECT_EQ(create(R"({"path":"..","num_parts":1})").status, 400);
  EXPECT_EQ(create(R"({"path":"a","num_parts":1})", "X-Forwarded-Host: a b/c\r\n").status, 400);
  EXPECT_THAT(create(R"({"path":"C:\\d\\a","num_parts":"1"})",
                     "X-Forwarded-Proto: https\r\nX-Forwarded-Host: ml.example, x\r\n")
                  .body,
              HasSubstr("\"https://ml.example/api/2.0/mlflow-artifacts/mpu/part/"));
  const auto id = json::parse(create(R"({"path":"a","num_parts":2})").body)["upload_id"];
  const auto part = kMultipart + "/part/" + id.get<std::string>();
  EXPECT_EQ(StatusOf("PUT", part + "/0", "x"), 400);
  EXPECT_EQ(StatusOf("PUT", part + "/3", "x"), 400);
  EXPECT_EQ(StatusOf("PUT", part + "/x", "x"), 400);
  EXPECT_EQ(StatusOf("PUT", kMultipart + "/part/unknown/1", "x"), 404);
  EXPECT_EQ(StatusOf("POST", kMultipart + "/complete/d", R"({"path":"a","upload_id":"x"})"), 400);
  EXPECT_EQ(
      StatusOf("POST", kMultipart + "/complete/d", R"({"path":"a","upload_id":"x","parts":[]})"),
      404);
  json abort{{"path", "a"}, {"upload_id", id}};
  EXPECT_EQ(StatusOf("POST", kMultipart + "/abort/d", abort.dump()), 200);
  EXPECT_EQ(StatusOf("PUT", part + "/1", "x"), 404);
}

TEST_F(ArtifactRoutesTest, PresignedAddressesAreNotImplemented) {
  const auto answer = Ask("GET", "/api/2.0/mlflow-artifacts/presigned/1/a");
  EXPECT_EQ(answer.status, 501);
  EXPECT_THAT(answer.body, HasSubstr("NOT_IMPLEMENTED"));
}

const Authenticator& Tokens() {
  static const auto tokens =
      std::move(*Authenticator::Make({{"reader", Role::kRead, "read-token-0123456789", ""},
                                      {"writer", Role::kAdmin, "write-token-0123456789", ""}}));
  return tokens;
}

class GuardedArtifactRoutesTest : public ArtifactRoutesTest {
 protected:
  GuardedArtifactRoutesTest() : ArtifactRoutesTest(&Tokens()) {}
};

TEST_F(GuardedArtifactRoutesTest, TokensGuardAllButTheAddressesOfParts) {
  const std::string reader = "Authorization: Bearer read-token-0123456789\r\n";
  const std::string writer = "Authorization: Bearer write-token-0123456789\r\n";
  const auto url = kProxy + "/d/f";
  EXPECT_EQ(StatusOf("PUT", url, "x"), 401);
  EXPECT_EQ(Ask("PUT", url, "x", reader).status, 403);
  EXPECT_EQ(Ask("PUT", url, "x", writer).status, 200);
  EXPECT_EQ(Ask("GET", url, "", reader).status, 200);
  EXPECT_EQ(StatusOf("GET", url), 401);
  EXPECT_EQ(Ask("DELETE", url, "", reader).status, 403);
  const std::string create = R"({"path":"f","num_parts":1})";
  EXPECT_EQ(StatusOf("POST", kMultipart + "/create/d", create), 401);
  const auto created = json::parse(Ask("POST", kMultipart + "/create/d", create, writer).body);
  EXPECT_EQ(StatusOf("PUT", TargetOf(created["credentials"][0]["url"]), "x"), 200);
}

}  // namespace
}  // namespace reeve::server
