#include "reeve/mlflow/graphql/schema.h"

#include <algorithm>
#include <utility>

namespace reeve::mlflow::graphql {
namespace {

using Kind = OutputField::Kind;

OutputField Long(const char* name) { return {name, Kind::kLong, nullptr, "LongString", "0"}; }
OutputField Real(const char* name) { return {name, Kind::kReal, nullptr, "Float"}; }
OutputField Bool(const char* name) { return {name, Kind::kBool, nullptr, "Boolean"}; }
OutputField Enum(const char* name, const char* type, const char* first) {
  return {name, Kind::kEnum, nullptr, type, first};
}
OutputField Object(const char* name, const ObjectType& type) {
  return {name, Kind::kObject, &type};
}
OutputField Objects(const char* name, const ObjectType& type) {
  return {name, Kind::kObjects, &type};
}

struct Types {
  const ObjectType error_detail = {"ErrorDetail", {{"field"}, {"message"}}};
  const ObjectType api_error = {
      "ApiError",
      {{"code"}, {"message"}, {"helpUrl"}, {"traceId"}, Objects("errorDetails", error_detail)}};
  const OutputField error = {"apiError", Kind::kNullable, &api_error};

  const ObjectType experiment_tag = {"MlflowExperimentTag", {{"key"}, {"value"}}};
  const ObjectType experiment = {"MlflowExperiment",
                                 {{"experimentId"},
                                  {"name"},
                                  {"artifactLocation"},
                                  {"lifecycleStage"},
                                  Long("lastUpdateTime"),
                                  Long("creationTime"),
                                  Objects("tags", experiment_tag),
                                  {"effectiveTraceArchivalRetention"},
                                  {"workspace", Kind::kText, nullptr, "String", "default"}}};
  const ObjectType get_experiment = {"MlflowGetExperimentResponse",
                                     {Object("experiment", experiment), error}};

  const ObjectType deployment = {
      "MlflowModelVersionDeploymentJobState",
      {{"jobId"},
       {"runId"},
       Enum("jobState", "MlflowDeploymentJobConnectionState", nullptr),
       Enum("runState", "MlflowModelVersionDeploymentJobStateDeploymentJobRunState", nullptr),
       {"currentTaskName"}}};
  const ObjectType model_metric = {"MlflowModelMetric",
                                   {{"key"},
                                    Real("value"),
                                    Long("timestamp"),
                                    Long("step"),
                                    {"datasetName"},
                                    {"datasetDigest"},
                                    {"modelId"},
                                    {"runId"}}};
  const ObjectType model_param = {"MlflowModelParam", {{"name"}, {"value"}}};
  const ObjectType version_tag = {"MlflowModelVersionTag", {{"key"}, {"value"}}};
  const ObjectType version = {"MlflowModelVersion",
                              {{"name"},
                               {"version"},
                               Long("creationTimestamp"),
                               Long("lastUpdatedTimestamp"),
                               {"userId"},
                               {"currentStage"},
                               {"description"},
                               {"source"},
                               {"runId"},
                               Enum("status", "MlflowModelVersionStatus", "PENDING_REGISTRATION"),
                               {"statusMessage"},
                               Objects("tags", version_tag),
                               {"runLink"},
                               {"aliases", Kind::kTexts, nullptr, "[String]"},
                               {"modelId"},
                               Objects("modelParams", model_param),
                               Objects("modelMetrics", model_metric),
                               Object("deploymentJobState", deployment)}};
  const ObjectType search_versions = {
      "MlflowSearchModelVersionsResponse",
      {Objects("modelVersions", version), {"nextPageToken"}, error}};

  const ObjectType dataset_summary = {"MlflowDatasetSummary",
                                      {{"experimentId"}, {"name"}, {"digest"}, {"context"}}};
  const ObjectType search_datasets = {"MlflowSearchDatasetsResponse",
                                      {Objects("datasetSummaries", dataset_summary), error}};

  const ObjectType point = {"MlflowMetricWithRunId",
                            {{"key"}, Real("value"), Long("timestamp"), Long("step"), {"runId"}}};
  const ObjectType history = {"MlflowGetMetricHistoryBulkIntervalResponse",
                              {Objects("metrics", point), error}};

