#include "reeve/mlflow/graphql.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class GraphqlTest : public ApiTest {
 protected:
  /// The answer to a query, with variables.
  std::string Ask(const std::string& query, const Json& variables = {},
                  const std::string& operation = "") {
    Json body = {{"query", query}, {"variables", variables}};
    if (!operation.empty()) body["operationName"] = operation;
    const Result<Request> request = Request::FromBody(DumpJson(body));
    EXPECT_TRUE(request.ok());
    const GraphqlSources sources{.api = *api_,
                                 .list_artifacts = [](const Request& fields, auto& answer) {
                                   answer += R"({"root_uri":"r:/)" + fields.Text("run_id") +
                                             R"(","files":[{"path":"model","is_dir":true},)"
                                             R"({"path":"a","is_dir":false,"file_size":4}]})";
                                   return Status::Ok();
                                 }};
    std::string answer;
    const Status status = AnswerGraphql(sources, *request, answer);
    return status.ok() ? answer : std::string(ErrorCode(status)) + ": " + status.message();
  }

  /// "data" of an answer without errors.
  std::string Data(const std::string& query, const Json& variables = {}) {
    const std::string answer = Ask(query, variables);
    const Json json = Json::parse(answer);
    EXPECT_TRUE(json["errors"].is_null()) << answer;
    return json["data"].dump();
  }

  /// The only error of an answer without data.
  std::string Error(const std::string& query, const Json& variables = {},
                    const std::string& operation = "") {
    const std::string answer = Ask(query, variables, operation);
    const Json json = Json::parse(answer);
    EXPECT_TRUE(json["data"].is_null()) << answer;
    EXPECT_EQ(json["errors"].size(), 1U) << answer;
    return json["errors"].empty() ? answer : json["errors"][0].get<std::string>();
  }

  std::string MakeExperiment(const std::string& name) {
    return Between(Answer("POST", "/experiments/create", R"({"name":")" + name + R"("})"),
                   R"("experiment_id":")");
  }

  std::string MakeRun(const std::string& experiment, const std::string& name) {
    return Between(
        Answer("POST", "/runs/create",
               R"({"experiment_id":")" + experiment + R"(","run_name":")" + name + R"("})"),
        R"("run_id":")");
  }

  void LogMetric(const std::string& run, const std::string& key, const std::string& value,
                 int step = 0) {
    Answer("POST", "/runs/log-metric",
           R"({"run_id":")" + run + R"(","key":")" + key + R"(","value":)" + value +
               R"(,"timestamp":7,"step":)" + std::to_string(step) + "}");
  }

  void MakeVersion(const std::string& model, const std::string& run) {
    Answer("POST", "/registered-models/create", R"({"name":")" + model + R"("})");
    Answer("POST", "/model-versions/create",
           R"({"name":")" + model + R"(","source":"s3://b/m","run_id":")" + run + R"("})");
  }
};

TEST_F(GraphqlTest, Echoes) {
  EXPECT_EQ(Ask(R"(query testQuery {test(inputString: "abc") { output }})", {}, "testQuery"),
            R"({"data":{"test":{"output":"abc"}},"errors":null})");
}

TEST_F(GraphqlTest, BatchesAreRefused) {
  std::string fields;
  for (int i = 0; i < 10; ++i) {
    fields += "key_" + std::to_string(i) + R"(: test(inputString: "abc") { output } )";
  }
  EXPECT_NE(Data("{" + fields + "}"), "");
  EXPECT_EQ(Error("{" + fields + R"(k: test(inputString: "abc") { output }})"),
            "GraphQL queries should have at most 10 root fields, got 11 root fields.");
}

TEST_F(GraphqlTest, GetsAnExperiment) {
  const std::string id = MakeExperiment("E");
  EXPECT_EQ(Data("{mlflowGetExperiment(input: {experimentId: \"" + id +
                 "\"}) {experiment {name lifecycleStage tags {key}} apiError {code}}}"),
            R"({"mlflowGetExperiment":{"experiment":{"name":"E","lifecycleStage":"active",)"
            R"("tags":[]},"apiError":null}})");
  EXPECT_EQ(Ask(R"({mlflowGetExperiment(input: {experimentId: "77"}) {experiment {name}}
                   test(inputString: "x") {output}})"),
            R"({"data":{"mlflowGetExperiment":null,"test":{"output":"x"}},)"
            R"("errors":["No Experiment with id=77 exists"]})");
}

