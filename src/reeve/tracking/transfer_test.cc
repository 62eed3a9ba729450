#include "reeve/tracking/transfer.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TransferTest : public ::testing::Test {
 protected:
  /// testing::Test has a member of this name.
  using Run = tracking::Run;

  std::unique_ptr<Store> Open(const std::string& name) {
    return Store::Open("sqlite:///" + folder_.Path(name + "/mlflow.db"), {}).value();
  }
  void SetUp() override {
    from_ = Open("from");
    to_ = Open("to");
  }

  void WriteFile(const std::string& location, const std::string& path, const std::string& bytes) {
    const std::string file = JoinPath(*LocalPath(location, from_->folder()), path);
    std::filesystem::create_directories(ParentFolder(file));
    std::ofstream(file) << bytes;
  }

  // A run with all there can be, its model, a version and an alias.
  Run Train(const std::string& experiment, const std::string& name) {
    const std::string id = from_->GetOrCreateExperiment(experiment)->id;
    const Run run = *from_->CreateRun({.experiment_id = id,
                                       .name = name,
                                       .user = "ada",
                                       .tags = {{"team", "risk"}},
                                       .start_ms = 1'000 + ++clock_});
    std::map<std::string, std::string> params;
    for (int i = 0; i < 250; ++i) params["p" + std::to_string(i)] = std::to_string(i);
    std::vector<MetricPoint> points = {{"nan", std::nan(""), 1, 0},
                                       {"inf", std::numeric_limits<double>::infinity(), 1, 0}};
    for (int i = 0; i < 2'500; ++i) points.push_back({"loss", 1.0 / (i + 1), 10 + i, i});
    EXPECT_TRUE(from_->LogParams(run.id, params).ok());
    EXPECT_TRUE(from_->LogMetrics(run.id, points).ok());
    EXPECT_TRUE(from_
                    ->LogInput(run.id, {.name = "loans.csv",
                                        .digest = "abc",
                                        .source_type = "local",
                                        .source = "{}",
                                        .schema = "{}",
                                        .profile = "{}",
                                        .context = "training"})
                    .ok());
    WriteFile(run.artifact_uri, "report.html", "<p>" + name);
    WriteFile(run.artifact_uri, "pictures/ünd x.svg", "");
    const LoggedModel model = *from_->AddLoggedModel({.experiment_id = id,
                                                      .name = "model",
                                                      .source_run_id = run.id,
                                                      .params = {{"depth", "6"}},
                                                      .tags = {{"kind", name}}});
    WriteFile(model.artifact_location, "MLmodel", "flavors: {} # " + name);
    EXPECT_TRUE(from_
                    ->LogModelMetrics(model, {{.point = {"auc", 0.9, 5, 1},
                                               .run_id = run.id,
                                               .dataset_name = "loans.csv",
                                               .dataset_digest = "abc"}})
                    .ok());
    EXPECT_TRUE(from_
                    ->Publish({.run_id = run.id,
                               .model_id = model.id,
                               .registered_name = "loans",
                               .alias = "champion",
                               .description = "by " + name,
                               .tags = {{"a", "b"}}})
                    .ok());
    return *from_->GetRun(run.id);
  }

  TransferReport Copy(const TransferOptions& options = {}) {
    const Result<TransferReport> report = Transfer(*from_, *to_, options);
    EXPECT_TRUE(report.ok()) << report.status().message();
    return report.ok() ? *report : TransferReport();
  }

  std::int64_t clock_ = 0;
  const TestFolder folder_;
  std::unique_ptr<Store> from_, to_;
};

TEST_F(TransferTest, CopiesAllThatARunHolds) {
  const Run run = Train("loans", "first");
  const TransferReport report = Copy();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.runs.copied, 1);
  EXPECT_EQ(report.metric_points, 2'502);
  EXPECT_EQ(report.files.copied, 3);
  const Run there = *to_->GetRun(run.id);
  EXPECT_EQ(there.name, "first");
  EXPECT_EQ(there.user, "ada");
  EXPECT_EQ(there.status, RunStatus::kFinished);
  EXPECT_EQ(there.start_ms, run.start_ms);
  EXPECT_EQ(there.end_ms, run.end_ms);
  EXPECT_EQ(there.params, run.params);
  EXPECT_EQ(there.tags.at("team"), "risk");
  EXPECT_EQ(to_->MetricHistory(run.id, "loss")->size(), 2'500u);
  EXPECT_EQ(there.metrics.at("loss"), run.metrics.at("loss"));
  EXPECT_TRUE(std::isnan(there.metrics.at("nan")));
  EXPECT_EQ(there.metrics.at("inf"), run.metrics.at("inf"));
  const std::vector<DatasetInput> inputs = *to_->ListInputs(run.id);
  ASSERT_EQ(inputs.size(), 1u);
  EXPECT_EQ(inputs[0].context, "training");
  std::vector<std::string> paths;
  const auto files = to_->artifacts().ListFiles(there.artifact_uri);
  ASSERT_TRUE(files.ok());
  for (const ArtifactFile& file : *files) paths.push_back(file.path);
  EXPECT_THAT(paths, ElementsAre("pictures/ünd x.svg", "report.html"));
  EXPECT_NE(there.artifact_uri, run.artifact_uri);
}

TEST_F(TransferTest, CopiesModelsVersionsAndAliases) {
  const Run run = Train("loans", "first");
  Train("loans", "second");
  ASSERT_TRUE(from_->SetStage("loans", 1, "Archived").ok());
  Copy();
  const std::vector<LoggedModel> models = *to_->ListLoggedModels(run.experiment_id);
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].source_run_id, run.id);
  EXPECT_EQ(models[0].params.at("depth"), "6");
  EXPECT_EQ(models[0].tags.at("kind"), "first");
  ASSERT_EQ(models[0].metrics.size(), 1u);
  EXPECT_EQ(models[0].metrics[0].dataset_digest, "abc");
  const std::vector<ModelVersion> versions = *to_->ListVersions("loans");
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[1].description, "by first");
  EXPECT_EQ(versions[1].stage, "Archived");
  EXPECT_EQ(versions[1].tags.at("a"), "b");
  EXPECT_EQ(versions[1].storage_location, models[0].artifact_location);
  EXPECT_EQ(to_->GetModel("loans")->aliases.at("champion"), 2);
  EXPECT_EQ(*FileSystem::System().Read(
                JoinPath(*LocalPath(versions[0].storage_location, to_->folder()), "MLmodel"), 100),
            "flavors: {} # second");
}

