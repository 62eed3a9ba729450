#include "reeve/tracking/rest/server_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/test_folder.h"
#include "reeve/tracking/http/test_server.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;

constexpr std::string_view kRoute = "/api/2.0/mlflow-artifacts/artifacts";
constexpr const char* kLocation = "mlflow-artifacts:/1/abc/artifacts/model";

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Decode(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return decoded;
}

class ServerFilesTest : public ::testing::Test {
 protected:
  // The files of one folder, as MLflow's artifact proxy gives them.
  TestAnswer Answer(const TestRequest& request) {
    if (!fixed_listing_.empty() && request.target.starts_with(std::string(kRoute) + "?"))
      return {.body = fixed_listing_};
    const std::string root = "1/abc/artifacts/model";
    if (request.target.starts_with(std::string(kRoute) + "?path=")) {
      const std::string folder = Decode(request.target.substr(kRoute.size() + 6));
      if (!folder.starts_with(root)) return {};
      std::string below = folder.substr(root.size());
      if (!below.empty()) below = below.substr(1) + "/";
      return {.body = Listing(below)};
    }
    const std::string path = Decode(request.target.substr(kRoute.size() + 1));
    if (request.method == "PUT") {
      uploaded_[path] = request.body;
      return {};
    }
    const auto file = files_.find(path.substr(std::min(path.size(), root.size() + 1)));
    if (file == files_.end())
      return {.status = 404,
              .body = R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such artifact"})"};
    return {.body = file->second};
  }

  std::string Listing(const std::string& below) const {
    Json entries = Json::array();
    std::string last;
    for (const auto& [path, bytes] : files_) {
      if (!path.starts_with(below)) continue;
      const std::string rest = path.substr(below.size());
      const std::string name = rest.substr(0, rest.find('/'));
      if (name == last) continue;
      last = name;
      const bool is_folder = name.size() < rest.size();
      Json entry{{"path", name}, {"is_dir", is_folder}};
      if (!is_folder && !bytes.empty()) entry["file_size"] = bytes.size() + wrong_size_;
      entries.push_back(entry);
    }
    return DumpJson(entries.empty() ? Json::object() : Json{{"files", entries}});
  }

  std::unique_ptr<Api> NewApi(const std::string& uri) {
    return std::make_unique<Api>(*HttpClient::Make(*ParseServerUrl(uri), {}, {}));
  }
  std::unique_ptr<Api> NewApi() { return NewApi(server_.uri()); }

  // What a store of the server knows of its artifacts.
  struct Server {
    Server(std::unique_ptr<Api> own, Artifacts::Options options)
        : api(std::move(own)),
          files(*api),
          artifacts(
              [this](const auto& location, ArtifactUse use) { return files.Find(location, use); },
              std::move(options)) {}

    std::unique_ptr<Api> api;
    ServerFiles files;
    Artifacts artifacts;
  };

  Artifacts::Options Options(const FetchLimits& limits = {}) const {
    return {.cache_folder = folder_.Path("cache"), .limits = limits};
  }

  Result<std::string> Fetch(const std::string& location, const FetchLimits& limits = {}) {
    return Server(NewApi(), Options(limits)).artifacts.Fetch(location);
  }

  // How many files and folders the cache holds at its first level.
  std::ptrdiff_t Cached() const {
    const std::string models = folder_.Path("cache/models");
    if (!std::filesystem::exists(models)) return 0;
    return std::distance(std::filesystem::directory_iterator(models), {});
  }