TEST_F(GraphqlTest, GetsARunItsExperimentAndItsModelVersions) {
  const std::string run = MakeRun(MakeExperiment("E"), "first");
  MakeVersion("M", run);
  MakeVersion("M", run);
  EXPECT_EQ(
      Data("query testQuery @component(name: \"Test\") {mlflowGetRun(input: {runId: \"" + run +
           "\"}) {run {info {status endTime} experiment {name} modelVersions {name version} "
           "outputs {modelOutputs {modelId}}}}}"),
      R"({"mlflowGetRun":{"run":{"info":{"status":"RUNNING","endTime":"0"},)"
      R"("experiment":{"name":"E"},"modelVersions":[{"name":"M","version":"2"},)"
      R"({"name":"M","version":"1"}],"outputs":{"modelOutputs":[]}}}})");
}

TEST_F(GraphqlTest, ARunThatIsNotThereIsAnError) {
  EXPECT_EQ(Ask("query GetRun($data: MlflowGetRunInput!) {mlflowGetRun(input: $data) {run {info "
                "{runUuid}}}}",
                {{"data", {{"runId", "nosuch"}}}}),
            R"({"data":{"mlflowGetRun":null},"errors":["Run with id=nosuch not found"]})");
}

TEST_F(GraphqlTest, MetricsThatAreNoNumbersAreNull) {
  const std::string run = MakeRun("0", "first");
  LogMetric(run, "a", R"("NaN")");
  LogMetric(run, "b", "0.5", 3);
  EXPECT_EQ(Data("{mlflowGetRun(input: {runUuid: \"" + run +
                 "\"}) {run {data {metrics {key value step timestamp}}}}}"),
            R"({"mlflowGetRun":{"run":{"data":{"metrics":[{"key":"a","value":null,"step":"0",)"
            R"("timestamp":"7"},{"key":"b","value":0.5,"step":"3","timestamp":"7"}]}}}})");
}

TEST_F(GraphqlTest, GetsTheHistoryOfAMetric) {
  const std::string run = MakeRun("0", "first");
  for (int step = 0; step < 4; ++step) LogMetric(run, "loss", "0.5", step);
  EXPECT_EQ(Data("query G($data: MlflowGetMetricHistoryBulkIntervalInput!) "
                 "{mlflowGetMetricHistoryBulkInterval(input: $data) {__typename metrics {step "
                 "value}}}",
                 {{"data",
                   {{"runIds", {run}}, {"metricKey", "loss"}, {"startStep", 1}, {"endStep", 2}}}}),
            R"({"mlflowGetMetricHistoryBulkInterval":{)"
            R"("__typename":"MlflowGetMetricHistoryBulkIntervalResponse",)"
            R"("metrics":[{"step":"1","value":0.5},{"step":"2","value":0.5}]}})");
}

TEST_F(GraphqlTest, SearchesRunsAsAQueryAndAsAMutation) {
  const std::string experiment = MakeExperiment("E");
  const std::string first = MakeRun(experiment, "first");
  const std::string second = MakeRun(experiment, "second");
  MakeVersion("M", first);
  const std::string expected =
      R"({"mlflowSearchRuns":{"runs":[{"info":{"runName":"first"},"experiment":{"name":"E"},)"
      R"("modelVersions":[{"name":"M"}]},{"info":{"runName":"second"},"experiment":{"name":"E"},)"
      R"("modelVersions":[]}],"nextPageToken":""}})";
  for (const std::string kind : {"query", "mutation"}) {
    EXPECT_EQ(Data(kind + " Q($ids: [String], $view: MlflowViewType = ACTIVE_ONLY) "
                          "{mlflowSearchRuns(input: {experimentIds: $ids, orderBy: "
                          "\"start_time ASC\", runViewType: $view}) {runs {info {runName} "
                          "experiment {name} modelVersions {name}} nextPageToken}}",
                   {{"ids", {experiment}}}),
              expected);
  }
}

