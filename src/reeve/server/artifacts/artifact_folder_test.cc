#include "reeve/server/artifacts/artifact_folder.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ArtifactFolderTest : public testing::Test {
 protected:
  void Put(const std::string& path, const std::string& text) {
    const Status status = folder_.Put(path, text);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  // "a/ b.txt:5": folders with a slash, files with their sizes.
  std::vector<std::string> List(const std::string& path = "") {
    const auto entries = folder_.List(path);
    EXPECT_TRUE(entries.ok()) << entries.status().message();
    std::vector<std::string> shown;
    for (const auto& entry : *entries) {
      shown.push_back(entry.path + (entry.is_dir ? "/" : ":" + std::to_string(entry.size)));
    }
    return shown;
  }
  std::string Read(const std::string& path) {
    const auto file = folder_.Open(path);
    if (!file.ok()) return file.status().message();
    std::string text(file->size, '\0');
    Response response;
    file->send(0, file->size, response);
    EXPECT_EQ(::pread(response.file->descriptor(), text.data(), text.size(), 0),
              static_cast<ssize_t>(text.size()));
    EXPECT_EQ(response.file->length(), text.size());
    return text;
  }
  static StatusCode CodeOf(const Status& status) { return status.code(); }

  TestFolder outside_;
  ArtifactFolder folder_{outside_.Path("root")};
};

TEST_F(ArtifactFolderTest, ListsByName) {
  EXPECT_THAT(List(), IsEmpty()) << "there is no root yet";
  Put("b.txt", "12345");
  Put("a/x.bin", "");
  Put("a/y/z.json", "{}");
  EXPECT_THAT(List(), ElementsAre("a/", "b.txt:5"));
  EXPECT_THAT(List("a"), ElementsAre("a/x.bin:0", "a/y/"));
  EXPECT_THAT(List("a/y/"), ElementsAre("a/y/z.json:2"));
  EXPECT_THAT(List("b.txt"), IsEmpty());
  EXPECT_THAT(List("nowhere/at/all"), IsEmpty());
  EXPECT_EQ(folder_.Below("a")->List("")->size(), 2u);
}

TEST_F(ArtifactFolderTest, ReadsBackWhatWasPut) {
  Put("d/üñí (x)[y].txt", "one");
  EXPECT_EQ(Read("d/üñí (x)[y].txt"), "one");
  EXPECT_EQ(Read("d/%C3%BC%C3%B1%C3%AD%20(x)[y].txt"), "one");
  Put("d/üñí (x)[y].txt", "two, longer");
  EXPECT_EQ(Read("d/üñí (x)[y].txt"), "two, longer");
}

TEST_F(ArtifactFolderTest, SaysWhatIsNoFile) {
  Put("a/x", "1");
  EXPECT_EQ(folder_.Open("a/none").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(folder_.Open("a/x/y").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(folder_.Open("a").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Read("a"), "Artifact path refers to a directory, not a file: 'a'");
  EXPECT_EQ(Read("a/none"), "No such artifact: 'a/none'");
  ASSERT_EQ(::mkfifo((folder_.name() + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(folder_.Open("pipe").status().code(), StatusCode::kNotFound);
  EXPECT_THAT(List(), ElementsAre("a/"));
  EXPECT_EQ(CodeOf(folder_.Put("a", "x")), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(folder_.Put("b/", "x")), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(folder_.Put("", "x")), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(folder_.Put("a/x/y", "x")), StatusCode::kInvalidArgument);
}

TEST_F(ArtifactFolderTest, DeletesFilesAndFolders) {
  Put("a/x", "1");
  Put("a/y/z", "1");
  Put("b", "1");
  EXPECT_TRUE(folder_.Delete("a/x").ok());
  EXPECT_THAT(List("a"), ElementsAre("a/y/"));
  EXPECT_TRUE(folder_.Delete("a/").ok());
  EXPECT_THAT(List(), ElementsAre("b:1"));
  EXPECT_TRUE(folder_.Delete("a").ok()) << "it is gone already";
  EXPECT_TRUE(folder_.Delete("b/c").ok());
  for (const char* root : {"", ".", "./", "a/.."}) {
    EXPECT_EQ(CodeOf(folder_.Delete(root)), StatusCode::kInvalidArgument) << root;
  }
  EXPECT_THAT(List(), ElementsAre("b:1"));
  EXPECT_EQ(FileSystem::System().List(folder_.name())->size(), 1u) << "nothing hidden is left";
}

TEST_F(ArtifactFolderTest, NothingLeadsOutOfTheRoot) {
  std::ofstream(outside_.Path("secret")) << "outside";
  Put("in/x", "1");
  const std::string root = folder_.name();
  std::filesystem::create_symlink(outside_.Path(), root + "/up");
  std::filesystem::create_symlink(outside_.Path("secret"), root + "/leak");
  std::filesystem::create_symlink(root + "/in", root + "/within");
  std::filesystem::create_symlink(outside_.Path("none"), root + "/dangling");
  for (const char* path : {"../secret", "up/secret", "leak", "up", "within/../../secret"}) {
    EXPECT_EQ(folder_.Open(path).status().code(), StatusCode::kInvalidArgument) << path;
  }
  EXPECT_EQ(folder_.List("up").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(folder_.Put("up/evil", "x")), StatusCode::kInvalidArgument);
  EXPECT_FALSE(folder_.Put("dangling/evil", "x").ok());
  EXPECT_EQ(CodeOf(folder_.Delete("up/secret")), StatusCode::kInvalidArgument);
  EXPECT_THAT(List(), ElementsAre("in/", "within/")) << "links that lead out are not shown";
  EXPECT_EQ(Read("within/x"), "1");
  // A link is replaced and deleted itself, not what it leads to.
  EXPECT_TRUE(folder_.Put("leak", "mine").ok());
  EXPECT_EQ(Read("leak"), "mine");
  EXPECT_TRUE(folder_.Delete("up").ok());
  std::ifstream secret(outside_.Path("secret"));
  std::string text;
  secret >> text;
  EXPECT_EQ(text, "outside");
  EXPECT_FALSE(std::filesystem::exists(outside_.Path("evil")));
  EXPECT_FALSE(std::filesystem::exists(outside_.Path("none")));
}

TEST_F(ArtifactFolderTest, TheRootItselfMayBeALink) {
  std::filesystem::create_directory(outside_.Path("disk"));
  std::filesystem::create_symlink(outside_.Path("disk"), outside_.Path("root"));
  Put("a/b", "1");
  EXPECT_EQ(Read("a/b"), "1");
  EXPECT_THAT(List(), ElementsAre("a/"));
  EXPECT_TRUE(std::filesystem::exists(outside_.Path("disk/a/b")));
}

TEST_F(ArtifactFolderTest, UploadsOnTheirWayAreNotThere) {
  const auto staged = folder_.Stage("a/x", 0);
  ASSERT_TRUE(staged.ok());
  ASSERT_TRUE((*staged)->Write(0, "half").ok());
  EXPECT_THAT(List("a"), IsEmpty());
  EXPECT_EQ(folder_.Open("a/x").status().code(), StatusCode::kNotFound);
}

TEST_F(ArtifactFolderTest, RefusesAtOnceWhatDoesNotFit) {
  const auto staged = folder_.Stage("a/x", 1ULL << 60);
  ASSERT_FALSE(staged.ok());
  EXPECT_EQ(staged.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(staged.status().message(), HasSubstr("has room for"));
  EXPECT_THAT(List(), IsEmpty()) << "not even the folder was made";
}

}  // namespace
}  // namespace reeve::server
