#include "reeve/mlflow/log_batch.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class LogBatchTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    id_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0","run_name":"r"})"),
                  R"("run_id":")");
  }
  std::string Log(const std::string& more) {
    return Answer("POST", "/runs/log-batch", R"({"run_id":")" + id_ + "\"," + more + "}");
  }
  std::string Get() { return Answer("GET", "/runs/get", "run_id=" + id_); }

  static std::string Pairs(const std::string& list, int count) {
    std::string items;
    for (int i = 0; i < count; ++i) {
      items += (i == 0 ? "" : ",") + std::string(R"({"key":"k)") + std::to_string(i) +
               R"(","value":"1"})";
    }
    return "\"" + list + "\":[" + items + "]";
  }
  static std::string Metrics(int count) {
    std::string items;
    for (int i = 0; i < count; ++i) {
      items += (i == 0 ? "" : ",") + std::string(R"({"key":"k)") + std::to_string(i) +
               R"(","value":1,"timestamp":1})";
    }
    return "\"metrics\":[" + items + "]";
  }

  std::string id_;
};

TEST_F(LogBatchTest, WritesAllOfIt) {
  EXPECT_EQ(Log(Metrics(1) + "," + Pairs("params", 1) +
                R"(,"tags":[{"key":"t","value":"1"},)"
                R"({"key":"t","value":"2"}])"),
            "{}");
  EXPECT_NE(Get().find(R"("data":{"metrics":[{"key":"k0","value":1.0,"timestamp":1,"step":0}],)"
                       R"("params":[{"key":"k0","value":"1"}],)"
                       R"("tags":[{"key":"mlflow.runName","value":"r"},{"key":"t","value":"2"}]})"),
            std::string::npos)
      << Get();
}

TEST_F(LogBatchTest, AnEmptyOneIsFine) { EXPECT_EQ(Log(R"("metrics":[])"), "{}"); }

TEST_F(LogBatchTest, LimitsAreToldInMlflowsWords) {
  const std::string before = Get();
  const auto refusal = [](const std::string& most, const std::string& got, const std::string& of) {
    return "INVALID_PARAMETER_VALUE: A batch logging request can contain at most " + most + " " +
           of + ". Got " + got + " " + of + ". Please split up " + of +
           " across multiple requests and try again.";
  };
  EXPECT_EQ(Log(Metrics(1001)), refusal("1000", "1001", "metrics"));
  EXPECT_EQ(Log(Pairs("params", 101)), refusal("100", "101", "params"));
  EXPECT_EQ(Log(Pairs("tags", 101)), refusal("100", "101", "tags"));
  EXPECT_EQ(Log(Metrics(850) + "," + Pairs("params", 100) + "," + Pairs("tags", 51)),
            refusal("1000", "1001", "metrics, params, and tags"));
  EXPECT_EQ(Get(), before);
  EXPECT_EQ(Log(Metrics(800) + "," + Pairs("params", 100) + "," + Pairs("tags", 100)), "{}");
}

TEST_F(LogBatchTest, AContradictionLeavesNothing) {
  ASSERT_EQ(Log(R"("params":[{"key":"a","value":"1"},{"key":"b","value":"2"}])"), "{}");
  const std::string before = Get();
  EXPECT_EQ(Log(Metrics(2) + R"(,"params":[{"key":"a","value":"9"},{"key":"b","value":"2"},)"
                             R"({"key":"new","value":"3"}],"tags":[{"key":"t","value":"1"}])"),
            "INVALID_PARAMETER_VALUE: Changing param values is not allowed. Params were already "
            "logged='[{'key': 'a', 'old_value': '1', 'new_value': '9'}]' for run ID='" +
                id_ + "'.");
  EXPECT_EQ(Get(), before);
}

TEST_F(LogBatchTest, ValuesInMessagesAreQuoted) {
  ASSERT_EQ(Log(R"("params":[{"key":"a","value":"it's"}])"), "{}");
  EXPECT_NE(Log(R"("params":[{"key":"a","value":"x\ny"}])")
                .find(R"([{'key': 'a', 'old_value': "it's", 'new_value': 'x\ny'}])"),
            std::string::npos);
}

TEST_F(LogBatchTest, AParameterComesOnce) {
  EXPECT_EQ(Log(R"("params":[{"key":"a","value":"1"},{"key":"a","value":"1"}])"),
            "INVALID_PARAMETER_VALUE: Duplicate parameter keys have been submitted: ['a']. Please "
            "ensure the request contains only one param value per param key.");
}

TEST_F(LogBatchTest, WhatIsWrongIsNamedByItsPlace) {
  const std::string docs = " See the API docs for more information about request parameters.";
  EXPECT_EQ(
      Log(R"("metrics":[{"key":"m","value":1,"timestamp":1},{"key":"m","value":2}])"),
      "INVALID_PARAMETER_VALUE: Missing value for required parameter 'metrics[1].timestamp'." +
          docs);
  EXPECT_EQ(Log(R"("tags":[{"value":"1"}])"),
            "INVALID_PARAMETER_VALUE: Missing value for required parameter 'tags[0].key'." + docs);
  EXPECT_NE(Log(R"("metrics":[{"key":"a#","value":1,"timestamp":1}])")
                .find("Invalid value \"a#\" for parameter 'metrics[0].name' supplied"),
            std::string::npos);
  EXPECT_NE(Log(R"("params":[{"key":"a","value":5}])").find("'params[0].value'"),
            std::string::npos);
  EXPECT_EQ(Log(R"("metrics":"foo")"),
            "INVALID_PARAMETER_VALUE: Invalid value \"foo\" for parameter 'metrics' supplied:  "
            "Hint: Value was of type 'str'." +
                docs);
}

TEST_F(LogBatchTest, TheNameTagNamesTheRun) {
  EXPECT_EQ(Log(R"("tags":[{"key":"mlflow.runName","value":"other"}])"), "{}");
  EXPECT_EQ(Between(Get(), R"("run_name":")"), "other");
}

}  // namespace
}  // namespace reeve::mlflow
