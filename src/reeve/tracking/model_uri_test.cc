#include "reeve/tracking/model_uri.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;

class ModelUriTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    for (int i = 0; i < 3; ++i) versions_.push_back(NewTestVersion("loans"));
    ASSERT_TRUE(store_->SetAlias("loans", "champion", 2).ok());
    ASSERT_TRUE(store_->SetAlias("loans", "challenger", 3).ok());
  }

  // Version that `model` means, or the code of the failure.
  std::string VersionOf(const std::string& model) {
    const Result<ResolvedModel> resolved = ResolveModel(model, *store_);
    return resolved.ok() ? resolved->version
                         : std::string(StatusCodeName(resolved.status().code()));
  }

  std::string Folder(const ModelVersion& version) {
    return *LocalPath(version.storage_location, store_->folder());
  }

  std::vector<ModelVersion> versions_;
};

TEST_F(ModelUriTest, FindsVersionsByEverySpelling) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"models:/loans@champion", "2"},
                                                                  {"models:/loans@challenger", "3"},
                                                                  {"loans@challenger", "3"},
                                                                  {"models:/loans/1", "1"},
                                                                  {"loans/3", "3"},
                                                                  {"models:/loans/latest", "3"},
                                                                  {"models:/loans/Latest", "3"},
                                                                  {"loans", "2"},
                                                                  {"models:/loans", "2"},
                                                                  {"models:/loans/Production", "2"},
                                                                  {"models:/loans/production", "2"},
                                                                  {"models:/loans/Staging", "3"}};
  for (const auto& [model, version] : cases) EXPECT_EQ(VersionOf(model), version) << model;
}

TEST_F(ModelUriTest, AFoundVersionHasItsFolderAndRun) {
  const Result<ResolvedModel> resolved = ResolveModel("models:/loans/1", *store_);
  ASSERT_TRUE(resolved.ok()) << resolved.status().message();
  EXPECT_EQ(resolved->name, "loans");
  EXPECT_EQ(resolved->run_id, versions_[0].run_id);
  EXPECT_EQ(resolved->folder, Folder(versions_[0]));
  EXPECT_TRUE(resolved->folder.starts_with(folder_.Path("mlruns/0/models/m-")));
}

TEST_F(ModelUriTest, AStageMeansItsNewestVersion) {
  ASSERT_TRUE(store_->SetStage("loans", 1, "Production").ok());
  EXPECT_EQ(VersionOf("models:/loans/Production"), "1");
  ASSERT_TRUE(store_->SetStage("loans", 2, "Production").ok());
  EXPECT_EQ(VersionOf("models:/loans/Production"), "2");
  ASSERT_TRUE(store_->SetStage("loans", 3, "Archived").ok());
  EXPECT_EQ(VersionOf("models:/loans/archived"), "3");
}

TEST_F(ModelUriTest, WhatIsNotThereIsNotFound) {
  for (const char* model :
       {"models:/loans@nobody", "models:/loans/4", "models:/loans/0", "models:/loans/Archived",
        "models:/absent@champion", "models:/absent/1", "models:/absent", "absent", "models:/",
        "models:/m-00000000000000000000000000000000", "runs:/absent/model", "runs:/",
        "models:/loans/", "models:/loans@", "", "models:/@champion", "models:/loans/1/2"}) {
    const Result<ResolvedModel> resolved = ResolveModel(model, *store_);
    ASSERT_FALSE(resolved.ok()) << model << " is " << resolved->folder;
    EXPECT_EQ(resolved.status().code(), StatusCode::kNotFound) << model;
    EXPECT_FALSE(resolved.status().message().empty()) << model;
  }
}

TEST_F(ModelUriTest, FailuresNameTheNearest) {
  EXPECT_THAT(ResolveModel("models:/lons@champion", *store_).status().message(),
              HasSubstr("\"loans\""));
  EXPECT_THAT(ResolveModel("models:/loans@champoin", *store_).status().message(),
              HasSubstr("\"champion\""));
  EXPECT_THAT(ResolveModel("models:/loans/Productoin", *store_).status().message(),
              HasSubstr("\"Production\""));
  EXPECT_THAT(ResolveModel("models:/loans/7", *store_).status().message(),
              HasSubstr("Valid: 3, 2, 1"));
}

TEST_F(ModelUriTest, LatestOfAModelWithoutVersionsSaysSo) {
  ASSERT_TRUE(Raw()->RunScript("INSERT INTO registered_models (name) VALUES ('empty')").ok());
  for (const char* model : {"models:/empty/latest", "empty"}) {
    const Status status = ResolveModel(model, *store_).status();
    EXPECT_EQ(status.code(), StatusCode::kNotFound);
    EXPECT_THAT(status.message(), HasSubstr("has no version")) << model;
    EXPECT_TRUE(status.fixes().empty()) << "no alias can be set to version 0";
  }
}

