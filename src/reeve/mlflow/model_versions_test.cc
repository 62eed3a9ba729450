#include "reeve/mlflow/model_versions.h"

#include "reeve/mlflow/test_registry.h"

namespace reeve::mlflow {
namespace {

using ModelVersionsTest = RegistryTest;

TEST_F(ModelVersionsTest, AVersionIsMadeWithItsFields) {
  MakeModel();
  const std::string made = Answer("POST", "/model-versions/create",
                                  R"({"name":"loans","source":"s3://b/m","run_id":"r","run_link":
                                  "http://run","description":"d","tags":[{"key":"t","value":"x"}]})");
  EXPECT_EQ(made, GetVersion("1"));
  for (const char* field :
       {R"("version":"1")", R"("source":"s3://b/m")", R"("run_id":"r")",
        R"("run_link":"http://run")", R"("description":"d")", R"("current_stage":"None")",
        R"("status":"READY")", R"("tags":[{"key":"t","value":"x"}])"})
    EXPECT_TRUE(Has(made, field)) << field << made;
  EXPECT_EQ(Answer("GET", "/model-versions/get-download-uri", "name=loans&version=1"),
            R"({"artifact_uri":"s3://b/m"})");
  EXPECT_TRUE(Has(GetModel(), R"("latest_versions":[{"name":"loans","version":"1")"));
}

TEST_F(ModelVersionsTest, NumbersCountUpAndAreNotUsedAgain) {
  MakeModel();
  EXPECT_EQ(MakeVersion(), "1");
  EXPECT_EQ(MakeVersion(), "2");
  EXPECT_EQ(Erase("/model-versions/delete", {{"name", "loans"}, {"version", "2"}}), "{}");
  EXPECT_EQ(MakeVersion(), "3");
  constexpr const char* kMissing =
      "RESOURCE_DOES_NOT_EXIST: Model Version (name=loans, version=2) not found";
  EXPECT_EQ(GetVersion("2"), kMissing);
  EXPECT_EQ(MoveTo("2", "Staging"), kMissing);
  EXPECT_EQ(Answer("GET", "/model-versions/get-download-uri", "name=loans&version=2"), kMissing);
}

TEST_F(ModelVersionsTest, AVersionNeedsAModelASourceAndANumber) {
  EXPECT_EQ(Post("/model-versions/create", {{"name", "nobody"}, {"source", "s3://b/m"}}),
            "RESOURCE_DOES_NOT_EXIST: Registered Model with name=nobody not found");
  EXPECT_TRUE(Has(Post("/model-versions/create", {{"name", "nobody"}}),
                  "Missing value for required parameter 'source'."));
  EXPECT_EQ(GetVersion("one"),
            "INVALID_PARAMETER_VALUE: Parameter 'version' must be an integer, got 'one'.");
}

TEST_F(ModelVersionsTest, ADeletedVersionTakesItsAliasesAlong) {
  MakeModel();
  MakeVersion();
  MakeVersion();
  SetAlias("champion", "1");
  SetAlias("other", "2");
  EXPECT_EQ(Erase("/model-versions/delete", {{"name", "loans"}, {"version", "1"}}), "{}");
  EXPECT_TRUE(Has(GetModel(), R"("aliases":[{"alias":"other","version":"2"}])")) << GetModel();
}

TEST_F(ModelVersionsTest, ADescriptionChangesOrGoes) {
  MakeModel();
  MakeVersion();
  const std::string after =
      Answer("PATCH", "/model-versions/update",
             Body({{"name", "loans"}, {"version", "1"}, {"description", "words"}}));
  EXPECT_EQ(after, GetVersion("1"));
  EXPECT_TRUE(Has(after, R"("description":"words")"));
  EXPECT_FALSE(
      Has(Answer("PATCH", "/model-versions/update", Body({{"name", "loans"}, {"version", "1"}})),
          "description"));
}

TEST_F(ModelVersionsTest, StagesChangeAndOthersAreArchived) {
  MakeModel();
  for (int i = 0; i < 3; ++i) MakeVersion();
  EXPECT_TRUE(Has(MoveTo("1", "pRoduction"), R"("current_stage":"Production")"));
  MoveTo("2", "Staging");
  const std::string moved = Answer("POST", "/model-versions/transition-stage",
                                   R"({"name":"loans","version":"3","stage":"production",
             "archive_existing_versions":true})");
  EXPECT_EQ(moved, GetVersion("3"));
  EXPECT_TRUE(Has(GetVersion("1"), R"("current_stage":"Archived")"));
  EXPECT_TRUE(Has(GetVersion("2"), R"("current_stage":"Staging")"));
  EXPECT_EQ(Answer("POST", "/model-versions/transition-stage",
                   R"({"name":"loans","version":"3","stage":"Archived",
                   "archive_existing_versions":true})"),
            "INVALID_PARAMETER_VALUE: Model version transition cannot archive existing model "
            "versions because 'Archived' is not an Active stage. Valid stages are ['Staging', "
            "'Production']");
}

TEST_F(ModelVersionsTest, TagsAreSetReplacedAndDeleted) {
  MakeModel();
  MakeVersion();
  MakeVersion();
  const auto set = [&](const char* version, const char* value) {
    return Post("/model-versions/set-tag",
                {{"name", "loans"}, {"version", version}, {"key", "k"}, {"value", value}});
  };
  EXPECT_EQ(set("1", "1"), "{}");
  EXPECT_EQ(set("2", "2"), "{}");
  EXPECT_EQ(set("1", "3"), "{}");
  EXPECT_TRUE(Has(GetVersion("1"), R"("tags":[{"key":"k","value":"3"}])"));
  EXPECT_TRUE(Has(GetVersion("2"), R"("tags":[{"key":"k","value":"2"}])"));
  EXPECT_EQ(
      Erase("/model-versions/delete-tag", {{"name", "loans"}, {"version", "1"}, {"key", "k"}}),
      "{}");
  EXPECT_FALSE(Has(GetVersion("1"), "tags"));
}

TEST_F(ModelVersionsTest, MakingMovingAndDeletingMoveTheTimeOfTheModel) {
  MakeModel();
  const auto time = [&] {
    const std::string model = GetModel();
    return model.substr(model.find(R"("last_updated_timestamp":)") + 25, 13);
  };
  std::string before = time();
  const auto moved = [&] {
    const std::string now = time();
    return std::exchange(before, now) < now;
  };
  MakeVersion();
  EXPECT_TRUE(moved());
  MoveTo("1", "Staging");
  EXPECT_TRUE(moved());
  SetAlias("champion", "1");
  EXPECT_FALSE(moved());
  Erase("/model-versions/delete", {{"name", "loans"}, {"version", "1"}});
  EXPECT_TRUE(moved());
}

}  // namespace
}  // namespace reeve::mlflow