  const ObjectType file = {"MlflowFileInfo", {{"path"}, Bool("isDir"), Long("fileSize")}};
  const ObjectType list_artifacts = {
      "MlflowListArtifactsResponse",
      {{"rootUri"}, Objects("files", file), {"nextPageToken"}, error}};

  const ObjectType model_output = {"MlflowModelOutput", {{"modelId"}, Long("step")}};
  const ObjectType outputs = {"MlflowRunOutputs", {Objects("modelOutputs", model_output)}};
  const ObjectType model_input = {"MlflowModelInput", {{"modelId"}}};
  const ObjectType dataset = {
      "MlflowDataset", {{"name"}, {"digest"}, {"sourceType"}, {"source"}, {"schema"}, {"profile"}}};
  const ObjectType input_tag = {"MlflowInputTag", {{"key"}, {"value"}}};
  const ObjectType dataset_input = {"MlflowDatasetInput",
                                    {Objects("tags", input_tag), Object("dataset", dataset)}};
  const ObjectType inputs = {
      "MlflowRunInputs",
      {Objects("datasetInputs", dataset_input), Objects("modelInputs", model_input)}};
  const ObjectType run_tag = {"MlflowRunTag", {{"key"}, {"value"}}};
  const ObjectType param = {"MlflowParam", {{"key"}, {"value"}}};
  const ObjectType metric = {"MlflowMetricExtension", model_metric.fields};
  const ObjectType data = {
      "MlflowRunData",
      {Objects("metrics", metric), Objects("params", param), Objects("tags", run_tag)}};
  const ObjectType info = {"MlflowRunInfo",
                           {{"runId"},
                            {"runUuid"},
                            {"runName"},
                            {"experimentId"},
                            {"userId"},
                            Enum("status", "MlflowRunStatus", "RUNNING"),
                            Long("startTime"),
                            Long("endTime"),
                            {"artifactUri"},
                            {"lifecycleStage"}}};
  const ObjectType run = {"MlflowRunExtension",
                          {Object("info", info),
                           Object("data", data),
                           Object("inputs", inputs),
                           Object("outputs", outputs),
                           {"experiment", Kind::kRunExperiment, &experiment},
                           {"modelVersions", Kind::kRunVersions, &version}}};
  const ObjectType search_runs = {"MlflowSearchRunsResponse",
                                  {Objects("runs", run), {"nextPageToken"}, error}};
  const ObjectType get_run = {"MlflowGetRunResponse", {Object("run", run), error}};

  const ObjectType test = {"Test", {{"output"}}};
  const ObjectType test_mutation = {"TestMutation", {{"output"}}};
};

const Types& AllTypes() {
  static const Types kTypes;
  return kTypes;
}

struct Inputs {
  const InputType text = {"String"};
  const InputType id = {"ID"};
  const InputType integer = {"Int", InputType::Kind::kInteger};
  const InputType long_text = {"LongString", InputType::Kind::kLong};
  const InputType real = {"Float", InputType::Kind::kReal};
  const InputType boolean = {"Boolean", InputType::Kind::kBool};
  const InputType view_type = {
      "MlflowViewType", InputType::Kind::kEnum, {}, {"ACTIVE_ONLY", "DELETED_ONLY", "ALL"}};
  const InputType search_versions = {"MlflowSearchModelVersionsInput",
                                     InputType::Kind::kObject,
                                     {{"filter", &text},
                                      {"maxResults", &long_text},
                                      {"orderBy", &text, true},
                                      {"pageToken", &text}}};
  const InputType search_datasets = {
      "MlflowSearchDatasetsInput", InputType::Kind::kObject, {{"experimentIds", &text, true}}};
  const InputType history = {"MlflowGetMetricHistoryBulkIntervalInput",
                             InputType::Kind::kObject,
                             {{"runIds", &text, true},
                              {"metricKey", &text},
                              {"startStep", &integer},
                              {"endStep", &integer},
                              {"maxResults", &integer}}};
  const InputType list_artifacts = {
      "MlflowListArtifactsInput",
      InputType::Kind::kObject,
      {{"runId", &text}, {"runUuid", &text}, {"path", &text}, {"pageToken", &text}}};
  const InputType search_runs = {"MlflowSearchRunsInput",
                                 InputType::Kind::kObject,
                                 {{"experimentIds", &text, true},
                                  {"filter", &text},
                                  {"runViewType", &view_type},
                                  {"maxResults", &integer},
                                  {"orderBy", &text, true},
                                  {"pageToken", &text}}};
  const InputType get_run = {
      "MlflowGetRunInput", InputType::Kind::kObject, {{"runId", &text}, {"runUuid", &text}}};
  const InputType get_experiment = {
      "MlflowGetExperimentInput", InputType::Kind::kObject, {{"experimentId", &text}}};

