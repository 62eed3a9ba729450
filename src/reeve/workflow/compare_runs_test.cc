#include "reeve/workflow/compare_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::workflow {
namespace {

using testing::HasSubstr;

class CompareRunsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = tracking::Store::Open("sqlite:///" + folder_.Path("mlflow.db"), {});
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    store_ = std::move(*opened);
    experiment_ = store_->GetOrCreateExperiment("Default")->id;
    a_ = MakeRun("first", 0.8, "d1");
    b_ = MakeRun("second", 0.9, "d1");
  }

  tracking::Run MakeRun(const std::string& name, double auc, const std::string& digest) {
    auto run = store_->CreateRun({.experiment_id = experiment_, .name = name});
    EXPECT_TRUE(run.ok());
    EXPECT_TRUE(store_->LogParams(run->id, {{"seed", "42"}, {"learner", name}}).ok());
    EXPECT_TRUE(
        store_->LogMetrics(run->id, {{"test_auc", auc, 1, 0}, {"fold_auc", 0.1, 1, 0}}).ok());
    EXPECT_TRUE(
        store_->SetTags(run->id, {{"reeve.data_digest", digest}, {"reeve.warnings", "tiny_class"}})
            .ok());
    return *store_->GetRun(run->id);
  }

  void Write(const tracking::Run& run, const std::string& file, const std::string& text) {
    const auto place = store_->artifacts().Fetch(run.artifact_uri);
    ASSERT_TRUE(place.ok());
    const std::string path = JoinPath(*place, file);
    ASSERT_TRUE(FileSystem::System().CreateFolders(ParentFolder(path)).ok());
    ASSERT_TRUE(WriteAtomically(FileSystem::System(), path, text).ok());
  }

  TestFolder folder_;
  std::unique_ptr<tracking::Store> store_;
  std::string experiment_;
  tracking::Run a_, b_;
};

TEST_F(CompareRunsTest, RunsAreFoundByIdPrefixAndName) {
  EXPECT_EQ(FindRun(*store_, a_.id)->id, a_.id);
  EXPECT_EQ(FindRun(*store_, a_.id.substr(0, 12))->id, a_.id);
  EXPECT_EQ(FindRun(*store_, "second")->id, b_.id);
  const auto missing = FindRun(*store_, "secnd");
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
  EXPECT_THAT(missing.status().message(), HasSubstr("second"));
  MakeRun("second", 0.7, "d1");
  EXPECT_EQ(FindRun(*store_, "second").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(FindRun(*store_, "models:/nothing").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(FindRun(*store_, "models:/nothing/1").status().code(), StatusCode::kNotFound);
}

TEST_F(CompareRunsTest, RunsWithoutFilesAreComparedByWhatTheStoreKnows) {
  const auto comparison = CompareRuns(*store_, "first", "second");
  ASSERT_TRUE(comparison.ok()) << comparison.status().message();
  EXPECT_EQ(comparison->IsSameData(), true);
  EXPECT_EQ(comparison->same_params, 1U);
  ASSERT_EQ(comparison->params.size(), 1U);
  EXPECT_EQ(comparison->params[0].name, "learner");
  ASSERT_EQ(comparison->metrics.size(), 1U);
  EXPECT_NEAR(*comparison->metrics[0].Difference(), 0.1, 1e-12);
  EXPECT_EQ(comparison->metrics[0].Verdict(), "better");
  EXPECT_EQ(comparison->same_warnings, 1U);
  EXPECT_TRUE(comparison->notes.empty());
}

TEST_F(CompareRunsTest, IntervalsAndWarningsComeFromTheAnswer) {
  Write(a_, "answer.json",
        R"({"test":{"ci":{"auc":[0.75,0.84]}},"warnings":[{"code":"tiny_class","column":null,
            "message":"m"},{"code":"leak_suspected","column":"x","message":"old"}]})");
  Write(b_, "answer.json",
        R"({"test":{"ci":{"auc":[0.85,0.95]}},"warnings":[{"code":"tiny_class","column":null,
            "message":"m"},{"code":"leak_suspected","column":"y","message":"new"}]})");
  const auto comparison = CompareRuns(*store_, "first", "second");
  ASSERT_TRUE(comparison.ok());
  EXPECT_EQ(comparison->metrics[0].Verdict(), "better, intervals apart");
  ASSERT_EQ(comparison->new_warnings.size(), 1U);
  EXPECT_EQ(comparison->new_warnings[0].column, "y");
  ASSERT_EQ(comparison->gone_warnings.size(), 1U);
  EXPECT_EQ(comparison->gone_warnings[0].column, "x");
  EXPECT_EQ(comparison->same_warnings, 1U);
  EXPECT_EQ(ToJson(*comparison)["metrics"][0]["intervals_overlap"], false);
  EXPECT_THAT(ToText(*comparison), HasSubstr("New warning: leak_suspected (y): new"));
}

TEST_F(CompareRunsTest, DamagedFilesAreSaidAndDoNoHarm) {
  for (const char* const text : {"", "{", "[]", "3", R"({"test":3,"warnings":7})",
                                 R"({"test":{"ci":[1]},"warnings":[1,[2]]})",
                                 R"({"test":{"ci":{"auc":[1,"x"]}},"warnings":[{"code":1}]})"}) {
    Write(a_, "answer.json", text);
    Write(a_, "pictures/data.json", text);
    const auto comparison = CompareRuns(*store_, "first", "second");
    ASSERT_TRUE(comparison.ok()) << text;
    EXPECT_FALSE(comparison->notes.empty()) << text;
    EXPECT_FALSE(comparison->metrics[0].a_interval.has_value());
    EXPECT_THAT(ToHtml(*comparison), HasSubstr("cannot be read"));
  }
}

}  // namespace
}  // namespace reeve::workflow
