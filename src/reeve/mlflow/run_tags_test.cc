#include "reeve/mlflow/run_tags.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class RunTagsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    id_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0","run_name":"first"})"),
                  R"("run_id":")");
  }
  std::string Set(const std::string& key, const std::string& value) {
    return Answer("POST", "/runs/set-tag",
                  R"({"run_id":")" + id_ + R"(","key":")" + key + R"(","value":")" + value + "\"}");
  }
  std::string Delete(const std::string& key) {
    return Answer("POST", "/runs/delete-tag",
                  R"({"run_id":")" + id_ + R"(","key":")" + key + "\"}");
  }
  std::string Get() { return Answer("GET", "/runs/get", "run_id=" + id_); }

  std::string id_;
};

TEST_F(RunTagsTest, AreSetReplacedAndDeleted) {
  EXPECT_EQ(Set("team", "a"), "{}");
  EXPECT_EQ(Set("team", "b"), "{}");
  EXPECT_NE(Get().find(R"({"key":"team","value":"b"})"), std::string::npos) << Get();
  EXPECT_EQ(Delete("team"), "{}");
  EXPECT_EQ(Get().find("team"), std::string::npos);
  EXPECT_EQ(Delete("team"),
            "RESOURCE_DOES_NOT_EXIST: No tag with name: team in run with id " + id_);
}

TEST_F(RunTagsTest, TheNameTagNamesTheRunUnlessItIsEmpty) {
  EXPECT_EQ(Set("mlflow.runName", "second"), "{}");
  EXPECT_EQ(Between(Get(), R"("run_name":")"), "second");
  EXPECT_EQ(Set("mlflow.runName", ""), "{}");
  EXPECT_EQ(Between(Get(), R"("run_name":")"), "second");
  EXPECT_NE(Get().find(R"({"key":"mlflow.runName","value":"second"})"), std::string::npos);
}

TEST_F(RunTagsTest, LongValuesAreCutAtCharacters) {
  std::string value;
  for (int i = 0; i < 8001; ++i) value += "ü";
  const Result<RunTag> tag = CheckRunTag("k", value, {});
  ASSERT_TRUE(tag.ok());
  EXPECT_EQ(tag->second, value.substr(0, 16'000));
}

TEST_F(RunTagsTest, KeysAreCheckedInMlflowsWords) {
  EXPECT_NE(Set("a#b", "").find("Invalid value \"a#b\" for parameter 'key' supplied"),
            std::string::npos);
  EXPECT_EQ(Set(std::string(251, 'x'), ""),
            "INVALID_PARAMETER_VALUE: 'key' exceeds the maximum length of 250 characters");
  EXPECT_EQ(CheckRunTag(std::string(251, 'x'), "", "tags[3]").status().message(),
            "'tags[3].key' exceeds the maximum length of 250 characters");
}

}  // namespace
}  // namespace reeve::mlflow
