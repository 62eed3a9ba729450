#include "reeve/tracking/rest/rest_store.h"

#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/test_folder.h"
#include "reeve/tracking/http/test_server.h"
#include "reeve/tracking/model_uri.h"

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kModel =
    R"({"registered_model":{"name":"loans","description":"d","latest_versions":[{"version":"3"},
    {"version":"2"}],"aliases":[{"alias":"champion","version":"2"}]}})";
constexpr const char* kRun =
    R"({"run":{"info":{"run_id":"r1","experiment_id":"1","status":"RUNNING",
    "artifact_uri":"mlflow-artifacts:/1/r1/artifacts"},"data":{"tags":[{"key":"a","value":"b"}]}}})";

class RestStoreTest : public ::testing::Test {
 protected:
  using Run = tracking::Run;

  void SetUp() override {
    Result<std::unique_ptr<RestStore>> store = RestStore::Open(
        server_.uri(), RestStore::Options{.artifacts = {.cache_folder = folder_.Path("cache")}});
    ASSERT_TRUE(store.ok()) << store.status().message();
    store_ = std::move(*store);
    answers_["GET registered-models/get?name=loans"] = kModel;
    answers_["GET runs/get?run_id=r1"] = kRun;
    answers_["GET registered-models/search?max_results=200"] =
        R"({"registered_models":[{"name":"loans"},{"name":"claims"}]})";
    answers_["GET model-versions/search?filter=name%3D%27loans%27&max_results=200"] =
        R"({"model_versions":[{"name":"loans","version":"2","source":"runs:/r1/model",
        "current_stage":"Production"},{"name":"loans","version":"10","source":"/x"},
        {"name":"loans","version":"3","source":"models:/m-1"}]})";
    answers_["GET model-versions/get?name=loans&version=2"] =
        R"({"model_version":{"name":"loans","version":"2","source":"models:/other/1",
        "run_id":"r1","aliases":["champion"]}})";
    answers_["GET model-versions/get-download-uri?name=loans&version=2"] =
        DumpJson(Json{{"artifact_uri", folder_.Path()}});
  }

  TestAnswer Answer(const TestRequest& request) const {
    const std::string call = CallOf(request);
    const auto raw = raw_answers_.find(call);
    if (raw != raw_answers_.end()) return raw->second;
    const auto answer = answers_.find(call);
    if (answer != answers_.end()) return {.body = answer->second};
    if (call.starts_with("POST") || call.starts_with("PATCH") || call.starts_with("DELETE"))
      return {};
    return {.status = 404,
            .body = R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"not found"})"};
  }

  std::vector<std::string> Calls() {
    std::vector<std::string> calls;
    for (const TestRequest& request : server_.requests()) calls.push_back(CallOf(request));
    return calls;
  }
  Json LastBody() { return *ParseJson(server_.requests().back().body); }

  TestFolder folder_;
  std::map<std::string, std::string> answers_;
  std::map<std::string, TestAnswer> raw_answers_;
  TestServer server_{[this](const TestRequest& request) { return Answer(request); }};
  std::unique_ptr<RestStore> store_;
};

TEST_F(RestStoreTest, FindsAModelByItsAlias) {
  const Result<ResolvedModel> resolved = ResolveModel("models:/loans@champion", *store_);
  ASSERT_TRUE(resolved.ok()) << resolved.status().message();
  EXPECT_EQ(resolved->name, "loans");
  EXPECT_EQ(resolved->version, "2");
  EXPECT_EQ(resolved->run_id, "r1");
  EXPECT_EQ(resolved->folder, folder_.Path());
  EXPECT_THAT(Calls(), ElementsAre("GET registered-models/get?name=loans",
                                   "GET model-versions/get?name=loans&version=2",
                                   "GET model-versions/get-download-uri?name=loans&version=2"));
}

TEST_F(RestStoreTest, FindsAModelByItsStage) {
  const Result<ResolvedModel> resolved = ResolveModel("models:/loans/Production", *store_);
  ASSERT_TRUE(resolved.ok()) << resolved.status().message();
  EXPECT_EQ(resolved->version, "2");
}

TEST_F(RestStoreTest, WhatIsMissingNamesTheNearest) {
  const Status model = store_->GetModel("lons").status();
  EXPECT_EQ(model.code(), StatusCode::kNotFound);
  EXPECT_THAT(model.message(), HasSubstr("Did you mean \"loans\"?"));
  const Status version = store_->GetVersion("loans", 7).status();
  EXPECT_EQ(version.code(), StatusCode::kNotFound);
  EXPECT_THAT(version.message(), HasSubstr("Valid: 10, 3, 2."));
  EXPECT_EQ(store_->GetRun("nope").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store_->GetLoggedModel("m-9").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store_->SetStage("loans", 2, "Prod").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->SetAlias("loans", "v3", 2).code(), StatusCode::kInvalidArgument);
}

