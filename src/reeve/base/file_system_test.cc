#include "reeve/base/file_system.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"

namespace reeve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FileSystem& Files() { return FileSystem::System(); }

TEST(FileSystemTest, ReadsBackWhatWasWritten) {
  const TestFolder folder;
  const std::string bytes("a\0\n\xFF", 4);
  auto file = Files().Create(folder.Path("f"));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->Append(bytes).ok());
  EXPECT_TRUE((*file)->Append("more").ok());
  EXPECT_TRUE((*file)->Sync().ok());
  EXPECT_TRUE((*file)->Close().ok());
  EXPECT_EQ(*Files().Read(folder.Path("f"), 8), bytes + "more");
  EXPECT_EQ(*Files().Size(folder.Path("f")), 8u);
}

TEST(FileSystemTest, RefusesToReadMoreThanAsked) {
  const TestFolder folder;
  ASSERT_TRUE(WriteAtomically(Files(), folder.Path("f"), "12345").ok());
  EXPECT_TRUE(Files().Read(folder.Path("f"), 5).ok());
  const Status status = Files().Read(folder.Path("f"), 4).status();
  EXPECT_EQ(status.code(), StatusCode::kIo);
  EXPECT_THAT(status.message(), HasSubstr("larger than 4 bytes"));
}

TEST(FileSystemTest, ErrorsNameThePath) {
  const TestFolder folder;
  const std::string none = folder.Path("none/deeper");
  const std::vector<Status> refused = {
      Files().Read(none, 10).status(), Files().Create(none).status(), Files().Size(none).status(),
      Files().List(none).status(),     Files().Rename(none, none),    Files().SyncFolder(none),
  };
  for (const Status& status : refused) {
    EXPECT_EQ(status.code(), StatusCode::kNotFound);
    EXPECT_THAT(status.message(), HasSubstr("none/deeper"));
  }
  EXPECT_EQ(Files().Read(folder.Path(), 10).status().code(), StatusCode::kIo) << "a folder";
}

TEST(FileSystemTest, ErrorsNameTheFileThatWasAskedFor) {
  const TestFolder folder;
  for (const char* const path :
       {"none/report.html.tmp-0123abcd", "none.tmp-0123abcd/report.html"}) {
    const std::string message = Files().Create(folder.Path(path)).status().message();
    EXPECT_THAT(message, HasSubstr("none/report.html\" cannot be created"));
  }
  EXPECT_THAT(Files().Create(folder.Path("none/a.tmp-1")).status().message(), HasSubstr("a.tmp-1"));
}

TEST(FileSystemTest, ListsSortedAndRemovesWithAllItHolds) {
  const TestFolder folder;
  ASSERT_TRUE(Files().CreateFolders(folder.Path("b/c/d")).ok());
  ASSERT_TRUE(Files().CreateFolders(folder.Path("b/c/d")).ok()) << "again";
  ASSERT_TRUE(WriteAtomically(Files(), folder.Path("a"), "").ok());
  EXPECT_THAT(*Files().List(folder.Path()), ElementsAre("a", "b"));
  EXPECT_TRUE(Files().IsFolder(folder.Path("b")));
  EXPECT_FALSE(Files().IsFolder(folder.Path("a")));
  EXPECT_TRUE(Files().Remove(folder.Path("b")).ok());
  EXPECT_TRUE(Files().Remove(folder.Path("b")).ok()) << "absent";
  EXPECT_FALSE(Files().Exists(folder.Path("b")));
  EXPECT_EQ(Files().CreateFolders(folder.Path("a/x")).ok(), false) << "below a file";
}

TEST(FileSystemTest, RemovesALinkAndNotWhatItLeadsTo) {
  const TestFolder folder;
  ASSERT_TRUE(Files().CreateFolders(folder.Path("kept")).ok());
  ASSERT_TRUE(WriteAtomically(Files(), folder.Path("kept/file"), "x").ok());
  std::filesystem::create_directory_symlink(folder.Path("kept"), folder.Path("link"));
  EXPECT_TRUE(Files().Remove(folder.Path("link")).ok());
  EXPECT_FALSE(Files().Exists(folder.Path("link")));
  EXPECT_TRUE(Files().Exists(folder.Path("kept/file")));
  std::filesystem::create_symlink(folder.Path("nowhere"), folder.Path("dangling"));
  EXPECT_TRUE(Files().Exists(folder.Path("dangling"))) << "the link itself is there";
}

