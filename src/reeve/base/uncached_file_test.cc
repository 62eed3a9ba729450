#include "reeve/base/uncached_file.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/base/test_folder.h"

namespace reeve {
namespace {

using Cache = UncachedFile::Cache;

std::string Content(const std::string& path) {
  return *FileSystem::System().Read(path, std::uint64_t{1} << 30);
}

std::string RandomBytes(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.Below(256));
  return bytes;
}

class UncachedFileTest : public testing::TestWithParam<Cache> {
 protected:
  std::unique_ptr<WritableFile> Create() {
    return std::move(*UncachedFile::Create(path_, GetParam()));
  }

  const TestFolder folder_;
  const std::string path_ = folder_.Path("file");
};

TEST_P(UncachedFileTest, HoldsWhatWasAppendedInPiecesOfAnySize) {
  Random random(7);
  const std::size_t sizes[] = {0,
                               1,
                               48,
                               4095,
                               4096,
                               4097,
                               UncachedFile::kBufferBytes,
                               3000,
                               9000,
                               1234,
                               UncachedFile::kBufferBytes + 5};
  const auto file = Create();
  std::string all;
  for (const std::size_t size : sizes) {
    const std::string bytes = RandomBytes(random, size);
    all += bytes;
    ASSERT_TRUE(file->Append(bytes).ok());
    if (random.Below(2) == 0) continue;
    ASSERT_TRUE(file->Sync().ok());
    const std::string found = Content(path_);
    ASSERT_LT(found.size(), all.size() + UncachedFile::kPageBytes);
    EXPECT_EQ(found, all + std::string(found.size() - all.size(), '\0'));
  }
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(Content(path_), all);
}

TEST_P(UncachedFileTest, EndsWithItsLastByteWhenSyncedBefore) {
  const auto file = Create();
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Sync().ok());
  EXPECT_EQ(Content(path_).size(), UncachedFile::kPageBytes);
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(Content(path_), "abc");
}

TEST_P(UncachedFileTest, PagesAreWrittenAsTheyStandBehindOneThatIsFilledUp) {
  constexpr std::size_t kPage = UncachedFile::kPageBytes, kMost = 5 * kPage;
  const std::unique_ptr<char, void (*)(void*)> memory(
      static_cast<char*>(std::aligned_alloc(kPage, kMost)), std::free);
  Random random(3);
  const auto file = Create();
  std::string all;
  const auto fill_page = [&] { all.resize((all.size() + kPage - 1) / kPage * kPage); };
  for (int i = 0; i < 100; ++i) {
    const std::size_t size = random.Below(2) * random.Below(2 * kPage);
    const std::string bytes = RandomBytes(random, size);
    ASSERT_TRUE(file->Append(bytes).ok());
    all += bytes;
    if (random.Below(3) == 0) {
      ASSERT_TRUE(file->Sync().ok());
    }
    const std::string pages = RandomBytes(random, random.Below(kMost + 1));
    std::fill_n(std::copy(pages.begin(), pages.end(), memory.get()), kMost - pages.size(), '\0');
    ASSERT_TRUE(file->AppendPages({memory.get(), pages.size()}).ok());
    fill_page();
    all += pages;
    fill_page();
  }
  EXPECT_EQ(Content(path_), all);
  ASSERT_TRUE(file->Append("end").ok());
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(Content(path_), all + "end");
}

TEST_P(UncachedFileTest, ReplacesWhatWasThere) {
  ASSERT_TRUE(WriteAtomically(FileSystem::System(), path_, std::string(10'000, 'x')).ok());
  ASSERT_TRUE(Create()->Close().ok());
  EXPECT_EQ(Content(path_), "");
}

TEST_P(UncachedFileTest, ErrorsNameThePath) {
  const Status status = UncachedFile::Create(folder_.Path("none/file"), GetParam()).status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_NE(status.message().find("none/file\" cannot be created"), std::string::npos);
}

TEST(UncachedFileErrorTest, SaysWhenTheDiskIsFull) {
  const auto file = UncachedFile::Create("/dev/full");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("abc").ok());
  const Status status = (*file)->Sync();
  EXPECT_EQ(status.code(), StatusCode::kIo);
  EXPECT_NE(status.message().find("\"/dev/full\" cannot be written"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Caches, UncachedFileTest, testing::Values(Cache::kAvoid, Cache::kUse));

}  // namespace
}  // namespace reeve
