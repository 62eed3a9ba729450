#include "reeve/mlflow/inputs.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class InputsTest : public ApiTest {
 protected:
  std::string NewRun() {
    return Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  }
  std::string Log(const std::string& run_id, const std::string& more) {
    return Answer("POST", "/runs/log-inputs", R"({"run_id":")" + run_id + "\"," + more + "}");
  }
  static std::string Dataset(const std::string& name, const std::string& context) {
    return R"({"tags":[{"key":"mlflow.data.context","value":")" + context +
           R"("}],"dataset":{"name":")" + name +
           R"(","digest":"d","source_type":"local","source":"s"}})";
  }
  // "inputs" and what follows of the run's answer.
  std::string Inputs(const std::string& run_id) {
    const std::string run = Answer("GET", "/runs/get", "run_id=" + run_id);
    return run.substr(run.find("\"inputs\":"));
  }
};

TEST_F(InputsTest, AreAnsweredWithTheRun) {
  const std::string run = NewRun();
  EXPECT_EQ(Inputs(run), R"("inputs":{},"outputs":{}}})");
  ASSERT_EQ(
      Log(run, R"("datasets":[)" + Dataset("a", "train") + R"(],"models":[{"model_id":"m"}])"),
      "{}");
  EXPECT_EQ(Inputs(run), R"("inputs":{"dataset_inputs":[)" + Dataset("a", "train") +
                             R"(],"model_inputs":[{"model_id":"m"}]},"outputs":{}}})");
}

TEST_F(InputsTest, TheFirstHolds) {
  const std::string run = NewRun();
  const std::string both = Dataset("a", "train") + "," + Dataset("a", "eval");
  ASSERT_EQ(Log(run, "\"datasets\":[" + both + R"(],"models":[{"model_id":"m"}])"), "{}");
  ASSERT_EQ(Log(run, "\"datasets\":[" + Dataset("a", "test") + "," + Dataset("b", "test") +
                         R"(],"models":[{"model_id":"m"}])"),
            "{}");
  EXPECT_EQ(Inputs(run), R"("inputs":{"dataset_inputs":[)" + Dataset("a", "train") + "," +
                             Dataset("b", "test") +
                             R"(],"model_inputs":[{"model_id":"m"}]},"outputs":{}}})");
}

TEST_F(InputsTest, RunsShareATableButNotItsContext) {
  const std::string one = NewRun();
  const std::string other = NewRun();
  ASSERT_EQ(Log(one, "\"datasets\":[" + Dataset("a", "train") + "]"), "{}");
  ASSERT_EQ(Log(other, "\"datasets\":[" + Dataset("a", "eval") + "]"), "{}");
  EXPECT_NE(Inputs(one).find("train"), std::string::npos);
  EXPECT_NE(Inputs(other).find("eval"), std::string::npos);
  const std::string found = Answer("POST", "/runs/search", R"({"experiment_ids":["0"]})");
  EXPECT_NE(found.find(Dataset("a", "train")), std::string::npos);
  EXPECT_NE(found.find(Dataset("a", "eval")), std::string::npos);
}

TEST_F(InputsTest, SummariesHaveEachContextOnce) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(Log(NewRun(), "\"datasets\":[" + Dataset("a", "train") + "]"), "{}");
    ASSERT_EQ(Log(NewRun(), "\"datasets\":[" + Dataset("a", "eval") + "]"), "{}");
  }
  ASSERT_EQ(Log(NewRun(), R"("datasets":[{"dataset":{"name":"b","digest":"d"}}])"), "{}");
  const std::string found =
      Answer("POST", "/experiments/search-datasets", R"({"experiment_ids":["0"]})");
  const std::string start = R"({"experiment_id":"0","name":)";
  for (const char* const rest : {R"("a","digest":"d","context":"train"})",
                                 R"("a","digest":"d","context":"eval"})", R"("b","digest":"d"})"}) {
    const std::size_t at = found.find(start + rest);
    ASSERT_NE(at, std::string::npos) << found;
    EXPECT_EQ(found.find(start + rest, at + 1), std::string::npos) << found;
  }
}

TEST_F(InputsTest, SummariesNeedOneToTwentyExperiments) {
  const auto search = [&](const std::string& ids) {
    return Answer("POST", "/experiments/search-datasets", R"({"experiment_ids":[)" + ids + "]}");
  };
  EXPECT_EQ(search(""),
            "INVALID_PARAMETER_VALUE: SearchDatasets request must specify at least one "
            "experiment_id.");
  std::string many = "\"0\"";
  for (int i = 0; i < 20; ++i) many += ",\"0\"";
  EXPECT_EQ(search(many),
            "INVALID_PARAMETER_VALUE: SearchDatasets request cannot specify more than 20 "
            "experiment_ids. Received 21 experiment_ids.");
  EXPECT_EQ(search("\"x\""),
            "INVALID_PARAMETER_VALUE: Invalid experiment ID 'x'. Experiment ID must be a valid "
            "integer.");
  EXPECT_EQ(search("\"77\""), "{}");
}

TEST_F(InputsTest, SizesAndTypesAreChecked) {
  const std::string run = NewRun();
  EXPECT_EQ(Log(run, R"("datasets":[{"dataset":{"name":")" + std::string(501, 'x') + R"("}}])"),
            "INVALID_PARAMETER_VALUE: 'name' exceeds the maximum length of 500 characters");
  EXPECT_EQ(Log(run, R"("datasets":[{"dataset":{"name":"n"},"tags":[{"key":"k","value":")" +
                         std::string(501, 'x') + R"("}]}])"),
            "INVALID_PARAMETER_VALUE: 'value' exceeds the maximum length of 500 characters");
  EXPECT_NE(Log(run, R"("datasets":[{"dataset":{"name":5}}])").find("'datasets[0].dataset.name'"),
            std::string::npos);
  EXPECT_NE(Log(run, R"("datasets":["text"])").find("INVALID_PARAMETER_VALUE"), std::string::npos);
}

}  // namespace
}  // namespace reeve::mlflow