TEST_F(TransferTest, ASecondTransferCopiesNothingTwiceAndTakesWhatIsNew) {
  Train("loans", "first");
  Copy();
  const Run second = Train("loans", "second");
  const TransferReport report = Copy();
  EXPECT_EQ(report.runs.present, 1);
  EXPECT_EQ(report.runs.copied, 1);
  EXPECT_EQ(report.logged_models.present, 1);
  EXPECT_EQ(report.versions.present, 1);
  EXPECT_EQ(report.versions.copied, 1);
  EXPECT_EQ(to_->ListRuns("", 100)->size(), 2u);
  // The alias was the first one's when it was copied: whose it is now is the target's business.
  EXPECT_EQ(to_->GetModel("loans")->aliases.at("champion"), 1);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("alias \"champion\"")));
  // What changes at the source is copied again.
  ASSERT_TRUE(from_->SetTags(second.id, {{"late", "yes"}}).ok());
  EXPECT_EQ(Copy().runs.copied, 1);
  EXPECT_EQ(to_->GetRun(second.id)->tags.at("late"), "yes");
  EXPECT_EQ(to_->ListVersions("loans")->size(), 2u);
}

TEST_F(TransferTest, BackToWhereItCameFromNothingIsCopied) {
  Train("loans", "first");
  Copy();
  const Result<TransferReport> back = Transfer(*to_, *from_, {});
  ASSERT_TRUE(back.ok()) << back.status().message();
  EXPECT_EQ(back->runs.present, 1);
  EXPECT_EQ(back->logged_models.present, 1);
  EXPECT_EQ(back->versions.present, 1);
  EXPECT_EQ(from_->ListVersions("loans")->size(), 1u);
}

TEST_F(TransferTest, ATransferThatBrokeOffGoesOn) {
  const Run run = Train("loans", "first");
  // As if it had ended after the first parameters.
  const std::string experiment = to_->GetOrCreateExperiment("loans")->id;
  ASSERT_TRUE(to_->CreateRun({.experiment_id = experiment,
                              .name = "first",
                              .tags = {{kTransferSourceTag, run.id}},
                              .id = run.id})
                  .ok());
  ASSERT_TRUE(to_->LogParams(run.id, {{"p0", "0"}}).ok());
  const TransferReport report = Copy();
  EXPECT_EQ(report.runs.copied, 1);
  EXPECT_EQ(to_->GetRun(run.id)->params.size(), 250u);
  EXPECT_EQ(to_->GetRun(run.id)->status, RunStatus::kFinished);
}