  std::vector<const InputType*> all() const {
    return {&text,           &id,
            &integer,        &long_text,
            &real,           &boolean,
            &view_type,      &history,
            &list_artifacts, &search_versions,
            &search_runs,    &search_datasets,
            &get_run,        &get_experiment};
  }
};

const Inputs& AllInputs() {
  static const Inputs kInputs;
  return kInputs;
}

Root MakeRoot(const char* name, std::vector<RootField> fields) {
  Root root{.type = {name, {}}, .fields = std::move(fields)};
  for (const RootField& field : root.fields) root.type.fields.push_back(field.output);
  return root;
}

RootField Call(const char* name, const ObjectType& answer, const InputType& input,
               const char* method, const char* path) {
  return {.output = {name, Kind::kNullable, &answer},
          .argument = "input",
          .input = &input,
          .method = method,
          .path = path};
}

RootField Echo(const char* name, const ObjectType& answer) {
  return {.output = {name, Kind::kNullable, &answer},
          .argument = "inputString",
          .input = &AllInputs().text};
}

Root MakeQuery() {
  const Types& types = AllTypes();
  const Inputs& inputs = AllInputs();
  return MakeRoot("Query", {Call("mlflowGetExperiment", types.get_experiment, inputs.get_experiment,
                                 "GET", "/experiments/get"),
                            Call("mlflowGetMetricHistoryBulkInterval", types.history,
                                 inputs.history, "GET", "/metrics/get-history-bulk-interval"),
                            Call("mlflowGetRun", types.get_run, inputs.get_run, "GET", "/runs/get"),
                            Call("mlflowListArtifacts", types.list_artifacts, inputs.list_artifacts,
                                 "GET", "/artifacts/list"),
                            Call("mlflowSearchModelVersions", types.search_versions,
                                 inputs.search_versions, "GET", "/model-versions/search"),
                            Call("mlflowSearchRuns", types.search_runs, inputs.search_runs, "POST",
                                 "/runs/search"),
                            Echo("test", types.test)});
}

Root MakeMutation() {
  const Types& types = AllTypes();
  const Inputs& inputs = AllInputs();
  return MakeRoot("Mutation", {Call("mlflowSearchDatasets", types.search_datasets,
                                    inputs.search_datasets, "POST", "/experiments/search-datasets"),
                               Call("mlflowSearchRuns", types.search_runs, inputs.search_runs,
                                    "POST", "/runs/search"),
                               Echo("testMutation", types.test_mutation)});
}

bool Mentions(const ObjectType& type, std::string_view name) {
  return type.name == name ||
         std::any_of(type.fields.begin(), type.fields.end(), [&](const OutputField& field) {
           return field.object != nullptr && Mentions(*field.object, name);
         });
}

}  // namespace

const OutputField* ObjectType::Find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const OutputField& one) { return one.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

const InputType* FindInputType(std::string_view name) {
  static const std::vector<const InputType*> kAll = AllInputs().all();
  const auto found =
      std::find_if(kAll.begin(), kAll.end(), [&](const auto* type) { return type->name == name; });
  return found == kAll.end() ? nullptr : *found;
}

bool IsObjectType(std::string_view name) {
  return Mentions(FindRoot("query")->type, name) || Mentions(FindRoot("mutation")->type, name);
}

const Root* FindRoot(std::string_view operation) {
  static const Root kQuery = MakeQuery();
  static const Root kMutation = MakeMutation();
  if (operation == "query") return &kQuery;
  return operation == "mutation" ? &kMutation : nullptr;
}

std::string ToSnakeCase(std::string_view name) {
  std::string snake;
  for (const char c : name) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper) snake += '_';
    snake += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return snake;
}

}  // namespace reeve::mlflow::graphql
