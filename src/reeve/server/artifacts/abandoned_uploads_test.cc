#include "reeve/server/artifacts/abandoned_uploads.h"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

namespace fs = std::filesystem;

class AbandonedUploadsTest : public testing::Test {
 protected:
  std::string Write(const std::string& name) {
    const auto path = folder_.Path(name);
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "x";
    return path;
  }
  static void Age(const std::string& path) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(30));
  }
  TestFolder folder_;
};

TEST_F(AbandonedUploadsTest, RemovesWhatNobodyTouches) {
  const auto upload = Write("1/a/.artifact.uploading.old");
  const auto fresh = Write("1/a/.artifact.uploading.fresh");
  const auto deleted = Write("1/.artifact.uploading.folder/model/MLmodel");
  const auto artifact = Write("1/a/model.bin");
  for (const auto& path : {upload, folder_.Path("1/.artifact.uploading.folder"), artifact}) {
    Age(path);
  }
  const auto removed = RemoveAbandonedUploads(folder_.Path());
  ASSERT_TRUE(removed.ok()) << removed.status().message();
  EXPECT_EQ(*removed, 2);
  EXPECT_FALSE(fs::exists(upload));
  EXPECT_FALSE(fs::exists(folder_.Path("1/.artifact.uploading.folder")));
  EXPECT_TRUE(fs::exists(fresh));
  EXPECT_TRUE(fs::exists(artifact));
  EXPECT_EQ(*RemoveAbandonedUploads(folder_.Path()), 0);
  EXPECT_EQ(*RemoveAbandonedUploads(folder_.Path("nowhere")), 0);
}

TEST_F(AbandonedUploadsTest, LinksAreNotFollowed) {
  const auto outside = Write("outside/.artifact.uploading.x");
  Age(outside);
  fs::create_directories(folder_.Path("root"));
  fs::create_symlink(folder_.Path("outside"), folder_.Path("root/link"));
  fs::create_symlink(folder_.Path("outside"), folder_.Path("root/.artifact.uploading.link"));
  EXPECT_EQ(*RemoveAbandonedUploads(folder_.Path("root"), 0), 1);
  EXPECT_TRUE(fs::exists(outside));
}

}  // namespace
}  // namespace reeve::server
