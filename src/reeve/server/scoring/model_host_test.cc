#include "reeve/server/scoring/model_host.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/bundle/bundle.h"
#include "reeve/inference/linear.h"
#include "reeve/server/test_samples.h"
#include "reeve/tracking/store.h"

namespace reeve::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A model of one number that answers `intercept` for 0.
bundle::Bundle MakeBundle(double intercept) {
  contract::TypedTable typed;
  typed.table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, 50}));
  typed.typing = {{ColumnType::kInteger, {}}};
  bundle::Bundle bundle{.contract = contract::MakeContract(typed, {"age"}),
                        .profile = contract::MakeProfile(typed.table),
                        .pipeline = features::Pipeline::Fit(typed.table, AllRows(4), {"age"},
                                                            features::PipelineOptions::ForLinear())
                                        .value(),
                        .model = nullptr,
                        .decision = {.threshold = 0.5, .odds = {}},
                        .scores = "{}",
                        .lineage = "{}",
                        .native_bytes = ""};
  bundle.contract.target = "y";
  bundle.contract.classes = {"no", "yes"};
  bundle.contract.positive = "yes";
  inference::Linear linear{.features = 1, .classes = 2};
  linear.weights = {0.5};
  linear.intercepts = {intercept};
  bundle.model = inference::LinearModel::Make(std::move(linear)).value();
  return bundle;
}

class ModelHostTest : public testing::Test {
 protected:
  void SetUp() override {
    uri_ = "sqlite:///" + folder_.Path("mlflow.db");
    store_ = tracking::Store::Open(uri_, {}).value();
  }

  // The next version of a model; gives the folder of its bundle.
  std::string Register(const std::string& alias, const std::string& name = "shop") {
    const tracking::Run run = store_->CreateRun({.experiment_id = "0"}).value();
    const tracking::LoggedModel model = store_->CreateLoggedModel(run, "model").value();
    const std::string folder =
        model.artifact_location.substr(model.artifact_location.find("file://") == 0 ? 7 : 0);
    EXPECT_TRUE(FileSystem::System().CreateFolders(ParentFolder(folder)).ok());
    const Status written =
        bundle::Write(FileSystem::System(), MakeBundle(++versions_), {.run_id = run.id}, folder);
    EXPECT_TRUE(written.ok()) << written.message();
    const auto version = store_->Publish(
        {.run_id = run.id, .model_id = model.id, .registered_name = name, .alias = alias});
    EXPECT_TRUE(version.ok()) << version.status().message();
    return folder;
  }

  Result<std::unique_ptr<ModelHost>> Open(std::vector<std::string> models) {
    return ModelHost::Open(
        {.choice = {.models = std::move(models), .stores = {.tracking = uri_}}, .retry_ms = 0});
  }

  // Names and versions of what is served.
  static std::vector<std::string> Served(const ModelHost& host) {
    std::vector<std::string> served;
    for (const auto& model : host.List()) served.push_back(model->name + " " + model->version);
    return served;
  }

  TestFolder folder_;
  std::string uri_;
  std::unique_ptr<tracking::Store> store_;
  int versions_ = 0;
};

TEST_F(ModelHostTest, FollowsTheAliasAndKeepsWhatRequestsHold) {
  Register("champion");
  const auto host = Open({"shop"});
  ASSERT_TRUE(host.ok()) << host.status().message();
  const auto held = (*host)->Find("", "");
  EXPECT_EQ(held->version, "1");
  EXPECT_EQ(held->alias, "champion");
  Register("champion");
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("", "")->version, "2");
  EXPECT_EQ((*host)->Find("shop", "1"), nullptr);
  EXPECT_EQ(held->contract().target, "y");
  EXPECT_TRUE(store_->SetAlias("shop", "champion", 1).ok());
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("shop", "")->version, "1");
}

