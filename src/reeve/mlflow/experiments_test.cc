#include "reeve/mlflow/experiments.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class ExperimentsTest : public ApiTest {
 protected:
  std::string Create(const std::string& name) {
    return Between(Answer("POST", "/experiments/create", R"({"name":")" + name + "\"}"),
                   R"("experiment_id":")");
  }
  std::string Get(const std::string& id) {
    return Answer("GET", "/experiments/get", "experiment_id=" + id);
  }
};

TEST_F(ExperimentsTest, TheDefaultOneIsThere) {
  const std::string answer = Get("0");
  EXPECT_EQ(Between(answer, R"("name":")"), "Default");
  EXPECT_EQ(Between(answer, R"("artifact_location":")"), "mlflow-artifacts:/0");
  EXPECT_EQ(Between(answer, R"("workspace":")"), "default");
}

TEST_F(ExperimentsTest, AnIdIsANumber) {
  const std::string invalid =
      "INVALID_PARAMETER_VALUE: Invalid experiment ID 'x'. Experiment ID must be a valid integer.";
  EXPECT_EQ(Get("x"), invalid);
  for (const char* const path : {"/experiments/delete", "/experiments/restore"})
    EXPECT_EQ(Answer("POST", path, R"({"experiment_id":"x"})"), invalid) << path;
  EXPECT_EQ(Answer("POST", "/runs/create", R"({"experiment_id":"x"})"), invalid);
  EXPECT_EQ(Get("77"), "RESOURCE_DOES_NOT_EXIST: No Experiment with id=77 exists");
}

TEST_F(ExperimentsTest, ALocationNamesNoForeignHost) {
  for (const char* const location : {"http://h/x", "hdfs://h/x", "mlflow-artifacts://h:1/x"}) {
    EXPECT_NE(Answer("POST", "/experiments/create",
                     std::string(R"({"name":"a","artifact_location":")") + location + "\"}")
                  .find("INVALID_PARAMETER_VALUE: 'artifact_location' cannot use the"),
              std::string::npos)
        << location;
  }
}

TEST_F(ExperimentsTest, IsMadeAndFoundByIdAndName) {
  const std::string id = Create("loans");
  EXPECT_EQ(Get(id), Answer("GET", "/experiments/get-by-name", "experiment_name=loans"));
  EXPECT_EQ(Between(Get(id), R"("artifact_location":")"), "mlflow-artifacts:/" + id);
}

TEST_F(ExperimentsTest, ATakenNameIsRefusedAlsoWhenDeleted) {
  const std::string id = Create("loans");
  EXPECT_EQ(Answer("POST", "/experiments/delete", R"({"experiment_id":")" + id + "\"}"), "{}");
  EXPECT_EQ(Answer("POST", "/experiments/create", R"({"name":"loans"})"),
            "RESOURCE_ALREADY_EXISTS: Experiment(name=loans) already exists.");
  const std::string other = Create("cars");
  EXPECT_EQ(Answer("POST", "/experiments/update",
                   R"({"experiment_id":")" + other + R"(","new_name":"loans"})"),
            "RESOURCE_ALREADY_EXISTS: Experiment(name=loans) already exists.");
}

TEST_F(ExperimentsTest, DeleteAndRestoreNeedTheOtherStage) {
  const std::string body = R"({"experiment_id":")" + Create("loans") + "\"}";
  EXPECT_NE(Answer("POST", "/experiments/restore", body).find("RESOURCE_DOES_NOT_EXIST"),
            std::string::npos);
  EXPECT_EQ(Answer("POST", "/experiments/delete", body), "{}");
  EXPECT_NE(Answer("POST", "/experiments/delete", body).find("RESOURCE_DOES_NOT_EXIST"),
            std::string::npos);
  EXPECT_EQ(Answer("POST", "/experiments/restore", body), "{}");
}

TEST_F(ExperimentsTest, ADeletedOneTakesNoNameAndNoTags) {
  const std::string id = Create("loans");
  const std::string start = R"({"experiment_id":")" + id + "\"";
  ASSERT_EQ(Answer("POST", "/experiments/delete", start + "}"), "{}");
  EXPECT_EQ(Answer("POST", "/experiments/update", start + R"(,"new_name":"cars"})"),
            "INVALID_STATE: Cannot rename a non-active experiment.");
  EXPECT_EQ(Answer("POST", "/experiments/set-experiment-tag", start + R"(,"key":"a","value":"b"})"),
            "INVALID_PARAMETER_VALUE: The experiment " + id +
                " must be in the 'active' state. Current state is deleted.");
}

TEST_F(ExperimentsTest, TagsAreSetReplacedAndDeleted) {
  const std::string id = Create("loans");
  const std::string start = R"({"experiment_id":")" + id + R"(","key":"team")";
  EXPECT_EQ(Answer("POST", "/experiments/set-experiment-tag", start + R"(,"value":"a"})"), "{}");
  EXPECT_EQ(Answer("POST", "/experiments/set-experiment-tag", start + R"(,"value":"b"})"), "{}");
  EXPECT_NE(Get(id).find(R"("tags":[{"key":"team","value":"b"}])"), std::string::npos) << Get(id);
  EXPECT_EQ(Answer("POST", "/experiments/delete-experiment-tag", start + "}"), "{}");
  EXPECT_EQ(Answer("POST", "/experiments/delete-experiment-tag", start + "}"),
            "RESOURCE_DOES_NOT_EXIST: No tag with name: team in experiment with id " + id);
}

TEST_F(ExperimentsTest, UnknownOnesAreNamed) {
  EXPECT_EQ(Get("77"), "RESOURCE_DOES_NOT_EXIST: No Experiment with id=77 exists");
  EXPECT_EQ(Answer("GET", "/experiments/get-by-name", "experiment_name=no"),
            "RESOURCE_DOES_NOT_EXIST: Could not find experiment with name 'no'");
}

TEST_F(ExperimentsTest, FieldsAreCheckedInMlflowsWords) {
  EXPECT_EQ(Answer("POST", "/experiments/create", "{}"),
            "INVALID_PARAMETER_VALUE: Missing value for required parameter 'name'. See the API "
            "docs for more information about request parameters.");
  EXPECT_EQ(Answer("POST", "/experiments/create", R"({"name":5})"),
            "INVALID_PARAMETER_VALUE: Invalid value 5 for parameter 'name' supplied:  Hint: Value "
            "was of type 'int'. See the API docs for more information about request parameters.");
}

}  // namespace
}  // namespace reeve::mlflow