  TestFolder folder_;
  std::map<std::string, std::string> files_ = {{"MLmodel", "flavors:\n"},
                                               {"checksums", "reeve-bundle 1\n"},
                                               {"empty", ""},
                                               {"model.reeve", std::string(200'000, 'm')},
                                               {"name with ü#?&", "x"},
                                               {"sub/deep/file", "y"}};
  std::map<std::string, std::string> uploaded_;
  std::string fixed_listing_;
  std::size_t wrong_size_ = 0;
  TestServer server_{[this](const TestRequest& request) { return Answer(request); }};
};

TEST_F(ServerFilesTest, FetchesEveryFileOnce) {
  const Result<std::string> folder = Fetch(kLocation);
  ASSERT_TRUE(folder.ok()) << folder.status().message();
  EXPECT_TRUE(folder->starts_with(folder_.Path("cache/models/")));
  for (const auto& [path, bytes] : files_) {
    EXPECT_EQ(ReadText(*folder + "/" + path), bytes) << path;
  }
  EXPECT_EQ(Cached(), 1);
}

TEST_F(ServerFilesTest, WhatIsInTheCacheIsNotFetchedAgain) {
  const std::string folder = *Fetch(kLocation);
  const std::size_t before = server_.requests().size();
  EXPECT_EQ(*Fetch(kLocation), folder);
  // The listings, and the checksums by which the content is known.
  EXPECT_EQ(server_.requests().size() - before, 4u);
}

TEST_F(ServerFilesTest, AnotherContentAtTheSamePlaceIsFetched) {
  const std::string first = *Fetch(kLocation);
  files_["checksums"] += "x";
  files_["model.reeve"] = "new";
  const std::string second = *Fetch(kLocation);
  EXPECT_NE(first, second);
  EXPECT_EQ(ReadText(second + "/model.reeve"), "new");
  EXPECT_EQ(ReadText(first + "/model.reeve").size(), 200'000u);
}

TEST_F(ServerFilesTest, ACacheThatLostSomethingIsMended) {
  const std::string folder = *Fetch(kLocation);
  std::filesystem::remove(folder + "/model.reeve");
  std::ofstream(folder + "/MLmodel") << "cut";
  EXPECT_EQ(*Fetch(kLocation), folder);
  EXPECT_EQ(ReadText(folder + "/MLmodel"), files_["MLmodel"]);
  EXPECT_EQ(ReadText(folder + "/model.reeve"), files_["model.reeve"]);
}

TEST_F(ServerFilesTest, NamesThatLeadOutOfTheFolderAreRefused) {
  for (const char* name : {"..", ".", "", "../x", "/etc/passwd", "a/b", "a\\\\b", "a\\u0000b",
                           "a\\nb", "..%2Fx/../y"}) {
    fixed_listing_ =
        std::string(R"({"files":[{"path":"checksums","is_dir":false,"file_size":15},)") +
        R"({"path":")" + name + R"(","is_dir":false,"file_size":1}]})";
    const Status status = Fetch(kLocation).status();
    EXPECT_EQ(status.code(), StatusCode::kCorrupt) << name << ": " << status.message();
    EXPECT_EQ(Cached(), 0) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("x")));
}

TEST_F(ServerFilesTest, ListingsThatAreNoneAreRefused) {
  for (const char* listing : {"[]", "garbage", "<html>", R"({"files":[3]})", R"({"files":[null]})",
                              R"({"files":[{"is_dir":false}]})"}) {
    fixed_listing_ = listing;
    EXPECT_FALSE(Fetch(kLocation).ok()) << listing;
  }
  fixed_listing_ = R"({"files":[{"path":"again","is_dir":true}]})";
  EXPECT_THAT(Fetch(kLocation).status().message(), HasSubstr("deeper than 8"));
}

TEST_F(ServerFilesTest, FoldersBeyondTheLimitsAreRefused) {
  EXPECT_THAT(Fetch(kLocation, {.files = 3}).status().message(), HasSubstr("more than 3 files"));
  EXPECT_THAT(Fetch(kLocation, {.bytes = 1'000}).status().message(),
              HasSubstr("larger than 1,000 bytes"));
  EXPECT_EQ(Cached(), 0);
}

TEST_F(ServerFilesTest, AFileOfAnotherSizeThanListedIsNotKept) {
  wrong_size_ = 1;
  const Status status = Fetch(kLocation).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("changed while it was fetched"));
  EXPECT_EQ(Cached(), 0);
}

TEST_F(ServerFilesTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(Fetch("mlflow-artifacts:/2/none").status().code(), StatusCode::kNotFound);
  files_.erase("checksums");
  const Status status = Fetch(kLocation).status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("no bundle of reeve"));
}

TEST_F(ServerFilesTest, PlacesOnThisDiskAreUsedAsTheyAre) {
  const std::string here = folder_.Path("here");
  std::filesystem::create_directory(here);
  EXPECT_EQ(*Fetch(here), here);
  EXPECT_EQ(*Fetch("file://" + here), here);
  for (const std::string& location :
       {folder_.Path("gone"), "file://" + folder_.Path("gone"), std::string("file://elsewhere/x")})
    EXPECT_EQ(Fetch(location).status().code(), StatusCode::kUnavailable) << location;
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(ServerFilesTest, OtherStoresAndServersAreUnavailable) {
  for (const char* location :
       {"gs://b/x", "mlflow-artifacts://elsewhere:5000/1/abc", "relative/path", "", "dbfs:/x",
        "mlflow-artifacts://user@127.0.0.1/1"}) {
    const Status status = Fetch(location).status();
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << location;
    EXPECT_FALSE(status.fixes().empty()) << location;
  }
  for (const char* location : {"mlflow-artifacts:/", "mlflow-artifacts:/a/../b",
                               "mlflow-artifacts:/a//b", "mlflow-artifacts:"})
    EXPECT_EQ(Fetch(location).status().code(), StatusCode::kCorrupt) << location;
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(ServerFilesTest, OurOwnServerByNameIsOurs) {
  const Result<std::string> folder =
      Fetch("mlflow-artifacts://" + server_.authority() + "/1/abc/artifacts/model");
  ASSERT_TRUE(folder.ok()) << folder.status().message();
  EXPECT_EQ(*folder, *Fetch(kLocation));
}

TEST_F(ServerFilesTest, WhatIsWrittenInTheStagedFolderIsBroughtToTheServer) {
  Server server(NewApi(), Options());
  Artifacts& artifacts = server.artifacts;
  const std::string staged = *artifacts.Stage(kLocation);
  EXPECT_EQ(*artifacts.Stage(kLocation), staged);
  EXPECT_FALSE(std::filesystem::exists(staged));
  std::filesystem::create_directories(staged + "/pictures");
  std::ofstream(staged + "/answer.json") << "{}";
  std::ofstream(staged + "/pictures/a b.svg") << "<svg/>";
  const Result<std::string> place = artifacts.Upload(kLocation);
  ASSERT_TRUE(place.ok()) << place.status().message();
  EXPECT_EQ(*place, kLocation);
  EXPECT_EQ(uploaded_, (std::map<std::string, std::string>{
                           {"1/abc/artifacts/model/answer.json", "{}"},
                           {"1/abc/artifacts/model/pictures/a b.svg", "<svg/>"}}));
  EXPECT_FALSE(std::filesystem::exists(staged));
  EXPECT_TRUE(artifacts.Upload(kLocation).ok()) << "nothing written is nothing to bring";
}

TEST_F(ServerFilesTest, WhatCouldNotBeBroughtIsRemovedInTheEnd) {
  std::string staged;
  {
    Server server(NewApi(), Options());
    Artifacts& artifacts = server.artifacts;
    staged = *artifacts.Stage(kLocation);
    std::filesystem::create_directories(staged);
    std::ofstream(staged + "/file") << "x";
    server_.Stop();
    EXPECT_EQ(artifacts.Upload(kLocation).status().code(), StatusCode::kUnavailable);
    EXPECT_TRUE(std::filesystem::exists(staged));
  }
  EXPECT_FALSE(std::filesystem::exists(staged));
}

TEST_F(ServerFilesTest, OnlyPlacesThatCanBeReachedAreStaged) {
  Server server(NewApi(), Options());
  Artifacts& artifacts = server.artifacts;
  EXPECT_EQ(artifacts.Stage("gs://bucket/x").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(artifacts.Stage("mlflow-artifacts://other/1").status().code(),
            StatusCode::kUnavailable);
  // The server is on this machine, so its disk is ours.
  EXPECT_EQ(*artifacts.Stage(folder_.Path("new")), folder_.Path("new"));
  EXPECT_EQ(*artifacts.Upload(folder_.Path("new")), folder_.Path("new"));
  Server remote(NewApi("http://mlflow.invalid"), Options());
  EXPECT_EQ(remote.artifacts.Stage(folder_.Path("new")).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(*remote.artifacts.Stage(folder_.Path()), folder_.Path()) << "a disk that both share";
}

TEST_F(ServerFilesTest, ACacheThatCannotBeWrittenSaysWhatToSet) {
  std::ofstream(folder_.Path("cache")) << "a file";
  const Status status = Fetch(kLocation).status();
  EXPECT_FALSE(status.ok());
  ASSERT_FALSE(status.fixes().empty());
  EXPECT_THAT(status.fixes().back(), HasSubstr("REEVE_CACHE"));
}

}  // namespace
}  // namespace reeve::tracking