TEST_F(RestStoreTest, VersionsComeNewestFirstWithTheirAliases) {
  const Result<std::vector<ModelVersion>> versions = store_->ListVersions("loans");
  ASSERT_TRUE(versions.ok()) << versions.status().message();
  ASSERT_EQ(versions->size(), 3u);
  EXPECT_EQ((*versions)[0].version, 10);
  EXPECT_EQ((*versions)[0].storage_location, "/x");
  EXPECT_EQ((*versions)[2].version, 2);
  EXPECT_THAT((*versions)[2].aliases, ElementsAre("champion"));
}

TEST_F(RestStoreTest, NamesWithQuotesAreAskedForInTheOtherOnes) {
  answers_["GET registered-models/get?name=a%27b"] = R"({"registered_model":{"name":"a'b"}})";
  answers_["GET model-versions/search?filter=name%3D%22a%27b%22&max_results=200"] =
      R"({"model_versions":[{"name":"a'b","version":"1"}]})";
  ASSERT_TRUE(store_->ListVersions("a'b").ok());
  answers_["GET registered-models/get?name=a%27%22b"] = R"({"registered_model":{"name":"x"}})";
  EXPECT_EQ(store_->ListVersions("a'\"b").status().code(), StatusCode::kInvalidArgument);
}

TEST_F(RestStoreTest, ListsModelsByName) {
  const Result<std::vector<RegisteredModel>> models = store_->ListModels();
  ASSERT_TRUE(models.ok());
  ASSERT_EQ(models->size(), 2u);
  EXPECT_EQ((*models)[0].name, "claims");
}

TEST_F(RestStoreTest, TheHistoryOfAModelIsReadFromAServerThatKeepsOne) {
  answers_["GET /api/2.0/reeve/registered-models/history?name=loans"] =
      R"({"events":[{"time_ms":5,"actor":"ann","action":"alias_set","model":"loans",
      "alias":"champion","from":"1","to":"2"},{"action":"of a later release"},
      {"time_ms":9,"action":"alias_set","model":"loans","alias":"champion","from":"2","to":"3",
      "recorded":false}]})";
  const auto history = store_->ListRegistryEvents("loans");
  ASSERT_TRUE(history.ok() && history->has_value()) << history.status().message();
  ASSERT_EQ((*history)->size(), 2u);
  EXPECT_EQ((**history)[0].actor, "ann");
  EXPECT_EQ((**history)[0].to, "2");
  EXPECT_TRUE((**history)[0].is_recorded);
  EXPECT_FALSE((**history)[1].is_recorded);
}

TEST_F(RestStoreTest, MlflowsServerKeepsNoHistory) {
  raw_answers_["GET /api/2.0/reeve/registered-models/history?name=loans"] = {.status = 404,
                                                                             .body = "<html>"};
  const auto history = store_->ListRegistryEvents("loans");
  ASSERT_TRUE(history.ok()) << history.status().message();
  EXPECT_FALSE(history->has_value());
  EXPECT_EQ(store_->ListRegistryEvents("loan").status().code(), StatusCode::kNotFound);
}

TEST_F(RestStoreTest, OnlyReadyLoggedModelsAreFound) {
  answers_["GET logged-models/m-1"] =
      R"({"model":{"info":{"model_id":"m-1","status":"LOGGED_MODEL_PENDING"}}})";
  answers_["POST logged-models/search"] =
      R"({"models":[{"info":{"model_id":"m-1","status":"LOGGED_MODEL_PENDING"}},
      {"info":{"model_id":"m-2","name":"model","status":"LOGGED_MODEL_READY"}}]})";
  EXPECT_EQ(store_->GetLoggedModel("m-1").status().code(), StatusCode::kNotFound);
  const Result<std::vector<LoggedModel>> models = store_->FindLoggedModels("r1");
  ASSERT_TRUE(models.ok()) << models.status().message();
  ASSERT_EQ(models->size(), 1u);
  EXPECT_EQ((*models)[0].id, "m-2");
  EXPECT_EQ(LastBody()["filter"], "source_run_id = 'r1'");
}

