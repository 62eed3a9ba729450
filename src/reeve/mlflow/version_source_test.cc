#include "reeve/mlflow/version_source.h"

#include <cstdlib>
#include <filesystem>

#include "reeve/mlflow/test_registry.h"

namespace reeve::mlflow {
namespace {

// A run "r" whose artifacts lie here, one "p" whose artifacts the server has, and a model of each.
class VersionSourceTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    MakeModel();
    AddRun("r", "file://" + folder_.Path("run"));
    AddRun("p", "mlflow-artifacts:/0/p/artifacts");
    AddModel("m-r", folder_.Path("model"), "r");
    AddModel("m-p", "mlflow-artifacts:/0/models/m-p/artifacts", "p");
  }
  void AddRun(const std::string& id, const std::string& artifacts) {
    RunSql("INSERT INTO runs (run_uuid, artifact_uri, lifecycle_stage, experiment_id) VALUES ('" +
           id + "', '" + artifacts + "', 'active', 0)");
  }
  void AddModel(const std::string& id, const std::string& artifacts, const std::string& run) {
    RunSql(
        "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, "
        "creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, "
        "source_run_id) VALUES ('" +
        id + "', 0, 'model', '" + artifacts + "', 1, 1, 2, 'active', '" + run + "')");
  }
  std::string Create(const std::string& source, const std::string& run_id = "",
                     const std::string& model_id = "") {
    std::string body = R"({"name":"loans","source":")" + source + "\"";
    if (!run_id.empty()) body += R"(,"run_id":")" + run_id + "\"";
    if (!model_id.empty()) body += R"(,"model_id":")" + model_id + "\"";
    return Answer("POST", "/model-versions/create", body + "}");
  }
  bool Takes(const std::string& source, const std::string& run_id = "",
             const std::string& model_id = "") {
    const std::string answer = Create(source, run_id, model_id);
    return answer.starts_with(R"({"model_version")");
  }
  std::string Place(const std::string& version) {
    return Between(
        Answer("GET", "/model-versions/get-download-uri", "name=loans&version=" + version),
        R"("artifact_uri":")");
  }
};

TEST_F(VersionSourceTest, ARefusedLocalFileIsNamedAsThePathItMeans) {
  const std::string start = "INVALID_PARAMETER_VALUE: Invalid model version source: '";
  EXPECT_TRUE(Create("file:///etc/x/..", "r").starts_with(start + "/etc'."));
  EXPECT_TRUE(Create("//etc", "r").starts_with(start + "//etc'."));
  EXPECT_TRUE(Create("file:///etc", "").starts_with(start + "file:///etc'."));
}

TEST_F(VersionSourceTest, LocalFilesHaveToBeOfTheRunOrModel) {
  EXPECT_TRUE(Takes(folder_.Path("run/model"), "r"));
  EXPECT_TRUE(Takes("file://" + folder_.Path("run"), "r"));
  EXPECT_TRUE(Takes(folder_.Path("model/a"), "", "m-r"));
  EXPECT_EQ(Create("/etc/passwd"),
            "INVALID_PARAMETER_VALUE: Invalid model version source: '/etc/passwd'. To use a local "
            "path as a model version source, the run_id request parameter has to be specified and "
            "the local path has to be contained within the artifact directory of the run specified "
            "by the run_id.");
  EXPECT_FALSE(Takes(folder_.Path("run2"), "r"));
  EXPECT_FALSE(Takes(folder_.Path("run/../x"), "r"));
  EXPECT_FALSE(Takes(folder_.Path("run/%2e%2e/x"), "r"));
  EXPECT_FALSE(Takes(folder_.Path("run/model"), "p"));
  EXPECT_FALSE(Takes(folder_.Path("run/model"), "unknown"));
  EXPECT_FALSE(Takes("./run", "r"));
  EXPECT_FALSE(Takes("file:///etc", "", "m-r"));
  EXPECT_FALSE(Takes("file://host/etc", "r"));
}

TEST_F(VersionSourceTest, ALinkOutOfTheArtifactsIsNoWayOut) {
  std::filesystem::create_directories(folder_.Path("run"));
  std::filesystem::create_directory_symlink("/etc", folder_.Path("run/link"));
  EXPECT_FALSE(Takes(folder_.Path("run/link"), "r"));
}

TEST_F(VersionSourceTest, PlacesOfTheServerBelongToTheRunOrModelThatIsNamed) {
  EXPECT_TRUE(Takes("mlflow-artifacts:/0/p/artifacts/model", "p"));
  EXPECT_TRUE(Takes("mlflow-artifacts:/0/models/m-p/artifacts", "", "m-p"));
  EXPECT_EQ(Create("mlflow-artifacts:/0/q/artifacts", "p"),
            "INVALID_PARAMETER_VALUE: Invalid model version source: "
            "'mlflow-artifacts:/0/q/artifacts'. The run_id request parameter must identify the "
            "resource that contains the source.");
  EXPECT_FALSE(Takes("mlflow-artifacts:/0/p/artifacts"));
  EXPECT_FALSE(Takes("mlflow-artifacts:/0/p/artifacts/../../x", "p"));
  EXPECT_FALSE(Takes("mlflow-artifacts:/0/p/artifacts/%252e%252e/x", "p"));
  EXPECT_FALSE(Takes("http://h/api/2.0/mlflow-artifacts/artifacts/0/p", "p"));
}

