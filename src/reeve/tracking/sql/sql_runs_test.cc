#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class SqlRunsTest : public AnyStoreTest {};
INSTANTIATE_TEST_SUITE_P(Databases, SqlRunsTest, AnyStoreTest::Kinds(), AnyStoreTest::KindName);

std::vector<std::string> Ids(const std::vector<Run>& runs) {
  std::vector<std::string> ids;
  for (const Run& run : runs) ids.push_back(run.id);
  return ids;
}

TEST_P(SqlRunsTest, TheDefaultExperimentIsThere) {
  const Result<std::vector<Experiment>> experiments = store_->ListExperiments();
  ASSERT_TRUE(experiments.ok());
  ASSERT_EQ(experiments->size(), 1u);
  EXPECT_EQ((*experiments)[0].id, "0");
  EXPECT_EQ((*experiments)[0].name, "Default");
  EXPECT_EQ((*experiments)[0].artifact_location, "file://" + store_->folder() + ("/mlruns/0"));
  EXPECT_EQ(store_->GetOrCreateExperiment("Default")->id, "0");
}

TEST_P(SqlRunsTest, AnExperimentIsMadeOnce) {
  const Result<Experiment> made = store_->GetOrCreateExperiment("loans \xC3\xA4 'x'");
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(made->id, "1");
  EXPECT_EQ(made->artifact_location, "file://" + store_->folder() + ("/mlruns/1"));
  const Result<Experiment> again = store_->GetOrCreateExperiment("loans \xC3\xA4 'x'");
  EXPECT_EQ(again->id, "1");
  EXPECT_EQ(again->artifact_location, made->artifact_location);
  EXPECT_EQ(store_->ListExperiments()->size(), 2u);
}

TEST_P(SqlRunsTest, DeletedOrNamelessExperimentsAreRefused) {
  ASSERT_TRUE(store_->GetOrCreateExperiment("old").ok());
  ASSERT_TRUE(
      Raw()
          ->RunScript("UPDATE experiments SET lifecycle_stage = 'deleted' WHERE name = 'old'")
          .ok());
  for (const char* name : {"old", "", "  "}) {
    const Result<Experiment> experiment = store_->GetOrCreateExperiment(name);
    ASSERT_FALSE(experiment.ok()) << name;
    EXPECT_EQ(experiment.status().code(), StatusCode::kInvalidArgument) << name;
  }
  EXPECT_EQ(store_->ListExperiments()->size(), 1u);
}

TEST_P(SqlRunsTest, ARunIsReadBackAsItWasMade) {
  const Result<Run> made = store_->CreateRun(
      {.experiment_id = "0", .name = "my run", .user = "ada", .tags = {{"reeve.x", "1"}}});
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_THAT(made->id, testing::MatchesRegex("[0-9a-f]{32}"));
  const Result<Run> run = store_->GetRun(made->id);
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->name, "my run");
  EXPECT_EQ(run->experiment_id, "0");
  EXPECT_EQ(run->artifact_uri,
            "file://" + store_->folder() + ("/mlruns/0/" + made->id + "/artifacts"));
  EXPECT_EQ(run->user, "ada");
  EXPECT_EQ(run->status, RunStatus::kRunning);
  EXPECT_EQ(run->start_ms, made->start_ms);
  EXPECT_EQ(run->end_ms, 0);
  EXPECT_THAT(run->tags, ElementsAre(Pair("mlflow.runName", "my run"), Pair("reeve.x", "1")));
  EXPECT_TRUE(run->params.empty());
  EXPECT_TRUE(run->metrics.empty());
}

TEST_P(SqlRunsTest, ARunWithoutNameGetsAReadableOne) {
  const Run run = NewTestRun("");
  EXPECT_THAT(run.name, testing::MatchesRegex("[a-z]+-[a-z]+-[0-9]+"));
  EXPECT_EQ(store_->GetRun(run.id)->tags.at("mlflow.runName"), run.name);
}

TEST_P(SqlRunsTest, ALongNameIsCutEverywhereAlike) {
  const Run run = NewTestRun(std::string(249, 'x') + "\xC3\xA4\xC3\xA4");
  EXPECT_EQ(run.name, std::string(249, 'x'));
  EXPECT_EQ(store_->GetRun(run.id)->name, run.name);
  EXPECT_EQ(store_->GetRun(run.id)->tags.at("mlflow.runName"), run.name);
}

TEST_P(SqlRunsTest, ExperimentsThatAreNotThereHaveNoRuns) {
  for (const char* id : {"7", "abc", "", "0x", " 0"}) {
    const Result<Run> run = store_->CreateRun({.experiment_id = id});
    ASSERT_FALSE(run.ok()) << id;
    EXPECT_EQ(run.status().code(), StatusCode::kNotFound) << id;
  }
  NewTestRun();
  for (const char* id : {"7", "abc", "0x"}) EXPECT_TRUE(store_->ListRuns(id, 10)->empty()) << id;
}