TEST_F(RestStoreTest, RunsOfAllExperimentsAreSearchedAtOnce) {
  answers_["POST experiments/search"] =
      R"({"experiments":[{"experiment_id":"0","name":"Default"},{"experiment_id":"1"}]})";
  answers_["POST runs/search"] = R"({"runs":[{"info":{"run_id":"r2"}}]})";
  const Result<std::vector<Run>> runs = store_->ListRuns("", 5);
  ASSERT_TRUE(runs.ok()) << runs.status().message();
  EXPECT_EQ((*runs)[0].id, "r2");
  EXPECT_EQ(LastBody()["experiment_ids"], Json({"0", "1"}));
  EXPECT_EQ(LastBody()["max_results"], 5);
  ASSERT_TRUE(store_->ListRunning().ok());
  EXPECT_EQ(LastBody()["filter"], "attributes.status = 'RUNNING'");
}

TEST_F(RestStoreTest, MetricHistoryIsInOrderOfSteps) {
  answers_["GET metrics/get-history?run_id=r1&metric_key=loss&max_results=200"] =
      R"({"metrics":[{"key":"loss","value":0.5,"step":3,"timestamp":1},
      {"key":"loss","value":"NaN","step":1,"timestamp":1},
      {"key":"loss","value":0.25,"step":1,"timestamp":1}]})";
  const Result<std::vector<MetricPoint>> points = store_->MetricHistory("r1", "loss");
  ASSERT_TRUE(points.ok()) << points.status().message();
  ASSERT_EQ(points->size(), 3u);
  EXPECT_EQ((*points)[2].value, 0.5);
  EXPECT_EQ((*points)[1].value, 0.25);
}

