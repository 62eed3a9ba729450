#include "reeve/server/artifacts/multipart_uploads.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;
using Claim = MultipartUploads::Claim;

class SetClock : public Clock {
 public:
  std::int64_t NowMs() const override { return now_ms; }
  double MonotonicSeconds() const override { return static_cast<double>(now_ms) / 1000; }
  std::int64_t now_ms = 1'000'000;
};

class MultipartUploadsTest : public testing::Test {
 protected:
  std::string Begin(const std::string& path, std::int64_t parts) {
    auto id = uploads_.Begin(path, parts);
    EXPECT_TRUE(id.ok()) << id.status().message();
    return id.ok() ? *id : "";
  }
  // The tag of the part, or what went wrong.
  std::string Send(const std::string& id, std::int64_t number, const std::string& bytes) {
    auto part = uploads_.OpenPart(id, number, bytes.size());
    if (!part.ok()) return part.status().message();
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
      const Status status = (*part)->Write(std::string_view(bytes).substr(at, 3));
      if (!status.ok()) return status.message();
    }
    auto tag = (*part)->Finish();
    return tag.ok() ? *tag : tag.status().message();
  }
  std::string Complete(const std::string& id, const std::string& path,
                       const std::vector<Claim>& claims) {
    const Status status = uploads_.Complete(id, path, claims);
    return status.ok() ? "ok" : status.message();
  }
  std::string Read(const std::string& path) {
    auto text = FileSystem::System().Read(folder_.name() + "/" + path, 1 << 20);
    return text.ok() ? *text : "none";
  }
  std::size_t FilesIn(const std::string& path) {
    const auto names = FileSystem::System().List(folder_.name() + "/" + path);
    return names.ok() ? names->size() : 0;
  }

  TestFolder outside_;
  ArtifactFolder folder_{outside_.Path("root")};
  SetClock clock_;
  MultipartUploads uploads_{folder_, {.max_parts = 100, .max_uploads = 3, .idle_ms = 1000}, clock_};
};

TEST_F(MultipartUploadsTest, PutsPartsTogetherInAnyOrder) {
  // The last part also comes first, when the size of the others is not known yet.
  for (const auto& order : std::vector<std::vector<int>>{{1, 2, 3}, {3, 2, 1}, {2, 3, 1}}) {
    const auto id = Begin("d/f", 3);
    std::vector<Claim> claims(3);
    const std::string bytes[] = {"aaaaa", "bbbbb", "cc"};
    for (const int number : order) {
      const auto at = static_cast<std::size_t>(number) - 1;
      claims[at] = {number, Send(id, number, bytes[at])};
      EXPECT_TRUE(claims[at].etag.starts_with('"')) << claims[at].etag;
      EXPECT_EQ(Read("d/f"), "none");
    }
    EXPECT_EQ(Complete(id, "d/f", claims), "ok");
    EXPECT_EQ(Read("d/f"), "aaaaabbbbbcc");
    EXPECT_EQ(FilesIn("d"), 1u) << "nothing hidden is left";
    ASSERT_TRUE(folder_.Delete("d").ok());
  }
}

TEST_F(MultipartUploadsTest, TakesPartsFromManyConnectionsAtOnce) {
  const auto id = Begin("f", 40);
  std::vector<Claim> claims(40);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int number = 40 - t; number > 0; number -= 4) {
        const std::string bytes(number == 40 ? 7 : 1000, static_cast<char>('0' + number));
        claims[static_cast<std::size_t>(number) - 1] = {number, Send(id, number, bytes)};
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Complete(id, "f", claims), "ok");
  std::string expected;
  for (int number = 1; number <= 40; ++number) {
    expected.append(number == 40 ? 7 : 1000, static_cast<char>('0' + number));
  }
  EXPECT_TRUE(Read("f") == expected);
}

TEST_F(MultipartUploadsTest, OnePartOrNone) {
  const auto one = Begin("one", 1);
  const auto tag = Send(one, 1, "all of it");
  EXPECT_EQ(Complete(one, "one", {{1, tag}}), "ok");
  EXPECT_EQ(Read("one"), "all of it");
  EXPECT_EQ(Complete(Begin("none", 0), "none", {}), "ok");
  EXPECT_EQ(Read("none"), "");
}

TEST_F(MultipartUploadsTest, APartThatComesAgainReplacesWhatItWas) {
  const auto id = Begin("f", 2);
  Send(id, 2, "longer than the second time");
  const auto first = Send(id, 1, "xxxx");
  const auto last = Send(id, 2, "22");
  const auto again = Send(id, 1, "1111");
  EXPECT_THAT(Complete(id, "f", {{1, first}, {2, last}}), HasSubstr("not those that were sent"));
  EXPECT_EQ(Complete(id, "f", {{1, again}, {2, last}}), "ok");
  EXPECT_EQ(Read("f"), "111122");
}