TEST_P(SqlRunsTest, RunsAreListedNewestFirst) {
  const std::string other = store_->GetOrCreateExperiment("other")->id;
  const std::string first = NewTestRun().id;
  const std::string second = store_->CreateRun({.experiment_id = other})->id;
  const std::string third = NewTestRun().id;
  EXPECT_THAT(Ids(*store_->ListRuns("", 10)), ElementsAre(third, second, first));
  EXPECT_THAT(Ids(*store_->ListRuns("0", 10)), ElementsAre(third, first));
  EXPECT_THAT(Ids(*store_->ListRuns(other, 10)), ElementsAre(second));
  EXPECT_THAT(Ids(*store_->ListRuns("", 2)), ElementsAre(third, second));
  EXPECT_TRUE(store_->ListRuns("", 0)->empty());
  ASSERT_TRUE(store_->DeleteRun(second).ok());
  EXPECT_THAT(Ids(*store_->ListRuns("", 10)), ElementsAre(third, first));
  EXPECT_EQ(
      Select("SELECT count(*) FROM runs WHERE lifecycle_stage = 'deleted' AND deleted_time > 0"),
      "1");
}

TEST_P(SqlRunsTest, ListedRunsHoldWhatWasLogged) {
  const Run run = NewTestRun();
  ASSERT_TRUE(store_->LogParams(run.id, {{"depth", "6"}}).ok());
  ASSERT_TRUE(store_->LogMetrics(run.id, {{"auc", 0.9, 1, 0}}).ok());
  const Run listed = store_->ListRuns("", 10)->at(0);
  EXPECT_THAT(listed.params, ElementsAre(Pair("depth", "6")));
  EXPECT_THAT(listed.metrics, ElementsAre(Pair("auc", 0.9)));
  EXPECT_EQ(listed.tags.at("mlflow.runName"), "first");
}

TEST_P(SqlRunsTest, OnlyRunsThatRunAreListedAsRunning) {
  const std::string first = NewTestRun().id;
  const std::string second = NewTestRun().id;
  const std::string third = NewTestRun().id;
  const std::string fourth = NewTestRun().id;
  ASSERT_TRUE(store_->EndRun(second, RunStatus::kKilled).ok());
  ASSERT_TRUE(store_->DeleteRun(third).ok());
  const Result<std::vector<Run>> running = store_->ListRunning();
  ASSERT_TRUE(running.ok());
  EXPECT_THAT(Ids(*running), ElementsAre(fourth, first));
  EXPECT_EQ(running->at(0).tags.at("mlflow.runName"), "first");
}

TEST_P(SqlRunsTest, EndingSetsStatusAndTime) {
  for (const RunStatus status : {RunStatus::kFinished, RunStatus::kFailed, RunStatus::kKilled}) {
    const Run run = NewTestRun();
    ASSERT_TRUE(store_->EndRun(run.id, status).ok());
    const Run ended = *store_->GetRun(run.id);
    EXPECT_EQ(ended.status, status);
    EXPECT_GT(ended.end_ms, ended.start_ms);
  }
}

TEST_P(SqlRunsTest, EndIfRunningLeavesEndedRunsAlone) {
  const Run run = NewTestRun();
  EXPECT_TRUE(*store_->EndIfRunning(run.id, RunStatus::kFailed, {{"reeve.note", "dead"}}));
  EXPECT_EQ(store_->GetRun(run.id)->status, RunStatus::kFailed);
  EXPECT_EQ(store_->GetRun(run.id)->tags.at("reeve.note"), "dead");

  const Run finished = NewTestRun();
  ASSERT_TRUE(store_->EndRun(finished.id, RunStatus::kFinished).ok());
  const Run before = *store_->GetRun(finished.id);
  EXPECT_FALSE(*store_->EndIfRunning(finished.id, RunStatus::kFailed, {{"reeve.note", "dead"}}));
  const Run after = *store_->GetRun(finished.id);
  EXPECT_EQ(after.status, RunStatus::kFinished);
  EXPECT_EQ(after.end_ms, before.end_ms);
  EXPECT_EQ(after.tags, before.tags);
}

