#include "reeve/tracking/paired_store.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"

namespace reeve::tracking {
namespace {

class PairedStoreTest : public ::testing::Test {
 protected:
  /// testing::Test has a member of this name.
  using Run = tracking::Run;

  void SetUp() override {
    store_ = Open(Uris());
    runs_ = Open({.tracking = Uris().tracking});
    registry_ = Open({.tracking = Uris().registry});
  }

  StoreUris Uris() const {
    return {.tracking = "sqlite:///" + folder_.Path("runs.db"),
            .registry = "sqlite:///" + folder_.Path("models.db")};
  }

  static std::unique_ptr<Store> Open(const StoreUris& uris) {
    Result<std::unique_ptr<Store>> store = Store::Open(uris, {});
    EXPECT_TRUE(store.ok()) << store.status().message();
    return store.ok() ? std::move(*store) : nullptr;
  }

  // A run with a logged model, not yet published.
  Publication NewPublication(const std::string& name, const std::string& alias = "") {
    const Result<Run> run = store_->CreateRun({.experiment_id = "0"});
    EXPECT_TRUE(run.ok()) << run.status().message();
    const Result<LoggedModel> model = store_->CreateLoggedModel(*run, "model");
    EXPECT_TRUE(model.ok()) << model.status().message();
    return {.run_id = run->id, .model_id = model->id, .registered_name = name, .alias = alias};
  }

  TestFolder folder_;
  std::unique_ptr<Store> store_, runs_, registry_;
};

TEST_F(PairedStoreTest, RunsAreInTheOneAndVersionsInTheOther) {
  const Publication publication = NewPublication("loans", "champion");
  const auto version = store_->Publish(publication);
  ASSERT_TRUE(version.ok()) << version.status().message();
  ASSERT_TRUE(version->has_value());
  EXPECT_EQ((*version)->version, 1);
  EXPECT_EQ((*version)->aliases, std::vector<std::string>{"champion"});

  EXPECT_EQ(runs_->GetRun(publication.run_id)->status, RunStatus::kFinished);
  EXPECT_EQ(registry_->GetRun(publication.run_id).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(runs_->ListModels()->empty());
  const Result<ModelVersion> registered = registry_->GetVersion("loans", 1);
  ASSERT_TRUE(registered.ok()) << registered.status().message();
  const Result<LoggedModel> model = runs_->GetLoggedModel(publication.model_id);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(registered->run_id, publication.run_id);
  EXPECT_EQ(registered->source, model->artifact_location);
  EXPECT_EQ(registered->storage_location, model->artifact_location);
}

TEST_F(PairedStoreTest, TheLoggedModelKnowsItsVersionsEachOnce) {
  const Publication publication = NewPublication("loans");
  ASSERT_TRUE(store_->Publish(publication).ok());
  ASSERT_TRUE(store_
                  ->AddVersion({.name = "loans",
                                .source = "models:/" + publication.model_id,
                                .storage_location = "",
                                .run_id = publication.run_id,
                                .model_id = publication.model_id})
                  .ok());
  EXPECT_EQ(runs_->GetLoggedModel(publication.model_id)->tags.at("mlflow.modelVersions"),
            R"([{"name":"loans","version":1},{"name":"loans","version":2}])");
}

TEST_F(PairedStoreTest, WithoutANameOnlyTheRunEnds) {
  Publication publication = NewPublication("");
  publication.status = RunStatus::kFailed;
  const auto version = store_->Publish(publication);
  ASSERT_TRUE(version.ok()) << version.status().message();
  EXPECT_FALSE(version->has_value());
  EXPECT_EQ(runs_->GetRun(publication.run_id)->status, RunStatus::kFailed);
}

TEST_F(PairedStoreTest, ABadNameLeavesTheRunAsItIs) {
  const Publication publication = NewPublication("a/b");
  EXPECT_EQ(store_->Publish(publication).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(runs_->GetRun(publication.run_id)->status, RunStatus::kRunning);
  const Publication latest = NewPublication("loans", "latest");
  EXPECT_EQ(store_->Publish(latest).status().code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(registry_->ListModels()->empty());
}

TEST_F(PairedStoreTest, ADatabaseTakesEveryLocationAndAServerOnlyBuckets) {
  const std::unique_ptr<Store> at_server =
      Open({.tracking = Uris().tracking, .registry = "http://127.0.0.1:1"});
  for (const char* location : {"/a/b", "mlruns/1", "file:///a/b", "mlflow-artifacts:/1"}) {
    EXPECT_TRUE(store_->CheckRegistration(location).ok()) << location;
    const Status refused = at_server->CheckRegistration(location);
    EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument) << location;
    EXPECT_NE(refused.message().find(location), std::string::npos) << refused.message();
  }
  EXPECT_TRUE(at_server->CheckRegistration("s3://loans/mlflow/1").ok());
}

TEST_F(PairedStoreTest, OneAddressTwiceIsOneStore) {
  const std::unique_ptr<Store> store =
      Open({.tracking = "http://127.0.0.1:1", .registry = "http://127.0.0.1:1"});
  EXPECT_TRUE(store->CheckRegistration("mlflow-artifacts:/1").ok());
}

TEST_F(PairedStoreTest, WhichOfTheTwoCannotBeOpenedIsSaid) {
  const Status status =
      Store::Open({.tracking = Uris().tracking, .registry = "mysql://h/x"}, {}).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(status.message().starts_with("registry")) << status.message();
}

}  // namespace
}  // namespace reeve::tracking