TEST_F(ModelHostTest, AVersionThatCannotBeLoadedLeavesTheOldOne) {
  Register("champion");
  const auto host = Open({"models:/shop@champion"});
  ASSERT_TRUE(host.ok()) << host.status().message();
  std::ofstream(Register("champion") + "/pipeline.json") << "{\"half\":";
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("", "")->version, "1");
  ASSERT_EQ((*host)->Problems().size(), 1U);
  EXPECT_THAT((*host)->Problems()[0].second, HasSubstr("version 2 failed to load"));
  Register("champion");
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("", "")->version, "3");
  EXPECT_TRUE((*host)->Problems().empty());
}

TEST_F(ModelHostTest, PinnedVersionsStayAndStandBesideOthers) {
  Register("champion");
  Register("champion");
  const auto host = Open({"models:/shop/1", "shop"});
  ASSERT_TRUE(host.ok()) << host.status().message();
  Register("champion");
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("", "")->version, "1");
  EXPECT_EQ((*host)->Find("shop", "3")->version, "3");
  EXPECT_THAT((*host)->Versions("shop"), ElementsAre("3", "1"));
  EXPECT_EQ((*host)->Find("other", ""), nullptr);
}

TEST_F(ModelHostTest, ARegistryThatIsAwayIsAProblemAndNoMore) {
  Register("champion");
  const auto host = Open({"shop"});
  ASSERT_TRUE(host.ok()) << host.status().message();
  store_.reset();
  ASSERT_TRUE(FileSystem::System().Rename(folder_.Path("mlflow.db"), folder_.Path("away.db")).ok());
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("", "")->version, "1");
  EXPECT_EQ((*host)->Problems().size(), 1U);
  ASSERT_TRUE(FileSystem::System().Rename(folder_.Path("away.db"), folder_.Path("mlflow.db")).ok());
  (*host)->LookAgain();
  EXPECT_TRUE((*host)->Problems().empty());
}