TEST_F(TransferTest, OneExperimentComesWithItsModelsOnly) {
  Train("loans", "first");
  Train("claims", "second");
  const TransferReport report = Copy({.experiments = {"claims"}});
  EXPECT_EQ(report.experiments.found, 1);
  EXPECT_EQ(report.runs.found, 1);
  const std::vector<ModelVersion> versions = *to_->ListVersions("loans");
  ASSERT_EQ(versions.size(), 1u);
  EXPECT_EQ(versions[0].version, 2);
  const Status missing = Transfer(*from_, *to_, {.experiments = {"nope"}}).status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
}

TEST_F(TransferTest, FilesThatCannotBeReachedAreAProblemAndTriedAgain) {
  const Run run = Train("loans", "first");
  // A file of ours stands where the target needs a folder.
  const std::string place = folder_.Path("to/mlruns/1/" + run.id);
  std::filesystem::create_directories(ParentFolder(place));
  std::ofstream(place) << "in the way";
  TransferReport report = Copy();
  EXPECT_THAT(report.problems, ElementsAre(HasSubstr("run " + run.id)));
  EXPECT_EQ(report.versions.copied, 1);
  std::filesystem::remove(place);
  report = Copy();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.runs.copied, 1);
  EXPECT_EQ(Copy().runs.present, 1);
}

TEST_F(TransferTest, NumbersThatAreTakenGiveWay) {
  Train("loans", "first");
  ASSERT_TRUE(to_->CreateModel("loans", "theirs", {}).ok());
  ASSERT_TRUE(to_->AddVersion({.name = "loans", .version = 1, .source = "/x", .run_id = "r"}).ok());
  const TransferReport report = Copy();
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("became version 2")));
  EXPECT_EQ(to_->GetModel("loans")->aliases.at("champion"), 2);
  EXPECT_EQ(to_->GetModel("loans")->description, "theirs");
  EXPECT_EQ(Copy().versions.present, 1);
}

TEST_F(TransferTest, DeletedVersionsKeepTheirNumbers) {
  Train("loans", "first");
  Train("loans", "second");
  ASSERT_TRUE(from_->DeleteVersion("loans", 1).ok());
  Copy();
  ASSERT_EQ(to_->ListVersions("loans")->size(), 1u);
  EXPECT_EQ((*to_->ListVersions("loans"))[0].version, 2);
}

TEST_F(TransferTest, ARunThatWasBegunAtTheTargetIsCompletedWhenAskedFor) {
  const Run run = Train("loans", "first");
  const std::string experiment = to_->GetOrCreateExperiment("loans")->id;
  ASSERT_TRUE(to_->CreateRun({.experiment_id = experiment, .name = "first", .id = run.id}).ok());
  ASSERT_TRUE(to_->EndRun(run.id, RunStatus::kFailed).ok());
  EXPECT_EQ(Copy().runs.present, 1);
  EXPECT_TRUE(to_->GetRun(run.id)->params.empty());
  EXPECT_EQ(Copy({.completes_runs = true, .keeps_numbers = false}).runs.copied, 1);
  EXPECT_EQ(to_->GetRun(run.id)->status, RunStatus::kFinished);
  EXPECT_EQ(to_->GetRun(run.id)->params.size(), 250u);
}

TEST_F(TransferTest, AnAliasMovesOnlyToANewerVersion) {
  Train("loans", "first");
  ASSERT_TRUE(to_->CreateModel("loans", "", {}).ok());
  ASSERT_TRUE(
      to_->AddVersion(
             {.name = "loans", .version = 7, .source = "/x", .run_id = "r", .created_ms = 1'000})
          .ok());
  ASSERT_TRUE(to_->SetAlias("loans", "champion", 7).ok());
  Copy({.moves_aliases = true});
  EXPECT_EQ(to_->GetModel("loans")->aliases.at("champion"), 1);
  const std::int64_t later = std::numeric_limits<std::int32_t>::max() * 10'000LL;
  ASSERT_TRUE(
      to_->AddVersion(
             {.name = "loans", .version = 9, .source = "/x", .run_id = "r", .created_ms = later})
          .ok());
  ASSERT_TRUE(to_->SetAlias("loans", "champion", 9).ok());
  Copy({.moves_aliases = true});
  EXPECT_EQ(to_->GetModel("loans")->aliases.at("champion"), 9);
}

TEST_F(TransferTest, ItCanBeStopped) {
  Train("loans", "first");
  Cancellation cancellation;
  cancellation.Request();
  EXPECT_EQ(Transfer(*from_, *to_, {.cancellation = &cancellation}).status().code(),
            StatusCode::kCancelled);
}

}  // namespace
}  // namespace reeve::tracking
