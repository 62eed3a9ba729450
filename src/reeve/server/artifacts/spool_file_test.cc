#include "reeve/server/artifacts/spool_file.h"

#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

class SpoolFileTest : public testing::Test {
 protected:
  SpoolFileTest() { ::setenv("TMPDIR", folder_.Path().c_str(), 1); }
  ~SpoolFileTest() override { ::unsetenv("TMPDIR"); }
  TestFolder folder_;
};

TEST_F(SpoolFileTest, HasNoNameAndIsReadByItsPath) {
  const auto file = SpoolFile::Create("a.txt", 5);
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_TRUE(std::filesystem::is_empty(folder_.Path()));
  EXPECT_TRUE((*file)->Append("he").ok());
  EXPECT_TRUE((*file)->Append("").ok());
  EXPECT_TRUE((*file)->Append("llo").ok());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(*FileSystem::System().Read((*file)->path(), 100), "hello");
  EXPECT_EQ(*FileSystem::System().Size((*file)->path()), 5u);
  EXPECT_FALSE((*file)->disk_full());
}

TEST_F(SpoolFileTest, WhatHasNoRoomIsRefused) {
  EXPECT_EQ(SpoolFile::Create("a", std::uint64_t{1} << 62).status().code(),
            StatusCode::kUnavailable);
  ::setenv("TMPDIR", folder_.Path("none").c_str(), 1);
  EXPECT_EQ(SpoolFile::Create("a", 0).status().code(), StatusCode::kIo);
}

TEST_F(SpoolFileTest, AFullDiskIsTold) {
  SpoolFile full(::open("/dev/full", O_WRONLY | O_CLOEXEC), "a");
  EXPECT_EQ(full.Append("x").code(), StatusCode::kIo);
  EXPECT_TRUE(full.disk_full());
}

}  // namespace
}  // namespace reeve::server
