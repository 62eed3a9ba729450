#include "reeve/server/artifacts/staged_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

class StagedFileTest : public testing::Test {
 protected:
  std::unique_ptr<StagedFile> Stage(const std::string& name) {
    auto file = StagedFile::Create(folder_.Path(name), name);
    EXPECT_TRUE(file.ok()) << file.status().message();
    return std::move(file).value();
  }
  std::string Read(const std::string& name) {
    std::ifstream file(folder_.Path(name), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::vector<std::string> Names(const std::string& folder = "") {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.Path(folder))) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  TestFolder folder_;
};

TEST_F(StagedFileTest, AppearsWhenPublished) {
  const auto file = Stage("a/b/c.txt");
  ASSERT_TRUE(file->Write(0, "hello ").ok());
  ASSERT_TRUE(file->Write(6, "world").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("a/b/c.txt")));
  ASSERT_TRUE(file->Publish().ok());
  EXPECT_EQ(Read("a/b/c.txt"), "hello world");
  EXPECT_THAT(Names("a/b"), testing::ElementsAre("c.txt"));
}

TEST_F(StagedFileTest, LeavesTheOldFileUntilThen) {
  std::ofstream(folder_.Path("f")) << "old and longer";
  const auto file = Stage("f");
  ASSERT_TRUE(file->Write(0, "new").ok());
  EXPECT_EQ(Read("f"), "old and longer");
  ASSERT_TRUE(file->Publish().ok());
  EXPECT_EQ(Read("f"), "new");
}

TEST_F(StagedFileTest, LeavesNothingWhenDropped) {
  { ASSERT_TRUE(Stage("f")->Write(0, "half").ok()); }
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_F(StagedFileTest, HidesWhatIsOnItsWay) {
  const auto file = Stage("f");
  ASSERT_EQ(Names().size(), 1u);
  EXPECT_TRUE(Names()[0].starts_with(".artifact.uploading."));
}

TEST_F(StagedFileTest, TakesStretchesFromManyThreads) {
  const auto file = Stage("f");
  constexpr std::size_t kPart = 3 << 20;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string bytes(kPart, static_cast<char>('a' + t));
      for (std::size_t at = 0; at < kPart; at += 64 << 10) {
        EXPECT_TRUE(file->Write(t * kPart + at, std::string_view(bytes).substr(at, 64 << 10)).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(file->Publish().ok());
  const auto text = Read("f");
  ASSERT_EQ(text.size(), 4 * kPart);
  for (std::size_t t = 0; t < 4; ++t) {
    EXPECT_TRUE(text.substr(t * kPart, kPart) == std::string(kPart, static_cast<char>('a' + t)));
  }
}

TEST_F(StagedFileTest, CopiesAndResizes) {
  const auto file = Stage("f"), tail = Stage("f");
  ASSERT_TRUE(file->Write(0, "0123456789").ok());
  ASSERT_TRUE(tail->Write(0, "tail, and more").ok());
  ASSERT_TRUE(file->Copy(*tail, 4, 5).ok());
  ASSERT_TRUE(file->Resize(9).ok());
  ASSERT_TRUE(file->Publish().ok());
  EXPECT_EQ(Read("f"), "01234tail");
  EXPECT_FALSE(file->Copy(*tail, 100, 0).ok()) << "there are not so many bytes";
}

TEST_F(StagedFileTest, AFullDiskIsToldApart) {
  StagedFile full(::open("/dev/full", O_RDWR | O_CLOEXEC),
                  {folder_.Path("none"), folder_.Path("target"), "the target"});
  const Status status = full.Write(0, "x");
  EXPECT_EQ(status.code(), StatusCode::kIo);
  EXPECT_THAT(status.message(),
              testing::HasSubstr("\"the target\" cannot be written: No space left"));
  EXPECT_THAT(status.fixes(), testing::ElementsAre(testing::HasSubstr("free space")));
  EXPECT_TRUE(full.disk_full());
}

TEST_F(StagedFileTest, SaysWhatIsInTheWay) {
  std::ofstream(folder_.Path("file")) << "x";
  std::filesystem::create_directory(folder_.Path("folder"));
  const auto under = StagedFile::Create(folder_.Path("file/x"), "file/x");
  ASSERT_FALSE(under.ok());
  EXPECT_EQ(under.status().code(), StatusCode::kInvalidArgument);
  const auto folder = StagedFile::Create(folder_.Path("folder"), "folder");
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(folder.status().message(), testing::StartsWith("\"folder\" is a folder"));
}

}  // namespace
}  // namespace reeve::server
