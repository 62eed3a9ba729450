#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/cancellation.h"
#include "reeve/base/clock.h"
#include "reeve/base/digest.h"
#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/json.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/base/text.h"

namespace reeve {
namespace {

using testing::HasSubstr;

TEST(StatusTest, CarriesMessageFixesAndContext) {
  const Status status =
      Status::InvalidData("line 3: found 4 fields").WithFix("mend it").WithContext("t.csv");
  EXPECT_EQ(status.message(), "t.csv: line 3: found 4 fields");
  EXPECT_EQ(status.fixes(), std::vector<std::string>{"mend it"});
  EXPECT_EQ(StatusCodeName(status.code()), "invalid_data");
}

Result<int> Half(int value) {
  if (value % 2 != 0) return Status::InvalidArgument("odd");
  return value / 2;
}
Result<int> Quarter(int value) {
  REEVE_ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

TEST(ResultTest, PassesErrorsOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
}

TEST(NumberTest, ReadsNumbersAndNothingElse) {
  const std::map<std::string, double> good = {{"0", 0},
                                              {"-1.5", -1.5},
                                              {"+7", 7},
                                              {"1e3", 1000},
                                              {".5", 0.5},
                                              {"5.", 5},
                                              {"00123", 123},
                                              {"1e999", std::numeric_limits<double>::max()},
                                              {"-1e999", std::numeric_limits<double>::lowest()},
                                              {"1e-999", 0},
                                              {"9007199254740993", 9007199254740992.0}};
  for (const auto& [text, value] : good) {
    ASSERT_TRUE(ParseNumber(text).has_value()) << text;
    EXPECT_EQ(*ParseNumber(text), value) << text;
  }
  for (const char* const text : {"", "-", "+", ".", "abc", "1a", "1 ", " 1", "inf", "nan", "-inf",
                                 "0x10", "1,000", "1e", "--1", "1.2.3"}) {
    EXPECT_FALSE(ParseNumber(text).has_value()) << text;
  }
}

TEST(NumberTest, WritesTheShortestTextThatReadsBack) {
  EXPECT_EQ(FormatNumber(0.1), "0.1");
  EXPECT_EQ(FormatNumber(1e6), "1000000");
  EXPECT_EQ(FormatNumber(-3), "-3");
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    const double value =
        std::ldexp(random.Uniform() - 0.5, static_cast<int>(random.Below(120)) - 60);
    EXPECT_EQ(*ParseNumber(FormatNumber(value)), value);
  }
}

TEST(TextTest, TrimsEveryBlank) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim("\xC2\xA0x\xC2\xA0"), "x");
  EXPECT_EQ(Trim("  "), "");
}

TEST(TextTest, TellsUtf8) {
  for (const char* const text : {"", "abc", "é", "отказ", "高さ", "\xF0\x9F\x99\x82"})
    EXPECT_TRUE(IsUtf8(text)) << text;
  for (const char* const text :
       {"\xFC", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "a\x80"})
    EXPECT_FALSE(IsUtf8(text));
}

TEST(TextTest, QuotesForOneLine) {
  EXPECT_EQ(Quote("a\nb\x01\xFF"), "\"a\\nb\\x01\\xff\"");
  EXPECT_LE(Quote(std::string(1000, 'x'), 50).size(), 60u);
  EXPECT_EQ(GroupDigits(-1234567), "-1,234,567");
  EXPECT_EQ(GroupDigits(999), "999");
}

TEST(NearestTest, FindsTypingMistakes) {
  const std::vector<std::string> words = {"accuracy", "auc", "log_loss", "loan_status"};
  EXPECT_EQ(Nearest("acuracy", words), "accuracy");
  EXPECT_EQ(Nearest("loan_state", words), "loan_status");
  EXPECT_EQ(Nearest("logloss", words), "log_loss");
  EXPECT_EQ(Nearest("acu", words), "auc");
  EXPECT_EQ(Nearest("zebra", words), std::nullopt);
  EXPECT_THAT(Suggest("zebra", words), HasSubstr("Valid: accuracy, auc"));
}

TEST(RandomTest, IsTheSameEverywhere) {
  Random random(42);
  EXPECT_EQ(random.Next(), 13679457532755275413ULL);
  EXPECT_EQ(random.Next(), 2949826092126892291ULL);
  EXPECT_NE(Random(1).Fork("a").Next(), Random(1).Fork("b").Next());
  EXPECT_NE(Random(1).Fork("a", 0).Next(), Random(1).Fork("a", 1).Next());
}

TEST(RandomTest, LooksUniformAndNormal) {
  Random random(7);
  double sum = 0, squares = 0;
  std::vector<int> counts(10);
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double z = random.Normal();
    sum += z;
    squares += z * z;
    ++counts[random.Below(10)];
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 10, 500);
}

TEST(ParallelForTest, RunsEveryIndexOnceAndReportsTheFirstFailure) {
  for (const int threads : {1, 4}) {
    std::vector<int> seen(1000);
    EXPECT_TRUE(ParallelFor(threads, 1000, [&](std::int64_t i) {
                  ++seen[static_cast<std::size_t>(i)];
                  return Status::Ok();
                }).ok());
    EXPECT_THAT(seen, testing::Each(1));
    EXPECT_EQ(
        ParallelFor(threads, 10,
                    [](std::int64_t i) { return i == 3 ? Status::Io("three") : Status::Ok(); })
            .message(),
        "three");
  }
}

TEST(ClockTest, WritesIsoTimes) {
  EXPECT_EQ(FormatIsoSeconds(1773397800000), "2026-03-13T10:30:00Z");
  EXPECT_EQ(FormatIsoMilliseconds(-1), "1969-12-31T23:59:59.999Z");
}