TEST_P(SqlRunsTest, EverythingOfAMissingRunIsNotFound) {
  const std::string id(32, 'f');
  const std::vector<std::pair<std::string, Status>> outcomes = {
      {"get", store_->GetRun(id).status()},
      {"params", store_->LogParams(id, {{"a", "b"}})},
      {"metrics", store_->LogMetrics(id, {{"a", 1, 1, 0}})},
      {"tags", store_->SetTags(id, {{"a", "b"}})},
      {"end", store_->EndRun(id, RunStatus::kFinished)},
      {"end if running", store_->EndIfRunning(id, RunStatus::kFinished, {}).status()},
      {"delete", store_->DeleteRun(id)},
      {"input", store_->LogInput(id, {})},
      {"publish", store_->Publish({.run_id = id}).status()},
      {"model", store_->CreateLoggedModel({.id = id, .experiment_id = "0"}, "model").status()}};
  for (const auto& [what, status] : outcomes) {
    EXPECT_EQ(status.code(), StatusCode::kNotFound) << what << ": " << status.message();
    EXPECT_THAT(status.message(), HasSubstr(id)) << what;
  }
}

TEST_P(SqlRunsTest, ParamsAndTagsAreReplacedByTheLaterValue) {
  const Run run = NewTestRun();
  ASSERT_TRUE(store_->LogParams(run.id, {{"a", "1"}, {"b", ""}}).ok());
  ASSERT_TRUE(store_->LogParams(run.id, {{"a", "2"}}).ok());
  ASSERT_TRUE(store_->SetTags(run.id, {{"t", "1"}}).ok());
  ASSERT_TRUE(store_->SetTags(run.id, {{"t", "\xE2\x82\xAC\n"}}).ok());
  const Run read = *store_->GetRun(run.id);
  EXPECT_THAT(read.params, ElementsAre(Pair("a", "2"), Pair("b", "")));
  EXPECT_EQ(read.tags.at("t"), "\xE2\x82\xAC\n");
}

TEST_P(SqlRunsTest, LongValuesAreCutBetweenCharacters) {
  const Run run = NewTestRun();
  std::string long_text = "x";
  while (long_text.size() < 10'000) long_text += "\xC3\xA4";
  ASSERT_TRUE(store_->LogParams(run.id, {{"p", long_text}}).ok());
  ASSERT_TRUE(store_->SetTags(run.id, {{"t", long_text}}).ok());
  const Run read = *store_->GetRun(run.id);
  EXPECT_EQ(read.params.at("p"), long_text.substr(0, 5999));
  EXPECT_EQ(read.tags.at("t"), long_text.substr(0, 7999));
}

TEST_P(SqlRunsTest, EmptyAndTooLongKeysAreRefusedAndNothingIsWritten) {
  const Run run = NewTestRun();
  const std::string longest(250, 'k');
  EXPECT_TRUE(store_->LogParams(run.id, {{longest, "v"}}).ok());
  for (const std::string& key : {std::string(), longest + "k"}) {
    const std::vector<Status> outcomes = {
        store_->LogParams(run.id, {{"a", "1"}, {key, "v"}}),
        store_->SetTags(run.id, {{"a", "1"}, {key, "v"}}),
        store_->LogMetrics(run.id, {{"a", 1, 1, 0}, {key, 1, 1, 0}})};
    for (const Status& status : outcomes)
      EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << key;
  }
  const Run read = *store_->GetRun(run.id);
  EXPECT_EQ(read.params.size(), 1u);
  EXPECT_EQ(read.tags.size(), 1u);
  EXPECT_TRUE(read.metrics.empty());
}

TEST_P(SqlRunsTest, MetricHistoryIsOrderedByStepThenTimeThenValue) {
  const Run run = NewTestRun();
  ASSERT_TRUE(store_
                  ->LogMetrics(run.id, {{"m", 3, 10, 2},
                                        {"m", 1, 10, 0},
                                        {"m", 5, 20, 1},
                                        {"m", 4, 10, 1},
                                        {"m", 0, 20, 1},
                                        {"other", 9, 1, 0}})
                  .ok());
  const Result<std::vector<MetricPoint>> history = store_->MetricHistory(run.id, "m");
  ASSERT_TRUE(history.ok());
  std::vector<double> values;
  for (const MetricPoint& point : *history) values.push_back(point.value);
  EXPECT_THAT(values, ElementsAre(1, 4, 0, 5, 3));
  EXPECT_EQ(history->at(4).step, 2);
  EXPECT_EQ(history->at(4).timestamp_ms, 10);
  EXPECT_EQ(history->at(4).key, "m");
  EXPECT_TRUE(store_->MetricHistory(run.id, "absent")->empty());
}

TEST_P(SqlRunsTest, TheLatestPointIsTheOneWithTheGreatestStepTimeAndValue) {
  const Run run = NewTestRun();
  const auto latest_after = [&](const MetricPoint& point) {
    EXPECT_TRUE(store_->LogMetrics(run.id, {point}).ok());
    return store_->GetRun(run.id)->metrics.at("m");
  };
  EXPECT_EQ(latest_after({"m", 0.5, 100, 3}), 0.5);
  EXPECT_EQ(latest_after({"m", 0.9, 900, 2}), 0.5);  // an earlier step
  EXPECT_EQ(latest_after({"m", 0.8, 50, 3}), 0.5);   // an earlier time
  EXPECT_EQ(latest_after({"m", 0.4, 100, 3}), 0.5);  // a smaller value
  EXPECT_EQ(latest_after({"m", 0.6, 100, 3}), 0.6);
  EXPECT_EQ(latest_after({"m", 0.1, 101, 3}), 0.1);
  EXPECT_EQ(latest_after({"m", -1, 1, 4}), -1);
  EXPECT_EQ(store_->MetricHistory(run.id, "m")->size(), 7u);
}

TEST_P(SqlRunsTest, TheSamePointTwiceIsOnePoint) {
  const Run run = NewTestRun();
  ASSERT_TRUE(store_->LogMetrics(run.id, {{"m", 1, 1, 0}, {"m", 1, 1, 0}}).ok());
  EXPECT_EQ(store_->MetricHistory(run.id, "m")->size(), 1u);
}

TEST_P(SqlRunsTest, NotANumberAndInfinitiesAreKeptAsMlflowKeepsThem) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double largest = std::numeric_limits<double>::max();
  const Run run = NewTestRun();
  ASSERT_TRUE(store_
                  ->LogMetrics(run.id, {{"nan", std::nan(""), 1, 0},
                                        {"plus", infinity, 1, 0},
                                        {"minus", -infinity, 1, 0},
                                        {"small", 5e-324, 1, 0},
                                        {"negative zero", -0.0, 1, 0}})
                  .ok());
  const Run read = *store_->GetRun(run.id);
  EXPECT_TRUE(std::isnan(read.metrics.at("nan")));
  EXPECT_TRUE(std::isnan(store_->MetricHistory(run.id, "nan")->at(0).value));
  EXPECT_EQ(read.metrics.at("plus"), largest);
  EXPECT_EQ(read.metrics.at("minus"), -largest);
  EXPECT_EQ(read.metrics.at("small"), 5e-324);
  EXPECT_EQ(Select("SELECT count(*) FROM metrics WHERE key = 'nan' AND value = 0 AND is_nan"), "1");
  EXPECT_EQ(
      Select("SELECT count(*) FROM latest_metrics WHERE key = 'nan' AND value = 0 AND is_nan"),
      "1");
}