TEST_F(RestStoreTest, LongListsAreSentInTheBatchesThatMlflowTakes) {
  std::map<std::string, std::string> params;
  for (int i = 0; i < 101; ++i) params["p" + std::to_string(i)] = "1";
  ASSERT_TRUE(store_->LogParams("r1", params).ok());
  std::vector<MetricPoint> points(2'001, MetricPoint{.key = "m"});
  ASSERT_TRUE(store_->LogMetrics("r1", points).ok());
  ASSERT_TRUE(store_->SetTags("r1", {}).ok());
  std::vector<std::size_t> sizes;
  for (const TestRequest& request : server_.requests()) {
    const Json body = *ParseJson(request.body);
    sizes.push_back(body.contains("params") ? body["params"].size() : body["metrics"].size());
  }
  EXPECT_THAT(sizes, ElementsAre(100u, 1u, 1'000u, 1'000u, 1u));
}

TEST_F(RestStoreTest, AnExperimentIsMadeOnce) {
  answers_["GET experiments/get-by-name?experiment_name=loans"] =
      R"({"experiment":{"experiment_id":"4","name":"loans"}})";
  EXPECT_EQ(store_->GetOrCreateExperiment("loans")->id, "4");
  EXPECT_EQ(Calls().size(), 1u);
  answers_["GET experiments/get-by-name?experiment_name=old"] =
      R"({"experiment":{"experiment_id":"5","name":"old","lifecycle_stage":"deleted"}})";
  EXPECT_EQ(store_->GetOrCreateExperiment("old").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->GetOrCreateExperiment(" ").status().code(), StatusCode::kInvalidArgument);
}

TEST_F(RestStoreTest, ARunThatEndedIsNotEndedAgain) {
  EXPECT_TRUE(*store_->EndIfRunning("r1", RunStatus::kFailed, {{"why", "gone"}}));
  EXPECT_THAT(Calls(),
              ElementsAre("GET runs/get?run_id=r1", "POST runs/log-batch", "POST runs/update"));
  answers_["GET runs/get?run_id=r1"] = R"({"run":{"info":{"run_id":"r1","status":"FINISHED"}}})";
  EXPECT_FALSE(*store_->EndIfRunning("r1", RunStatus::kFailed, {}));
  EXPECT_EQ(Calls().size(), 4u);
}

TEST_F(RestStoreTest, WhatIsPublishedBecomesVisibleInOrder) {
  answers_["POST model-versions/create"] = R"({"model_version":{"name":"loans","version":"2"}})";
  const Result<std::optional<ModelVersion>> version = store_->Publish(
      {.run_id = "r1", .model_id = "m-1", .registered_name = "loans", .alias = "champion"});
  ASSERT_TRUE(version.ok()) << version.status().message();
  EXPECT_EQ((*version)->version, 2);
  EXPECT_THAT(Calls(),
              ElementsAre("PATCH logged-models/m-1", "POST registered-models/create",
                          "POST model-versions/create", "POST registered-models/alias",
                          "POST runs/update", "GET model-versions/get?name=loans&version=2",
                          "GET model-versions/get-download-uri?name=loans&version=2"));
}

TEST_F(RestStoreTest, WritesAreMlflowsCalls) {
  ASSERT_TRUE(store_->SetAlias("loans", "champion", 3).ok());
  EXPECT_EQ(LastBody(), Json({{"name", "loans"}, {"version", "3"}, {"alias", "champion"}}));
  ASSERT_TRUE(store_->DeleteAlias("loans", "champion").ok());
  ASSERT_TRUE(store_->SetStage("loans", 3, "production").ok());
  EXPECT_EQ(LastBody()["stage"], "Production");
  ASSERT_TRUE(store_->DeleteVersion("loans", 3).ok());
  ASSERT_TRUE(store_->DeleteRun("r1").ok());
  EXPECT_THAT(Calls(), ElementsAre("POST registered-models/alias", "DELETE registered-models/alias",
                                   "POST model-versions/transition-stage",
                                   "DELETE model-versions/delete", "POST runs/delete"));
}

TEST_F(RestStoreTest, AServerThatIsGoneIsUnavailable) {
  server_.Stop();
  EXPECT_EQ(ResolveModel("models:/loans@champion", *store_).status().code(),
            StatusCode::kUnavailable);
}

// A server that does what it is asked for and breaks off before it says so.
class ForgetfulServerTest : public ::testing::Test {
 protected:
  TestAnswer Answer(const TestRequest& request) {
    const std::string call = CallOf(request);
    if (call == make_) {
      ++made_;
      if (made_ == 1) return {.body = "", .is_raw = true};
    }
    if (call.starts_with(look_)) return {.body = made_ > 0 && is_found_ ? found_ : "{}"};
    const auto answer = answers_.find(call);
    return answer != answers_.end() ? TestAnswer{.body = answer->second} : TestAnswer{};
  }
  std::unique_ptr<RestStore> Open() {
    const RetryOptions retry{
        .most = 3, .at_first_contact = true, .wait = [](double) { return true; }};
    return *RestStore::Open(server_.uri(), RestStore::Options{.http = {.retry = retry}});
  }

  std::string make_, look_, found_;
  bool is_found_ = true;
  int made_ = 0;
  std::map<std::string, std::string> answers_;
  TestServer server_{[this](const TestRequest& request) { return Answer(request); }};
};

TEST_F(ForgetfulServerTest, ARunIsLookedForBeforeItIsMadeAgain) {
  make_ = "POST runs/create";
  look_ = "POST runs/search";
  found_ = R"({"runs":[{"info":{"run_id":"r7"}}]})";
  const auto run = Open()->CreateRun({.experiment_id = "1", .tags = {{"reeve.process", "1:2"}}});
  ASSERT_TRUE(run.ok()) << run.status().message();
  EXPECT_EQ(run->id, "r7");
  EXPECT_EQ(made_, 1);
  const Json search = *ParseJson(server_.requests()[1].body);
  EXPECT_THAT(search["filter"].get<std::string>(), HasSubstr("AND tags.`reeve.process` = '1:2'"));
  EXPECT_THAT(search["filter"].get<std::string>(), HasSubstr("attributes.start_time = "));
}

TEST_F(ForgetfulServerTest, ARunThatIsNotThereIsMadeAgain) {
  make_ = "POST runs/create";
  look_ = "POST runs/search";
  is_found_ = false;
  ASSERT_TRUE(Open()->CreateRun({.experiment_id = "1"}).ok());
  EXPECT_EQ(made_, 2);
}

TEST_F(ForgetfulServerTest, AVersionIsLookedForBeforeItIsMadeAgain) {
  make_ = "POST model-versions/create";
  look_ = "GET model-versions/search";
  found_ = R"({"model_versions":[
      {"name":"loans","version":"4","source":"models:/m-0","run_id":"r1"},
      {"name":"loans","version":"3","source":"models:/m-1","run_id":"r1"}]})";
  answers_["GET registered-models/get?name=loans"] = kModel;
  answers_["GET model-versions/get?name=loans&version=3"] =
      R"({"model_version":{"name":"loans","version":"3","source":"models:/m-1"}})";
  const auto version =
      Open()->Publish({.run_id = "r1", .model_id = "m-1", .registered_name = "loans"});
  ASSERT_TRUE(version.ok()) << version.status().message();
  EXPECT_EQ((*version)->version, 3);
  EXPECT_EQ(made_, 1);
}

TEST_F(ForgetfulServerTest, ALoggedModelIsLookedForBeforeItIsMadeAgain) {
  make_ = "POST logged-models";
  look_ = "POST logged-models/search";
  found_ = R"({"models":[{"info":{"model_id":"m-9","status":"LOGGED_MODEL_PENDING"}}]})";
  const auto model = Open()->CreateLoggedModel({.id = "r1", .experiment_id = "1"}, "model");
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model->id, "m-9");
  EXPECT_EQ(made_, 1);
}

}  // namespace
}  // namespace reeve::tracking
