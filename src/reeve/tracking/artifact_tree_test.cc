#include "reeve/tracking/artifact_tree.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::tracking {
namespace {

TEST(ArtifactTreeTest, ListsFilesByPathAndNoLinks) {
  const TestFolder folder;
  std::filesystem::create_directories(folder.Path("tree/b/c"));
  std::ofstream(folder.Path("tree/b/c/one")) << "123";
  std::ofstream(folder.Path("tree/a")) << "";
  std::filesystem::create_symlink("/etc/passwd", folder.Path("tree/link"));
  std::filesystem::create_directory_symlink("/etc", folder.Path("tree/folder"));
  const auto files = ListTree(folder.Path("tree"));
  ASSERT_TRUE(files.ok()) << files.status().message();
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].path, "a");
  EXPECT_EQ((*files)[1].path, "b/c/one");
  EXPECT_EQ((*files)[1].bytes, 3u);
  EXPECT_TRUE(ListTree(folder.Path("nowhere"))->empty());
}

TEST(ArtifactTreeTest, CopiesWholeFilesAndReplaces) {
  const TestFolder folder;
  std::ofstream(folder.Path("source")) << "new";
  ASSERT_TRUE(CopyWhole(folder.Path("source"), folder.Path("x/y/target")).ok());
  std::ofstream(folder.Path("source")) << "newer";
  ASSERT_TRUE(CopyWhole(folder.Path("source"), folder.Path("x/y/target")).ok());
  EXPECT_EQ(*FileSystem::System().Read(folder.Path("x/y/target"), 100), "newer");
  EXPECT_THAT(*FileSystem::System().List(folder.Path("x/y")), testing::ElementsAre("target"));
  EXPECT_EQ(CopyWhole(folder.Path("gone"), folder.Path("z")).code(), StatusCode::kIo);
}

TEST(ArtifactTreeTest, PathsStayBelowTheirFolder) {
  for (const char* path : {"a", "a/b.c", "ü/…"}) EXPECT_TRUE(IsPathBelow(path)) << path;
  for (const char* path : {"", "/a", "a/", "a//b", "..", "a/../b", ".", "a\\b"})
    EXPECT_FALSE(IsPathBelow(path)) << path;
}

}  // namespace
}  // namespace reeve::tracking