DatasetInput TestInput(const std::string& digest) {
  return {.name = "loans.csv",
          .digest = digest,
          .source_type = "local",
          .source = R"({"uri":"/x/loans.csv"})",
          .schema = R"({"mlflow_colspec":[]})",
          .profile = R"({"num_rows":3})",
          .context = "training"};
}

TEST_P(SqlRunsTest, InputsAreReadBackAndDataSetsShared) {
  const Run first = NewTestRun();
  const Run second = NewTestRun();
  ASSERT_TRUE(store_->LogInput(first.id, TestInput("abc")).ok());
  ASSERT_TRUE(store_->LogInput(second.id, TestInput("abc")).ok());
  ASSERT_TRUE(store_->LogInput(second.id, TestInput("def")).ok());
  const Result<std::vector<DatasetInput>> inputs = store_->ListInputs(first.id);
  ASSERT_TRUE(inputs.ok());
  ASSERT_EQ(inputs->size(), 1u);
  EXPECT_EQ(inputs->at(0).name, "loans.csv");
  EXPECT_EQ(inputs->at(0).digest, "abc");
  EXPECT_EQ(inputs->at(0).source_type, "local");
  EXPECT_EQ(inputs->at(0).source, R"({"uri":"/x/loans.csv"})");
  EXPECT_EQ(inputs->at(0).schema, R"({"mlflow_colspec":[]})");
  EXPECT_EQ(inputs->at(0).profile, R"({"num_rows":3})");
  EXPECT_EQ(inputs->at(0).context, "training");
  EXPECT_EQ(store_->ListInputs(second.id)->size(), 2u);
  EXPECT_EQ(Select("SELECT count(*) FROM datasets"), "2");
}

TEST_P(SqlRunsTest, TheSameInputTwiceIsOneInput) {
  const Run run = NewTestRun();
  ASSERT_TRUE(store_->LogInput(run.id, TestInput("abc")).ok());
  DatasetInput again = TestInput("abc");
  again.context = "evaluation";
  const Status status = store_->LogInput(run.id, again);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(store_->ListInputs(run.id)->size(), 1u);
  EXPECT_EQ(store_->ListInputs(run.id)->at(0).context, "evaluation");
  EXPECT_EQ(Select("SELECT count(*) FROM input_tags"), "1");
}

}  // namespace
}  // namespace reeve::tracking
