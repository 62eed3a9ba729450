#include "reeve/mlflow/logged_models.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

constexpr const char* kModel = "/logged-models/{model_id}";

class LoggedModelsTest : public ApiTest {
 protected:
  std::string Create(const std::string& more = "") {
    return Between(
        Answer("POST", "/logged-models", R"({"experiment_id":"0","name":"model")" + more + "}"),
        R"("model_id":")");
  }
  std::string Get(const std::string& id) { return Answer("GET", kModel, "", id); }
  std::string NewRun() {
    return Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  }
  std::string Search(const std::string& more) {
    return Answer("POST", "/logged-models/search", R"({"experiment_ids":["0"])" + more + "}");
  }
};

TEST_F(LoggedModelsTest, IsMadePendingBesideItsExperiment) {
  const std::string id =
      Create(R"(,"params":[{"key":"a","value":"1"}],"tags":[{"key":"t","value":"x"}])");
  const std::string model = Get(id);
  EXPECT_EQ(id.size(), 34u);
  EXPECT_EQ(Between(model, R"("status":")"), "LOGGED_MODEL_PENDING");
  EXPECT_EQ(Between(model, R"("artifact_uri":")"),
            "mlflow-artifacts:/0/models/" + id + "/artifacts");
  EXPECT_NE(model.find(R"("params":[{"key":"a","value":"1"}])"), std::string::npos) << model;
  EXPECT_NE(model.find(R"("tags":[{"key":"t","value":"x"}])"), std::string::npos) << model;
}

TEST_F(LoggedModelsTest, WhatIsLeftOutIsTheEmptyText) {
  const std::string model = Get(Create());
  EXPECT_NE(model.find(R"("model_type":"")"), std::string::npos) << model;
  EXPECT_NE(model.find(R"("source_run_id":"")"), std::string::npos) << model;
}

TEST_F(LoggedModelsTest, IsFinalizedByNameAndNumber) {
  const std::string id = Create();
  EXPECT_EQ(
      Between(Answer("PATCH", kModel, R"({"status":"LOGGED_MODEL_READY"})", id), R"("status":")"),
      "LOGGED_MODEL_READY");
  EXPECT_EQ(Between(Answer("PATCH", kModel, R"({"status":3})", id), R"("status":")"),
            "LOGGED_MODEL_UPLOAD_FAILED");
  EXPECT_NE(Answer("PATCH", kModel, R"({"status":"DONE"})", id).find("INVALID_PARAMETER_VALUE"),
            std::string::npos);
}

TEST_F(LoggedModelsTest, ADeletedOneIsFoundOnlyWhenAsked) {
  const std::string id = Create();
  EXPECT_EQ(Answer("DELETE", kModel, "", id), "{}");
  EXPECT_EQ(Get(id), "RESOURCE_DOES_NOT_EXIST: Logged model with ID '" + id + "' not found.");
  EXPECT_EQ(Between(Answer("GET", kModel, "allow_deleted=true", id), R"("model_id":")"), id);
  EXPECT_EQ(Search(""), "{}");
}

TEST_F(LoggedModelsTest, ParamsNeverChange) {
  const std::string id = Create(R"(,"params":[{"key":"a","value":"1"}])");
  const std::string path = "/logged-models/{model_id}/params";
  EXPECT_EQ(
      Answer("POST", path, R"({"params":[{"key":"a","value":"1"},{"key":"b","value":"2"}]})", id),
      "{}");
  EXPECT_EQ(
      Answer("POST", path, R"({"params":[{"key":"c","value":"3"},{"key":"a","value":"2"}]})", id),
      "INVALID_PARAMETER_VALUE: Changing param values is not allowed. Param with key='a' was "
      "already logged with value='1' for model ID='" +
          id + "'.");
  EXPECT_EQ(Get(id).find(R"("key":"c")"), std::string::npos);
}

TEST_F(LoggedModelsTest, NamesAndKeysAreChecked) {
  EXPECT_NE(Answer("POST", "/logged-models", R"({"experiment_id":"0","name":"a'b"})")
                .find(R"(Invalid model name ("a'b") provided.)"),
            std::string::npos);
  for (const char* name : {"a/b", "a:b", "a.b", "a%b", "a'b"}) {
    EXPECT_NE(Answer("POST", "/logged-models",
                     std::string(R"({"experiment_id":"0","name":")") + name + "\"}")
                  .find("INVALID_PARAMETER_VALUE: Invalid model name"),
              std::string::npos)
        << name;
  }
  EXPECT_NE(Create().size(), 0u);
  EXPECT_NE(
      Answer("POST", "/logged-models", R"({"experiment_id":"77"})").find("RESOURCE_DOES_NOT_EXIST"),
      std::string::npos);
}

TEST_F(LoggedModelsTest, MetricsOfARunReachItsModel) {
  const std::string id = Create();
  const std::string run = NewRun();
  const std::string body = R"({"run_id":")" + run +
                           R"(","key":"auc","value":0.5,"timestamp":1,"model_id":")" + id +
                           R"(","dataset_name":"d","dataset_digest":"x"})";
  EXPECT_EQ(Answer("POST", "/runs/log-metric", body), "{}");
  EXPECT_EQ(Answer("POST", "/runs/log-metric", body), "{}");
  EXPECT_NE(Get(id).find(
                R"("metrics":[{"key":"auc","value":0.5,"timestamp":1,"step":0,"dataset_name":"d",)"
                R"("dataset_digest":"x","model_id":")" +
                id + R"(","run_id":")" + run + "\"}]"),
            std::string::npos)
      << Get(id);
  EXPECT_NE(Search(R"(,"filter":"metrics.auc > 0.4")").find(id), std::string::npos);
  EXPECT_EQ(Search(R"(,"filter":"metrics.auc > 0.6")"), "{}");
}

TEST_F(LoggedModelsTest, OutputsStandInTheRun) {
  const std::string id = Create();
  const std::string run = NewRun();
  EXPECT_EQ(
      Answer("POST", "/runs/outputs",
             R"({"run_id":")" + run + R"(","models":[{"model_id":")" + id + R"(","step":4}]})"),
      "{}");
  EXPECT_NE(Answer("GET", "/runs/get", "run_id=" + run)
                .find(R"("outputs":{"model_outputs":[{"model_id":")" + id + R"(","step":4}]})"),
            std::string::npos);
}

TEST_F(LoggedModelsTest, PagesGoOnOnlyForTheSameSearch) {
  const std::string first = Create(), second = Create();
  const std::string page = Search(R"(,"max_results":1)");
  EXPECT_NE(page.find(second), std::string::npos);
  const std::string token = Between(page, R"("next_page_token":")");
  EXPECT_EQ(Search(R"(,"max_results":9223372036854775807)"), Search(""));
  EXPECT_NE(Search(R"(,"max_results":1,"page_token":")" + token + "\"").find(first),
            std::string::npos);
  EXPECT_NE(Search(R"(,"filter":"name = 'x'","page_token":")" + token + "\"")
                .find("INVALID_PARAMETER_VALUE"),
            std::string::npos);
}

TEST_F(LoggedModelsTest, TagsAreReplacedAndDeleted) {
  const std::string id = Create(R"(,"tags":[{"key":"t","value":"x"}])");
  const std::string tags = "/logged-models/{model_id}/tags";
  EXPECT_EQ(
      Answer("PATCH", tags, R"({"tags":[{"key":"t","value":"y"},{"key":"t","value":"z"}]})", id),
      "{}");
  EXPECT_NE(Get(id).find(R"("tags":[{"key":"t","value":"z"}])"), std::string::npos);
}

}  // namespace
}  // namespace reeve::mlflow
