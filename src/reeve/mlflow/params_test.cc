#include "reeve/mlflow/params.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class ParamsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    id_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  }
  std::string Log(const std::string& key, const std::string& value) {
    return Answer("POST", "/runs/log-parameter",
                  R"({"run_id":")" + id_ + R"(","key":")" + key + R"(","value":")" + value + "\"}");
  }
  std::string Get() { return Answer("GET", "/runs/get", "run_id=" + id_); }

  std::string id_;
};

TEST_F(ParamsTest, AreKeptAndMayBeLoggedAgain) {
  EXPECT_EQ(Log("depth", "6"), "{}");
  EXPECT_EQ(Log("depth", "6"), "{}");
  EXPECT_EQ(Log("empty", ""), "{}");
  EXPECT_NE(Get().find(R"("params":[{"key":"depth","value":"6"},{"key":"empty","value":""}])"),
            std::string::npos)
      << Get();
}

TEST_F(ParamsTest, NeverChange) {
  EXPECT_EQ(Log("depth", "6"), "{}");
  EXPECT_EQ(Log("depth", "7"),
            "INVALID_PARAMETER_VALUE: Changing param values is not allowed. Param with key='depth' "
            "was already logged with value='6' for run ID='" +
                id_ + "'. Attempted logging new value '7'.");
  EXPECT_NE(Get().find(R"({"key":"depth","value":"6"})"), std::string::npos);
}

TEST_F(ParamsTest, LongValuesAreCutAndStayTheSame) {
  const std::string value(7000, 'v');
  EXPECT_EQ(Log("p", value), "{}");
  EXPECT_EQ(Log("p", value), "{}");
  EXPECT_NE(Get().find("\"" + std::string(6000, 'v') + "\""), std::string::npos);
}

TEST_F(ParamsTest, KeysAreCheckedInMlflowsWords) {
  EXPECT_NE(Log("../a", "1").find("Names may be treated as files"), std::string::npos);
  EXPECT_EQ(Log(std::string(251, 'x'), "1"),
            "INVALID_PARAMETER_VALUE: 'Param key' exceeds the maximum length of 250 characters");
  EXPECT_NE(CheckParam("a#b", "", "params[2]").status().message().find("'params[2].key'"),
            std::string::npos);
}

}  // namespace
}  // namespace reeve::mlflow