TEST_F(GraphqlTest, ManyRunsFindTheirVersions) {
  const std::string experiment = MakeExperiment("E");
  std::string last;
  for (int i = 0; i < 201; ++i) last = MakeRun(experiment, "r" + std::to_string(i));
  MakeVersion("M", last);
  const Json answer =
      Json::parse(Ask("{mlflowSearchRuns(input: {experimentIds: \"" + experiment +
                      "\", orderBy: \"start_time ASC\"}) {runs {modelVersions {name}}}}"));
  const Json& runs = answer["data"]["mlflowSearchRuns"]["runs"];
  ASSERT_EQ(runs.size(), 201U);
  EXPECT_TRUE(runs[0]["modelVersions"].empty());
  EXPECT_EQ(runs[200]["modelVersions"].dump(), R"([{"name":"M"}])");
}

TEST_F(GraphqlTest, ListsArtifacts) {
  EXPECT_EQ(Data(R"({mlflowListArtifacts(input: {runId: "abc"}) {rootUri files {path isDir
                     fileSize}}})"),
            R"({"mlflowListArtifacts":{"rootUri":"r:/abc","files":[{"path":"model","isDir":true,)"
            R"("fileSize":"0"},{"path":"a","isDir":false,"fileSize":"4"}]}})");
}

TEST_F(GraphqlTest, SearchesDatasets) {
  const std::string experiment = MakeExperiment("E");
  const std::string run = MakeRun(experiment, "first");
  Answer("POST", "/runs/log-inputs",
         R"({"run_id":")" + run +
             R"(","datasets":[{"dataset":{"name":"d","digest":"g","source_type":"local",)"
             R"("source":"s"},"tags":[{"key":"mlflow.data.context","value":"train"}]}]})");
  EXPECT_EQ(Data("mutation {mlflowSearchDatasets(input: {experimentIds: [\"" + experiment +
                 "\"]}) {datasetSummaries {experimentId name digest context}}}"),
            R"({"mlflowSearchDatasets":{"datasetSummaries":[{"experimentId":")" + experiment +
                R"(","name":"d","digest":"g","context":"train"}]}})");
}

TEST_F(GraphqlTest, SearchesModelVersions) {
  const std::string run = MakeRun("0", "first");
  MakeVersion("M", run);
  MakeVersion("M", run);
  EXPECT_EQ(Data("query Q($m: LongString) {mlflowSearchModelVersions(input: {filter: \"name = "
                 "'M'\", maxResults: $m}) {modelVersions {version status aliases "
                 "deploymentJobState {jobState}}}}",
                 {{"m", "1"}}),
            R"({"mlflowSearchModelVersions":{"modelVersions":[{"version":"2","status":"READY",)"
            R"("aliases":[],"deploymentJobState":{"jobState":null}}]}})");
}

TEST_F(GraphqlTest, RefusalsAreGraphqlsOwn) {
  EXPECT_EQ(Error("{nope {x}}"), "Cannot query field 'nope' on type 'Query'.");
  EXPECT_EQ(Error("{"), "Syntax Error: Expected Name, found <EOF>.");
  EXPECT_EQ(Error("query A {__typename}", {}, "B"), "Unknown operation named 'B'.");
  EXPECT_EQ(Ask(""),
            "INVALID_PARAMETER_VALUE: Missing value for required parameter 'query'. See the API "
            "docs for more information about request parameters.");
}

TEST_F(GraphqlTest, WhatTheRestApiRefusesIsAnError) {
  EXPECT_EQ(Ask(R"({mlflowSearchRuns(input: {experimentIds: "0", maxResults: 0}) {runs {info
                    {runId}}} test {output}})"),
            R"({"data":{"mlflowSearchRuns":null,"test":null},"errors":["Invalid value 0 for )"
            R"(parameter 'max_results' supplied. It must be a positive integer",)"
            R"("Query.test is missing its argument 'inputString'"]})");
}

}  // namespace
}  // namespace reeve::mlflow