TEST_F(ModelUriTest, FindsModelsByRunAndById) {
  const ModelVersion& version = versions_[1];
  const std::string id = version.source.substr(8);
  for (const std::string& model :
       {"runs:/" + version.run_id + "/model", "runs:/" + version.run_id, "models:/" + id}) {
    const Result<ResolvedModel> resolved = ResolveModel(model, *store_);
    ASSERT_TRUE(resolved.ok()) << model << ": " << resolved.status().message();
    EXPECT_EQ(resolved->folder, Folder(version)) << model;
    EXPECT_EQ(resolved->run_id, version.run_id);
    EXPECT_EQ(resolved->version, "");
  }
}

TEST_F(ModelUriTest, ARunWithoutLoggedModelMeansItsArtifacts) {
  const Run run = NewTestRun();
  const Result<ResolvedModel> resolved = ResolveModel("runs:/" + run.id + "/other", *store_);
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(resolved->folder, folder_.Path("mlruns/0/" + run.id + "/artifacts/other"));
}

TEST_F(ModelUriTest, TheNewestModelOfThatNameInARunIsMeant) {
  const Run run = NewTestRun();
  std::string newest;
  for (int i = 0; i < 6; ++i) {
    const LoggedModel model = *store_->CreateLoggedModel(run, "model");
    ASSERT_TRUE(store_->Publish({.run_id = run.id, .model_id = model.id}).ok());
    newest = *LocalPath(model.artifact_location, "/");
  }
  EXPECT_EQ(ResolveModel("runs:/" + run.id + "/model", *store_)->folder, newest);
}

TEST_F(ModelUriTest, VersionsMadeByMlflowWithoutStorageLocationAreFollowed) {
  const std::string id = versions_[0].source.substr(8);
  const std::string script =
      "UPDATE model_versions SET storage_location = NULL WHERE version = 1; UPDATE model_versions "
      "SET storage_location = '', source = 'runs:/" +
      versions_[1].run_id + "/model' WHERE version = 2";
  ASSERT_TRUE(Raw()->RunScript(script.c_str()).ok());
  for (const int i : {0, 1}) {
    const Result<ResolvedModel> resolved =
        ResolveModel("models:/loans/" + std::to_string(i + 1), *store_);
    ASSERT_TRUE(resolved.ok()) << resolved.status().message();
    EXPECT_EQ(resolved->folder, Folder(versions_[static_cast<std::size_t>(i)]));
    EXPECT_EQ(resolved->version, std::to_string(i + 1));
  }
}

TEST_F(ModelUriTest, SourcesThatLeadInCirclesEnd) {
  ASSERT_TRUE(Raw()
                  ->RunScript("UPDATE model_versions SET storage_location = NULL, source = "
                              "'models:/loans/1'")
                  .ok());
  EXPECT_FALSE(ResolveModel("models:/loans/1", *store_).ok());
}

TEST_F(ModelUriTest, NamesWithAnAtSignAreFoundByVersion) {
  NewTestVersion("a@b", "champion");
  EXPECT_EQ(VersionOf("models:/a@b/1"), "1");
  EXPECT_EQ(VersionOf("models:/a@b@champion"), "1");
}

TEST_F(ModelUriTest, ModelsElsewhereAreUnavailable) {
  ASSERT_TRUE(
      Raw()->RunScript("UPDATE model_versions SET storage_location = 'gs://bucket/x'").ok());
  EXPECT_EQ(ResolveModel("loans", *store_).status().code(), StatusCode::kUnavailable);
}

TEST_F(ModelUriTest, FoldersNeedNoStore) {
  const std::string bundle = folder_.Path("bundle");
  std::filesystem::create_directory(bundle);
  std::ofstream(bundle + "/MLmodel") << "x";
  for (const std::string& model :
       {std::string("/x"), std::string("./x"), std::string("../x"), std::string("."), bundle})
    EXPECT_TRUE(IsModelFolder(model)) << model;
  for (const char* model : {"loans", "loans/1", "models:/x", "runs:/x/model", "", "loans@champion"})
    EXPECT_FALSE(IsModelFolder(model)) << model;
  EXPECT_EQ(ResolveFolder(bundle + "/../bundle").folder, bundle);
  EXPECT_EQ(ResolveModel(bundle, *store_)->folder, bundle);
  EXPECT_EQ(ResolveModel(bundle, *store_)->version, "");
}

}  // namespace
}  // namespace reeve::tracking
