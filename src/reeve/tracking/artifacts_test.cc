#include "reeve/tracking/artifacts.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/environment.h"
#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"
#include "reeve/tracking/s3/test_environment.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;

// Files in memory.
class FakeRemote final : public ArtifactRemote {
 public:
  std::string name() const override { return "memory"; }
  Status Check(const std::string& folder) override {
    return folder == "closed" ? Status::Unavailable("closed") : Status::Ok();
  }
  Result<std::vector<ArtifactFile>> List(const std::string& folder, const FetchLimits&) override {
    std::vector<ArtifactFile> listed;
    for (const auto& [path, bytes] : files) {
      if (path.starts_with(folder + "/"))
        listed.push_back({path.substr(folder.size() + 1), bytes.size()});
    }
    return std::vector<ArtifactFile>(listed.rbegin(), listed.rend());
  }
  Status Download(const std::string& path, const Sink& sink, const Restart&) override {
    const auto file = files.find(path);
    return file != files.end() ? sink(file->second) : Status::NotFound(path);
  }
  Status Upload(const std::string& path, const std::string& file) override {
    REEVE_ASSIGN_OR_RETURN(files[path], FileSystem::System().Read(file, 1'000));
    return Status::Ok();
  }

  std::map<std::string, std::string> files;
};

class ArtifactsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Artifacts> Make(const std::string& cache) {
    return std::make_unique<Artifacts>(
        [this](const std::string& location, ArtifactUse) -> Result<ArtifactPlace> {
          if (location.starts_with("memory:"))
            return ArtifactPlace{.remote = &remote_, .path = location.substr(7)};
          return ArtifactPlace{.path = location};
        },
        Artifacts::Options{.cache_folder = cache});
  }

  TestFolder folder_;
  TestS3Environment environment_{folder_.Path()};
  FakeRemote remote_;
  std::unique_ptr<Artifacts> artifacts_ = Make(folder_.Path("cache"));
};

TEST_F(ArtifactsTest, FilesGoAndComeOneByOneWhereverTheyLie) {
  std::ofstream(folder_.Path("source")) << "bytes";
  for (const std::string& location : {std::string("memory:root"), folder_.Path("here")}) {
    ASSERT_TRUE(artifacts_->PutOne(location, "b/c", folder_.Path("source")).ok()) << location;
    ASSERT_TRUE(artifacts_->PutOne(location, "a", folder_.Path("source")).ok());
    const auto files = artifacts_->ListFiles(location);
    ASSERT_TRUE(files.ok());
    ASSERT_EQ(files->size(), 2u);
    EXPECT_EQ((*files)[0].path, "a");
    EXPECT_EQ((*files)[1].path, "b/c");
    ASSERT_TRUE(artifacts_->FetchOne(location, "b/c", folder_.Path("back")).ok());
    EXPECT_EQ(*FileSystem::System().Read(folder_.Path("back"), 100), "bytes");
    EXPECT_EQ(*artifacts_->ReadOne(location, "b/c", 5), "bytes");
    EXPECT_FALSE(artifacts_->ReadOne(location, "b/c", 4).ok());
    EXPECT_EQ(artifacts_->ReadOne(location, "none", 9).status().code(), StatusCode::kNotFound);
    EXPECT_EQ(artifacts_->ReadOne(location, "../x", 9).status().code(), StatusCode::kCorrupt);
    EXPECT_EQ(artifacts_->FetchOne(location, "../x", folder_.Path("x")).code(),
              StatusCode::kCorrupt);
    EXPECT_EQ(artifacts_->PutOne(location, "../x", folder_.Path("source")).code(),
              StatusCode::kCorrupt);
  }
}

TEST_F(ArtifactsTest, WithoutACacheOnlyThisDiskIsUsed) {
  const auto artifacts = Make("");
  remote_.files["root/checksums"] = "x";
  EXPECT_EQ(*artifacts->Fetch("/here"), "/here");
  EXPECT_EQ(*artifacts->Stage("/here"), "/here");
  EXPECT_TRUE(artifacts->Check("/here").ok());
  for (const Status& status :
       {artifacts->Fetch("memory:root").status(), artifacts->Stage("memory:root").status(),
        artifacts->Check("memory:root")}) {
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(status.fixes().at(0), HasSubstr("REEVE_CACHE"));
  }
}

TEST_F(ArtifactsTest, LocationsMayMeanOtherPlacesOrNone) {
  Artifacts artifacts(
      [](const std::string& location, ArtifactUse) -> Result<ArtifactPlace> {
        return ArtifactPlace{.path = location};
      },
      {.locate = [](const std::string& location) -> Result<std::string> {
        if (!location.starts_with("mlflow-artifacts:")) return Status::InvalidArgument("not ours");
        return "/srv" + location.substr(location.find('/'));
      }});
  EXPECT_EQ(*artifacts.Fetch("mlflow-artifacts:/0/a"), "/srv/0/a");
  EXPECT_EQ(artifacts.Fetch("/etc").status().message(), "not ours");
}

TEST_F(ArtifactsTest, OnlyWhatIsNotOnThisDiskIsACopy) {
  EXPECT_TRUE(artifacts_->IsElsewhere("memory:root"));
  EXPECT_FALSE(artifacts_->IsElsewhere("/here"));
}

TEST_F(ArtifactsTest, WhetherAPlaceElsewhereAnswersIsAskedThere) {
  EXPECT_TRUE(artifacts_->Check("memory:root").ok());
  EXPECT_EQ(artifacts_->Check("memory:closed").message(), "closed");
}

TEST_F(ArtifactsTest, BucketsAreKnownToEveryStore) {
  const Status unknown = artifacts_->Stage("s3://bucket/a").status();
  EXPECT_THAT(unknown.message(), HasSubstr("no key pair for S3 is known"));
  EXPECT_EQ(artifacts_->Stage("s3://bucket/../a").status().code(), StatusCode::kInvalidArgument);
  environment_.Set("AWS_ACCESS_KEY_ID", "AKIA");
  environment_.Set("AWS_SECRET_ACCESS_KEY", "hunter2");
  const Result<std::string> folder = artifacts_->Stage("s3://bucket/a");
  ASSERT_TRUE(folder.ok()) << folder.status().message();
  EXPECT_TRUE(folder->starts_with(folder_.Path("cache/uploads/")));
  EXPECT_EQ(*artifacts_->Upload("s3://bucket/a"), "s3://bucket/a") << "nothing to bring";
}

TEST(CacheFolderTest, IsWhereTheEnvironmentSays) {
  const std::string before = EnvironmentVariable("HOME");
  ::unsetenv("REEVE_CACHE");
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(*CacheFolder(), "/home/ada/.cache/reeve");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(*CacheFolder(), "/home/ada/.cache/reeve");
  ::setenv("XDG_CACHE_HOME", "/var/cache", 1);
  EXPECT_EQ(*CacheFolder(), "/var/cache/reeve");
  ::setenv("REEVE_CACHE", "/srv/models", 1);
  EXPECT_EQ(*CacheFolder(), "/srv/models");
  ::unsetenv("REEVE_CACHE");
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace reeve::tracking