TEST_F(MultipartUploadsTest, CompletesWholeUploadsOnly) {
  const auto id = Begin("f", 3);
  const auto a = Send(id, 1, "aa"), c = Send(id, 3, "c");
  const auto complete = [&](const std::vector<Claim>& claims) { return Complete(id, "f", claims); };
  EXPECT_THAT(complete({{1, a}, {2, ""}, {3, c}}), HasSubstr("part 2 has not arrived"));
  {
    auto half = uploads_.OpenPart(id, 2, 2);
    ASSERT_TRUE(half.ok());
    ASSERT_TRUE((*half)->Write("b").ok());
    EXPECT_THAT(Send(id, 2, "bb"), HasSubstr("over another connection"));
    EXPECT_THAT(complete({{1, a}, {2, ""}, {3, c}}), HasSubstr("part 2 has not arrived"));
    EXPECT_THAT((*half)->Finish().status().message(), HasSubstr("part 2 has 1 bytes, expected 2"));
  }
  EXPECT_THAT(complete({{1, a}, {2, ""}, {3, c}}), HasSubstr("part 2 has not arrived"));
  const auto b = Send(id, 2, "bb");
  EXPECT_THAT(complete({{1, a}, {2, b}}), HasSubstr("3 parts, got a list of 2"));
  EXPECT_THAT(complete({{1, a}, {3, c}, {2, b}}), HasSubstr("listed in order"));
  EXPECT_THAT(complete({{1, b}, {2, b}, {3, c}}), HasSubstr("not those that were sent"));
  EXPECT_THAT(Complete(id, "other", {{1, a}, {2, b}, {3, c}}), HasSubstr("not of \"other\""));
  EXPECT_EQ(Read("f"), "none");
  EXPECT_EQ(complete({{1, ""}, {2, b.substr(1, b.size() - 2)}, {3, c}}), "ok");
  EXPECT_EQ(Read("f"), "aabbc");
  EXPECT_EQ(complete({{1, a}, {2, b}, {3, c}}), "ok") << "the first answer may have got lost";
  EXPECT_THAT(Send(id, 1, "xx"), HasSubstr("No such multipart upload"));
}

TEST_F(MultipartUploadsTest, PartsHaveOneSize) {
  const auto id = Begin("f", 4);
  EXPECT_THAT(uploads_.OpenPart(id, 1, std::nullopt).status().message(), HasSubstr("Content-Len"));
  EXPECT_THAT(uploads_.OpenPart(id, 1, 0).status().message(), HasSubstr("is empty"));
  EXPECT_THAT(Send(id, 2, "1234"), HasSubstr("\""));
  EXPECT_THAT(Send(id, 1, "12345"), HasSubstr("part 1 has 5 bytes, expected 4"));
  auto part = uploads_.OpenPart(id, 3, std::nullopt);
  ASSERT_TRUE(part.ok()) << "chunked";
  ASSERT_TRUE((*part)->Write("1234").ok());
  EXPECT_THAT((*part)->Write("5").message(), HasSubstr("longer than 4 bytes"));
  for (const std::int64_t number : {-1LL, 0LL, 5LL, 1LL << 40}) {
    EXPECT_THAT(Send(id, number, "1234"), HasSubstr("of an upload of 4 parts")) << number;
  }
}

TEST_F(MultipartUploadsTest, AbortLeavesNothing) {
  const auto id = Begin("d/f", 2);
  Send(id, 2, "b");
  Send(id, 1, "aa");
  EXPECT_EQ(FilesIn("d"), 2u);
  EXPECT_FALSE(uploads_.Abort(id, "other").ok());
  EXPECT_TRUE(uploads_.Abort(id, "d/f").ok());
  EXPECT_EQ(FilesIn("d"), 0u);
  EXPECT_TRUE(uploads_.Abort(id, "d/f").ok()) << "again";
  EXPECT_THAT(Send(id, 1, "aa"), HasSubstr("No such multipart upload"));
  EXPECT_THAT(Complete(id, "d/f", {}), HasSubstr("No such multipart upload"));
}

TEST_F(MultipartUploadsTest, AnAbortedUploadWaitsForItsParts) {
  const auto id = Begin("d/f", 1);
  auto part = uploads_.OpenPart(id, 1, 10);
  ASSERT_TRUE(part.ok());
  EXPECT_TRUE(uploads_.Abort(id, "d/f").ok());
  EXPECT_TRUE((*part)->Write("x").ok());
  part->reset();
  EXPECT_EQ(FilesIn("d"), 0u);
}

TEST_F(MultipartUploadsTest, HowManyAreOnTheirWayIsBounded) {
  for (int i = 0; i < 3; ++i) Begin("f" + std::to_string(i), 1);
  EXPECT_EQ(uploads_.Begin("f3", 1).status().code(), StatusCode::kUnavailable);
  clock_.now_ms += 1001;
  EXPECT_NE(Begin("f3", 1), "") << "those that nobody touched are gone";
  EXPECT_EQ(FilesIn(""), 1u);
  EXPECT_FALSE(uploads_.Begin("f", 101).ok());
  EXPECT_FALSE(uploads_.Begin("f", -1).ok());
  EXPECT_FALSE(uploads_.Begin("../f", 1).ok());
  EXPECT_FALSE(uploads_.Begin("", 1).ok());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Complete(Begin("many", 0), "many", {}), "ok") << "ended ones do not count";
  }
}

}  // namespace
}  // namespace reeve::server
