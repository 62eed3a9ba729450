#include "reeve/mlflow/runs.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class RunsTest : public ApiTest {
 protected:
  std::string Create(const std::string& more = "") {
    return Between(Answer("POST", "/runs/create", R"({"experiment_id":"0")" + more + "}"),
                   R"("run_id":")");
  }
  std::string Get(const std::string& id) { return Answer("GET", "/runs/get", "run_id=" + id); }
  std::string Post(const std::string& path, const std::string& id, const std::string& more = "") {
    return Answer("POST", "/runs/" + path, R"({"run_id":")" + id + "\"" + more + "}");
  }
};

TEST_F(RunsTest, IsAnsweredAsItWasMade) {
  const std::string answer =
      Answer("POST", "/runs/create",
             R"({"experiment_id":"0","user_id":"ann","run_name":"first","start_time":5,)"
             R"("tags":[{"key":"a","value":"b"}]})");
  const std::string id = Between(answer, R"("run_id":")");
  EXPECT_EQ(answer,
            R"({"run":{"info":{"run_uuid":")" + id +
                R"(","experiment_id":"0","run_name":"first","user_id":"ann",)"
                R"("status":"RUNNING","start_time":5,"artifact_uri":"mlflow-artifacts:/0/)" +
                id + R"(/artifacts","lifecycle_stage":"active","run_id":")" + id +
                R"("},"data":{"tags":[{"key":"a","value":"b"},)"
                R"({"key":"mlflow.runName","value":"first"}]},"inputs":{},"outputs":{}}})");
  EXPECT_EQ(Get(id), answer);
}

TEST_F(RunsTest, HasANameWhateverWasGiven) {
  EXPECT_NE(Between(Get(Create()), R"("run_name":")"), "");
  EXPECT_EQ(
      Between(Get(Create(R"(,"tags":[{"key":"mlflow.runName","value":"t"}])")), R"("run_name":")"),
      "t");
  EXPECT_EQ(Answer("POST", "/runs/create",
                   R"({"experiment_id":"0","run_name":"a",)"
                   R"("tags":[{"key":"mlflow.runName","value":"b"}]})"),
            "INVALID_PARAMETER_VALUE: Both 'run_name' argument and 'mlflow.runName' tag are "
            "specified, but with different values (run_name='a', mlflow.runName='b').");
}

TEST_F(RunsTest, NeedsAnActiveExperiment) {
  EXPECT_EQ(Answer("POST", "/runs/create", R"({"experiment_id":"77"})"),
            "RESOURCE_DOES_NOT_EXIST: No Experiment with id=77 exists");
  for (const char* body : {"{}", "", "{\"experiment_id\":\"0\"", R"({"experiment_id":""})"}) {
    EXPECT_TRUE(Answer("POST", "/runs/create", body)
                    .starts_with("INVALID_PARAMETER_VALUE: Missing value for required parameter "
                                 "'experiment_id'."))
        << body;
  }
  ASSERT_EQ(Answer("POST", "/experiments/delete", R"({"experiment_id":"0"})"), "{}");
  EXPECT_EQ(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"),
            "INVALID_PARAMETER_VALUE: The experiment 0 must be in the 'active' state. Current "
            "state is deleted.");
}

TEST_F(RunsTest, UpdateChangesOnlyWhatIsGiven) {
  const std::string id = Create(R"(,"run_name":"a")");
  const std::string ended = Post("update", id, R"(,"status":"FINISHED","end_time":"9")");
  EXPECT_NE(ended.find(R"("run_name":"a","user_id":"","status":"FINISHED")"), std::string::npos);
  EXPECT_NE(ended.find(R"("end_time":9)"), std::string::npos);
  const std::string renamed = Post("update", id, R"(,"run_name":"b")");
  EXPECT_NE(renamed.find(R"("run_name":"b","user_id":"","status":"FINISHED")"), std::string::npos);
  EXPECT_NE(Get(id).find(R"({"key":"mlflow.runName","value":"b"})"), std::string::npos);
  // Numbers stand for names; names that nobody knows for nothing.
  EXPECT_NE(Post("update", id, R"(,"status":4)").find("FAILED"), std::string::npos);
  EXPECT_NE(Post("update", id, R"(,"status":"SLEEPING")").find("FAILED"), std::string::npos);
}

TEST_F(RunsTest, ADeletedOneIsReadAndRestoredButNotWritten) {
  const std::string id = Create();
  const std::string before = Get(id);
  ASSERT_EQ(Post("delete", id), "{}");
  EXPECT_NE(Get(id).find(R"("lifecycle_stage":"deleted")"), std::string::npos);
  const std::string refusal = "INVALID_PARAMETER_VALUE: The run " + id +
                              " must be in the 'active' state. Current state is deleted.";
  EXPECT_EQ(Post("update", id, R"(,"status":"FINISHED")"), refusal);
  EXPECT_EQ(Post("set-tag", id, R"(,"key":"a","value":"b")"), refusal);
  EXPECT_EQ(Post("delete-tag", id, R"(,"key":"mlflow.runName")"), refusal);
  EXPECT_EQ(Post("log-parameter", id, R"(,"key":"a","value":"b")"), refusal);
  EXPECT_EQ(Post("log-metric", id, R"(,"key":"a","value":1,"timestamp":1)"), refusal);
  EXPECT_EQ(Post("log-batch", id), refusal);
  EXPECT_EQ(Post("log-inputs", id), refusal);
  ASSERT_EQ(Post("restore", id), "{}");
  EXPECT_EQ(Get(id), before);
}

TEST_F(RunsTest, UnknownOnesAreNamed) {
  const std::string words = "RESOURCE_DOES_NOT_EXIST: Run with id=abc not found";
  EXPECT_EQ(Get("abc"), words);
  for (const char* const path : {"update", "delete", "restore", "log-batch", "log-inputs"})
    EXPECT_EQ(Post(path, "abc"), words) << path;
}

TEST_F(RunsTest, TheOldNameOfTheIdIsTaken) {
  const std::string id = Create();
  EXPECT_EQ(Answer("GET", "/runs/get", "run_uuid=" + id), Get(id));
  EXPECT_EQ(Answer("GET", "/runs/get"),
            "INVALID_PARAMETER_VALUE: Missing value for required parameter 'run_id'. See the API "
            "docs for more information about request parameters.");
}

TEST_F(RunsTest, IdsAreCheckedWhereMlflowDoes) {
  EXPECT_EQ(Post("log-batch", "a/b"),
            "INVALID_PARAMETER_VALUE: Invalid value \"a/b\" for parameter 'run_id' supplied.");
  EXPECT_TRUE(CheckRunId("a_b-9").ok());
  for (const char* const id : {"", "-a", "a b", "ü"}) EXPECT_FALSE(CheckRunId(id).ok()) << id;
}

}  // namespace
}  // namespace reeve::mlflow
