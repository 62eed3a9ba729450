#include "reeve/mlflow/log_model.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class LogModelTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    id_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  }
  // `model` as JSON with single quotes.
  std::string Log(std::string model) {
    std::string escaped;
    for (const char c : model) escaped += c == '\'' ? "\\\"" : std::string(1, c);
    return Answer("POST", "/runs/log-model",
                  R"({"run_id":")" + id_ + R"(","model_json":")" + escaped + "\"}");
  }
  std::string id_;
};

TEST_F(LogModelTest, TheTagListsTheModels) {
  EXPECT_EQ(Log("{'run_id':'r','artifact_path':'m','utc_time_created':'t','mlflow_version':'3',"
                "'flavors':{'a':{'config':1,'b':[1,2.5]},'c':'ü'},'model_uuid':'u'}"),
            "{}");
  const std::string first =
      R"({\"run_id\": \"r\", \"artifact_path\": \"m\", \"utc_time_created\": \"t\", )"
      R"(\"model_uuid\": \"u\", \"flavors\": {\"a\": {\"b\": [1, 2.5]}, \"c\": \"\\u00fc\"}})";
  const std::string start = R"("key":"mlflow.log-model.history","value":")";
  EXPECT_NE(Answer("GET", "/runs/get", "run_id=" + id_).find(start + "[" + first + "]\""),
            std::string::npos)
      << Answer("GET", "/runs/get", "run_id=" + id_);
  EXPECT_EQ(Log("{'run_id':'r','artifact_path':'n','utc_time_created':'t','flavors':{}}"), "{}");
  EXPECT_NE(Answer("GET", "/runs/get", "run_id=" + id_)
                .find(start + "[" + first + R"(, {\"run_id\": \"r\", \"artifact_path\": \"n\")"),
            std::string::npos);
}

TEST_F(LogModelTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(Log("{'run_id':'r','artifact_path':'m'}"),
            "INVALID_PARAMETER_VALUE: Model json is missing mandatory fields: {'flavors', "
            "'utc_time_created'}");
  EXPECT_NE(Log("[1").find("is not a valid JSON"), std::string::npos);
}

}  // namespace
}  // namespace reeve::mlflow
