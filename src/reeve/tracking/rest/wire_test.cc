#include "reeve/tracking/rest/wire.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve::tracking {
namespace {

TEST(WireTest, ReadsARun) {
  const tracking::Run run = RunFromWire(*ParseJson(R"({"info":{"run_uuid":"r1","experiment_id":"7",
    "run_name":"first","user_id":"ada","status":"KILLED","start_time":17,"end_time":"18",
    "artifact_uri":"mlflow-artifacts:/7/r1/artifacts"},"data":{"metrics":[
    {"key":"a","value":"NaN"},{"key":"b","value":"-Infinity"},{"key":"c","value":0.5},
    {"key":"d","value":"1e3"}],"params":[{"key":"depth","value":"6"}],
    "tags":[{"key":"t","value":"v"}]}})"));
  EXPECT_EQ(run.id, "r1");
  EXPECT_EQ(run.experiment_id, "7");
  EXPECT_EQ(run.status, RunStatus::kKilled);
  EXPECT_EQ(run.start_ms, 17);
  EXPECT_EQ(run.end_ms, 18);
  EXPECT_TRUE(std::isnan(run.metrics.at("a")));
  EXPECT_EQ(run.metrics.at("b"), -INFINITY);
  EXPECT_EQ(run.metrics.at("c"), 0.5);
  EXPECT_EQ(run.metrics.at("d"), 1000);
  EXPECT_EQ(run.params.at("depth"), "6");
  EXPECT_EQ(run.tags.at("t"), "v");
}

TEST(WireTest, ReadsModelsAndVersions) {
  const RegisteredModel model = ModelFromWire(*ParseJson(R"({"name":"x","creation_timestamp":5,
    "latest_versions":[{"version":"3"},{"version":"12"},{"version":2}],
    "aliases":[{"alias":"champion","version":"3"}],"tags":[{"key":"a"}]})"));
  EXPECT_EQ(model.latest_version, 12);
  EXPECT_EQ(model.aliases.at("champion"), 3);
  EXPECT_EQ(model.tags.at("a"), "");
  const ModelVersion version = VersionFromWire(*ParseJson(
      R"({"name":"x","version":"12","source":"mlflow-artifacts:/1/a","aliases":["b","a",3]})"));
  EXPECT_EQ(version.version, 12);
  EXPECT_EQ(version.storage_location, "mlflow-artifacts:/1/a");
  EXPECT_EQ(version.aliases, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(VersionFromWire(Json{{"source", "models:/m-1"}}).storage_location, "");
}

TEST(WireTest, WhatIsMissingOrOfAnotherTypeIsEmpty) {
  for (const char* text :
       {"{}", "null", "3", "[]", R"({"info":3,"data":[],"inputs":{"dataset_inputs":7}})",
        R"({"name":[],"version":{},"aliases":{"a":1},"latest_versions":[1,null,"x"],"tags":[3]})",
        R"({"inputs":{"dataset_inputs":[null,3,{"dataset":"x","tags":{}}]},"key":{}})"}) {
    const Json json = *ParseJson(text);
    EXPECT_EQ(RunFromWire(json).id, "") << text;
    EXPECT_EQ(ModelFromWire(json).latest_version, 0) << text;
    EXPECT_EQ(VersionFromWire(json).version, 0) << text;
    EXPECT_EQ(LoggedModelFromWire(json).id, "") << text;
    EXPECT_EQ(ExperimentFromWire(json).id, "") << text;
    EXPECT_EQ(MetricFromWire(json).value, 0) << text;
    EXPECT_FALSE(IsReadyOnWire(json)) << text;
    for (const DatasetInput& input : InputsFromWire(json)) EXPECT_EQ(input.name, "") << text;
  }
}

TEST(WireTest, WhatIsWrittenReadsBack) {
  for (const double value : {0.1, -1e300, double{INFINITY}, -double{INFINITY}}) {
    const MetricPoint point{.key = "k", .value = value, .timestamp_ms = 9, .step = -3};
    const MetricPoint back = MetricFromWire(ToWire(point));
    EXPECT_EQ(back.value, value);
    EXPECT_EQ(back.step, -3);
    EXPECT_EQ(back.timestamp_ms, 9);
  }
  EXPECT_TRUE(std::isnan(MetricFromWire(ToWire(MetricPoint{.key = "k", .value = NAN})).value));
  const DatasetInput input{"n", "d", "local", "{}", "{\"s\":1}", "{\"p\":2}", "training"};
  const Json run{{"inputs", {{"dataset_inputs", Json::array({ToWire(input)})}}}};
  ASSERT_EQ(InputsFromWire(run).size(), 1u);
  const DatasetInput back = InputsFromWire(run)[0];
  EXPECT_EQ(back.name + back.digest + back.schema + back.profile + back.context,
            "nd{\"s\":1}{\"p\":2}training");
}

}  // namespace
}  // namespace reeve::tracking