TEST(CancellationTest, RemembersTheFirstSignal) {
  Cancellation cancellation;
  EXPECT_TRUE(cancellation.Check().ok());
  cancellation.Request(15);
  cancellation.Request(2);
  EXPECT_EQ(cancellation.signal(), 15);
  EXPECT_EQ(cancellation.Check().code(), StatusCode::kCancelled);
}

TEST(IdTest, LooksLikeMlflows) {
  EXPECT_THAT(NewId(), testing::MatchesRegex("[0-9a-f]{12}4[0-9a-f]{19}"));
  EXPECT_EQ(NewUuid().size(), 36u);
  EXPECT_NE(NewId(), NewId());
}

TEST(DigestTest, KnownValues) {
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  TableDigest empty;
  EXPECT_EQ(empty.Hex(), "99aa06d3014798d86001c324468d497f");
  TableDigest a, b;
  a.AddText("ab");
  a.AddText("c");
  b.AddText("a");
  b.AddText("bc");
  EXPECT_NE(a.Hex(), b.Hex());
}

TEST(JsonTest, RefusesWhatIsAmbiguousOrHostile) {
  EXPECT_TRUE(ParseJson(R"({"a":[1,2.5,null,"é"]})").ok());
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  for (const std::string& text :
       {std::string("{"), std::string("{\"a\":1,\"a\":2}"), deep, std::string("\"\xFF\""),
        std::string("{} x"), std::string("1e999")}) {
    EXPECT_EQ(ParseJson(text).status().code(), StatusCode::kCorrupt) << text;
  }
  EXPECT_THAT(ParseJson("{\"a\":1,\"a\":2}").status().message(), HasSubstr("\"a\" stands twice"));
}

TEST(JsonTest, WritesNumbersThatReadBackAndNullForNone) {
  EXPECT_EQ(DumpJson(Json{{"x", 0.1}, {"nan", std::nan("")}}), R"({"x":0.1,"nan":null})");
  const Json json = ParseJson(R"({"n":1,"t":"x"})").value();
  EXPECT_EQ(*JsonInteger(json, "n"), 1);
  EXPECT_THAT(JsonString(json, "n").status().message(), HasSubstr("\"n\""));
  EXPECT_THAT(JsonNumber(json, "gone").status().message(), HasSubstr("\"gone\""));
}

// Lets through so many operations, then fails like a full disk.
class FailingFiles : public FileSystem {
 public:
  explicit FailingFiles(int allowed) : left_(allowed) {}
  Result<std::string> Read(const std::string& path, std::uint64_t most) override {
    return System().Read(path, most);
  }
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    REEVE_RETURN_IF_ERROR(Spend());
    REEVE_ASSIGN_OR_RETURN(auto file, System().Create(path));
    return std::unique_ptr<WritableFile>(std::make_unique<File>(*this, std::move(file)));
  }
  Status Rename(const std::string& from, const std::string& to) override {
    REEVE_RETURN_IF_ERROR(Spend());
    return System().Rename(from, to);
  }
  Status SyncFolder(const std::string& path) override { return System().SyncFolder(path); }
  Status CreateFolders(const std::string& path) override { return System().CreateFolders(path); }
  Status Remove(const std::string& path) override { return System().Remove(path); }
  bool Exists(const std::string& path) override { return System().Exists(path); }
  bool IsFolder(const std::string& path) override { return System().IsFolder(path); }
  Result<std::uint64_t> Size(const std::string& path) override { return System().Size(path); }
  Result<std::vector<std::string>> List(const std::string& folder) override {
    return System().List(folder);
  }

 private:
  class File : public WritableFile {
   public:
    File(FailingFiles& files, std::unique_ptr<WritableFile> file)
        : files_(files), file_(std::move(file)) {}
    Status Append(std::string_view bytes) override {
      REEVE_RETURN_IF_ERROR(files_.Spend());
      return file_->Append(bytes);
    }
    Status Sync() override {
      REEVE_RETURN_IF_ERROR(files_.Spend());
      return file_->Sync();
    }
    Status Close() override { return file_->Close(); }

   private:
    FailingFiles& files_;
    std::unique_ptr<WritableFile> file_;
  };
  Status Spend() { return left_-- > 0 ? Status::Ok() : Status::Io("no space left on device"); }
  int left_;
};

TEST(WriteAtomicallyTest, LeavesTheOldContentWhateverFails) {
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("reeve-base-" + NewId())).string();
  ASSERT_TRUE(FileSystem::System().CreateFolders(folder).ok());
  const std::string path = folder + "/file";
  ASSERT_TRUE(WriteAtomically(FileSystem::System(), path, "old").ok());
  int allowed = 0;
  for (;; ++allowed) {
    FailingFiles files(allowed);
    const Status status = WriteAtomically(files, path, "new");
    EXPECT_EQ(FileSystem::System().List(folder)->size(), 1u) << "a temporary file was left behind";
    if (status.ok()) break;
    EXPECT_EQ(*FileSystem::System().Read(path, 100), "old");
  }
  EXPECT_EQ(allowed, 4);
  EXPECT_EQ(*FileSystem::System().Read(path, 100), "new");
  EXPECT_THAT(FileSystem::System().Read(path, 2).status().message(),
              HasSubstr("larger than 2 bytes"));
  EXPECT_EQ(FileSystem::System().Read(folder + "/none", 2).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(FileSystem::System().Remove(folder).ok());
}

}  // namespace
}  // namespace reeve