TEST_F(ModelHostTest, WhatCannotBeServedIsSaidAtTheStart) {
  const std::string folder = Register("champion");
  EXPECT_EQ(Open({"no_such"}).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(Open({"shop", "models:/shop/1"}).status().message(), HasSubstr("asked for twice"));
  std::ofstream(folder + "/model.reeve") << "no model";
  EXPECT_EQ(Open({"shop"}).status().code(), StatusCode::kCorrupt);
}

TEST_F(ModelHostTest, AFolderIsServedWithoutARegistry) {
  const std::string folder = Register("champion");
  const auto host = Open({folder});
  ASSERT_TRUE(host.ok()) << host.status().message();
  EXPECT_EQ((*host)->Find("", "")->name, BaseName(folder));
  EXPECT_EQ((*host)->Find("", "")->version, "0");
}

TEST_F(ModelHostTest, ChampionsComeAndGo) {
  const auto host = Open({});
  ASSERT_TRUE(host.ok()) << host.status().message();
  EXPECT_THAT(Served(**host), ElementsAre());
  EXPECT_EQ((*host)->Find("", ""), nullptr);
  Register("champion");
  Register("challenger", "other");
  (*host)->LookAgain();
  EXPECT_THAT(Served(**host), ElementsAre("shop 1"));
  EXPECT_EQ((*host)->Find("", "")->name, "shop");
  EXPECT_EQ((*host)->Find("", "")->alias, "champion");
  ASSERT_TRUE(store_->SetAlias("other", "champion", 1).ok());
  Register("champion");
  (*host)->LookAgain();
  EXPECT_THAT(Served(**host), ElementsAre("other 1", "shop 2"));
  // Which one is meant nobody knows.
  EXPECT_EQ((*host)->Find("", ""), nullptr);
  EXPECT_EQ((*host)->Find("", "2"), nullptr);
  const auto held = (*host)->Find("other", "");
  ASSERT_TRUE(store_->DeleteAlias("other", "champion").ok());
  (*host)->LookAgain();
  EXPECT_THAT(Served(**host), ElementsAre("shop 2"));
  EXPECT_EQ((*host)->Find("", "")->version, "2");
  EXPECT_EQ(held->contract().target, "y");
  ASSERT_TRUE(store_->DeleteVersion("shop", 2).ok());
  (*host)->LookAgain();
  EXPECT_THAT(Served(**host), ElementsAre());
  EXPECT_TRUE((*host)->Problems().empty());
}

TEST_F(ModelHostTest, AChampionThatCannotBeLoadedHindersNoOther) {
  std::ofstream(Register("champion", "broken") + "/pipeline.json") << "{\"half\":";
  Register("champion");
  const auto host = Open({});
  ASSERT_TRUE(host.ok()) << host.status().message();
  EXPECT_THAT(Served(**host), ElementsAre("shop 1"));
  EXPECT_EQ((*host)->Find("", "")->name, "shop");
  ASSERT_EQ((*host)->Problems().size(), 1U);
  EXPECT_EQ((*host)->Problems()[0].first, "models:/broken@champion");
  ASSERT_TRUE(store_->DeleteAlias("broken", "champion").ok());
  (*host)->LookAgain();
  EXPECT_TRUE((*host)->Problems().empty());
}

TEST_F(ModelHostTest, ChampionsStayWhileTheRegistryIsAway) {
  Register("champion");
  const auto host = Open({});
  store_.reset();
  ASSERT_TRUE(FileSystem::System().Rename(folder_.Path("mlflow.db"), folder_.Path("away.db")).ok());
  (*host)->LookAgain();
  EXPECT_THAT(Served(**host), ElementsAre("shop 1"));
  ASSERT_EQ((*host)->Problems().size(), 1U);
  EXPECT_EQ((*host)->Problems()[0].first, "registry");
  ASSERT_TRUE(FileSystem::System().Rename(folder_.Path("away.db"), folder_.Path("mlflow.db")).ok());
  (*host)->LookAgain();
  EXPECT_TRUE((*host)->Problems().empty());
}

TEST_F(ModelHostTest, WhatIsWaitedForIsServedOnceItIsThere) {
  const auto host = ModelHost::Open(
      {.choice = {.models = {"shop", "models:/other@champion"}, .waits = true, .stores = {uri_}},
       .retry_ms = 0});
  ASSERT_TRUE(host.ok()) << host.status().message();
  EXPECT_EQ((*host)->Problems().size(), 2U);
  Register("champion", "other");
  (*host)->LookAgain();
  EXPECT_THAT(Served(**host), ElementsAre("other 1"));
  // The first one answers requests that name none, and no other.
  EXPECT_EQ((*host)->Find("", ""), nullptr);
  Register("champion");
  (*host)->LookAgain();
  EXPECT_EQ((*host)->Find("", "")->name, "shop");
  EXPECT_TRUE((*host)->Problems().empty());
}

TEST_F(ModelHostTest, LocationsAreAskedForBeforeAnythingIsRead) {
  const std::string folder = Register("champion");
  ModelChoice choice{.models = {"shop"}, .stores = {uri_}};
  choice.locate = [](const std::string& location) -> Result<std::string> {
    return Status::InvalidArgument(location + " is not ours");
  };
  EXPECT_THAT(ModelHost::Open({.choice = choice}).status().message(), HasSubstr("is not ours"));
  choice.locate = [&](const std::string&) -> Result<std::string> { return folder; };
  EXPECT_TRUE(ModelHost::Open({.choice = choice}).ok());
}

TEST_F(ModelHostTest, AChampionWhoseFilesMayNotBeReadIsAFailedLoad) {
  Register("champion");
  ServerMetrics server(16);
  const auto metrics = ServiceMetrics::Make(server);
  ModelChoice choice{.stores = {uri_}};
  choice.locate = [](const std::string&) -> Result<std::string> {
    return Status::InvalidArgument("not ours");
  };
  const auto host = ModelHost::Open({.choice = choice, .metrics = metrics.get()});
  ASSERT_TRUE(host.ok()) << host.status().message();
  EXPECT_THAT((*host)->Problems().at(0).second, HasSubstr("not ours"));
  // What was refused is left alone for a while.
  (*host)->LookAgain();
  EXPECT_EQ(Samples(server).at(R"(reeve_model_loads_total{model="shop",outcome="failure"})"), 1);
}

}  // namespace
}  // namespace reeve::server