TEST(PathTest, TakesPathsApartAndPutsThemTogether) {
  EXPECT_EQ(ParentFolder("a/b.csv"), "a");
  EXPECT_EQ(ParentFolder("b.csv"), ".");
  EXPECT_EQ(ParentFolder("/b.csv"), "/");
  EXPECT_EQ(BaseName("a/b.csv"), "b.csv");
  EXPECT_EQ(BaseName("b.csv"), "b.csv");
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("a", "/b"), "/b");
  EXPECT_EQ(AbsolutePath("/a/./b/../c"), "/a/c");
  EXPECT_EQ(AbsolutePath("x"), std::filesystem::current_path().string() + "/x");
}

// The system's files, of which the step numbered `fails_at` (counted from 0) fails like a full
// disk does. Append then leaves half of the bytes behind, as a full disk does.
class FailingFiles : public FileSystem {
 public:
  explicit FailingFiles(int fails_at) : left_(fails_at) {}
  bool has_failed() const { return left_ < 0; }

  Result<std::string> Read(const std::string& path, std::uint64_t most) override {
    return System().Read(path, most);
  }
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    REEVE_RETURN_IF_ERROR(Step());
    REEVE_ASSIGN_OR_RETURN(auto file, System().Create(path));
    return std::make_unique<File>(*this, std::move(file));
  }
  Status Rename(const std::string& from, const std::string& to) override {
    REEVE_RETURN_IF_ERROR(Step());
    return System().Rename(from, to);
  }
  Status SyncFolder(const std::string& path) override {
    REEVE_RETURN_IF_ERROR(Step());
    return System().SyncFolder(path);
  }
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
      Status status = files_.Step();
      if (!status.ok()) (void)file_->Append(bytes.substr(0, bytes.size() / 2));
      return status.ok() ? file_->Append(bytes) : std::move(status);
    }
    Status Sync() override {
      REEVE_RETURN_IF_ERROR(files_.Step());
      return file_->Sync();
    }
    Status Close() override {
      REEVE_RETURN_IF_ERROR(files_.Step());
      return file_->Close();
    }

   private:
    FailingFiles& files_;
    std::unique_ptr<WritableFile> file_;
  };
  Status Step() { return left_-- == 0 ? Status::Io("no space left on device") : Status::Ok(); }
  int left_;
};

TEST(WriteAtomicallyTest, WhateverStepFailsAReaderSeesAWholeFileAndNothingIsLeftBehind) {
  constexpr int kSteps = 6;  // create, append, sync, close, rename, sync the folder
  for (int step = 0; step < kSteps; ++step) {
    const TestFolder folder;
    ASSERT_TRUE(WriteAtomically(Files(), folder.Path("file"), "old").ok());
    FailingFiles failing(step);
    const Status status = WriteAtomically(failing, folder.Path("file"), "new content");
    EXPECT_EQ(status.message(), "no space left on device") << "step " << step;
    EXPECT_EQ(*Files().Read(folder.Path("file"), 100), step < kSteps - 1 ? "old" : "new content");
    EXPECT_THAT(*Files().List(folder.Path()), ElementsAre("file")) << "step " << step;
  }
  const TestFolder folder;
  FailingFiles failing(kSteps);
  EXPECT_TRUE(WriteAtomically(failing, folder.Path("file"), "new").ok());
  EXPECT_FALSE(failing.has_failed());
}

TEST(WriteAtomicallyTest, DoesNotReplaceAFolder) {
  const TestFolder folder;
  ASSERT_TRUE(Files().CreateFolders(folder.Path("taken/inner")).ok());
  EXPECT_FALSE(WriteAtomically(Files(), folder.Path("taken"), "x").ok());
  EXPECT_THAT(*Files().List(folder.Path()), ElementsAre("taken"));
}

}  // namespace
}  // namespace reeve