TEST_F(VersionSourceTest, OtherStoresAreTakenWithoutDetours) {
  EXPECT_TRUE(Takes("s3://bucket/a/b/"));
  EXPECT_TRUE(Takes("s3://bucket/a//b"));
  EXPECT_TRUE(Takes("dbfs:/a"));
  for (const char* source : {"s3://bucket/../b", "s3://bucket/a/./b", "dbfs:a", "s3://bucket",
                             "gs://b/a%00", "s3://bucket/..%2f..%2fa"})
    EXPECT_TRUE(Has(Create(source), "If supplying a source as an http, https,")) << source;
}

TEST_F(VersionSourceTest, SourcesOfRunsAndModelsNameTheirOwn) {
  EXPECT_TRUE(Takes("runs:/p/model", "p"));
  EXPECT_FALSE(Takes("runs:/p/model", "r"));
  EXPECT_FALSE(Takes("runs:/p/model"));
  EXPECT_FALSE(Takes("models:/m-p"));
  EXPECT_FALSE(Takes("models:/m-p", "", "m-r"));
  EXPECT_FALSE(Takes("models://host/m-p", "", "m-p"));
  EXPECT_FALSE(Takes("models:/a/b/c"));
  const std::string made = Create("models:/m-p", "", "m-p");
  EXPECT_TRUE(Has(made, R"("run_id":"p")")) << made;
  EXPECT_EQ(Place("2"), "mlflow-artifacts:/0/models/m-p/artifacts");
  EXPECT_TRUE(Has(Create("models:/m-x", "", "m-x"), "Logged model with ID 'm-x' not found."));
}

TEST_F(VersionSourceTest, TheLoggedModelKnowsItsVersions) {
  Create("models:/m-p", "", "m-p");
  Create("models:/m-p", "", "m-p");
  const auto database = api_->context().pool.Read();
  ASSERT_TRUE(database.ok());
  Result<sql::Statement> row = (*database)->Prepare(
      "SELECT tag_value FROM logged_model_tags WHERE tag_key = 'mlflow.modelVersions'");
  ASSERT_TRUE(row.ok() && *row->Step());
  EXPECT_EQ(row->Text(0), R"([{"name": "loans", "version": 1}, {"name": "loans", "version": 2}])");
}

TEST_F(VersionSourceTest, AVersionOfAVersionTakesItsPlaceOver) {
  EXPECT_TRUE(Takes("runs:/p/model", "p"));
  SetAlias("champion", "1");
  MoveTo("1", "Staging");
  for (const char* source :
       {"models:/loans/1", "models:/loans@champion", "models:/loans/staging"}) {
    const std::string made = Create(source);
    EXPECT_TRUE(Has(made, R"("source":"models:/loans/1")")) << made;
    EXPECT_TRUE(Has(made, R"("run_id":"p")"));
  }
  EXPECT_EQ(Place("4"), "runs:/p/model");
  EXPECT_TRUE(Has(Create("models:/loans/Latest"), R"("source":"models:/loans/4")"));
  EXPECT_FALSE(Takes("models:/loans/1", "r"));
  EXPECT_FALSE(Takes("models:/loans/1", "", "m-p"));
  EXPECT_FALSE(Takes("models:/loans/99"));
  EXPECT_EQ(
      Create("models:/loans/production"),
      "RESOURCE_DOES_NOT_EXIST: No versions of model with name 'loans' and stage 'production' "
      "found");
  EXPECT_FALSE(Takes("models:/nobody/1"));
}

TEST_F(VersionSourceTest, PromptsHaveNoFiles) {
  const auto create = [&](const std::string& source) {
    return Answer("POST", "/model-versions/create",
                  R"({"name":"loans","source":")" + source +
                      R"(","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]})");
  };
  EXPECT_TRUE(Has(create("dummy-source"), R"("version":"1")"));
  EXPECT_EQ(create("s3://b/a"),
            "INVALID_PARAMETER_VALUE: Invalid prompt source: 's3://b/a'. Prompt sources must use "
            "an MLflow placeholder.");
}

TEST_F(VersionSourceTest, AnExpressionNarrowsWhatIsTaken) {
  constexpr const char* kVariable = "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX";
  ::setenv(kVariable, "^s3://ours/", 1);
  EXPECT_TRUE(Takes("s3://ours/a"));
  EXPECT_EQ(Create("s3://theirs/a"),
            "INVALID_PARAMETER_VALUE: Invalid model version source: 's3://theirs/a'.");
  EXPECT_FALSE(Takes("s3://ours/" + std::string(3000, 'a')));
  ::setenv(kVariable, "(", 1);
  EXPECT_FALSE(Takes("s3://ours/a"));
  ::unsetenv(kVariable);
}

}  // namespace
}  // namespace reeve::mlflow
