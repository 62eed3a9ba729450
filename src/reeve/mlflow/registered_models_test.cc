#include "reeve/mlflow/registered_models.h"

#include "reeve/mlflow/test_registry.h"

namespace reeve::mlflow {
namespace {

TEST_F(RegistryTest, AModelIsMadeWithItsTags) {
  const std::string made = Answer("POST", "/registered-models/create",
                                  R"({"name":"loans","description":"d","tags":[
                                  {"key":"b","value":"2"},{"key":"a","value":"1"},
                                  {"key":"b","value":"3"}]})");
  EXPECT_EQ(made, GetModel());
  EXPECT_TRUE(Has(made, R"("tags":[{"key":"a","value":"1"},{"key":"b","value":"3"}])")) << made;
  EXPECT_TRUE(Has(made, R"("description":"d")"));
  EXPECT_FALSE(Has(made, "latest_versions"));
}

TEST_F(RegistryTest, ATakenNameIsRefusedInTheWordsForModelsAndPrompts) {
  MakeModel();
  EXPECT_EQ(Post("/registered-models/create", {{"name", "loans"}}),
            "RESOURCE_ALREADY_EXISTS: Registered Model (name=loans) already exists.");
  const char* const prompt =
      R"({"name":"loans","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]})";
  EXPECT_EQ(Answer("POST", "/registered-models/create", prompt),
            "RESOURCE_ALREADY_EXISTS: Tried to create a prompt with name 'loans', but the name is "
            "already taken by a registered model. MLflow does not allow creating a model and a "
            "prompt with the same name.");
}

TEST_F(RegistryTest, AnUnknownModelIsNamed) {
  constexpr const char* kMissing =
      "RESOURCE_DOES_NOT_EXIST: Registered Model with name=nobody not found";
  EXPECT_EQ(GetModel("nobody"), kMissing);
  EXPECT_EQ(Erase("/registered-models/delete", {{"name", "nobody"}}), kMissing);
  EXPECT_EQ(Post("/registered-models/rename", {{"name", "nobody"}, {"new_name", "x"}}), kMissing);
  EXPECT_EQ(Post("/registered-models/set-tag", {{"name", "nobody"}, {"key", "k"}, {"value", "v"}}),
            kMissing);
  EXPECT_EQ(Answer("PATCH", "/registered-models/update", Body({{"name", "nobody"}})), kMissing);
}

TEST_F(RegistryTest, ADescriptionChangesAndTheTimeWithIt) {
  MakeModel();
  const std::string before = GetModel();
  const std::string after = Answer("PATCH", "/registered-models/update",
                                   Body({{"name", "loans"}, {"description", "new"}}));
  EXPECT_EQ(after, GetModel());
  EXPECT_TRUE(Has(after, R"("description":"new")"));
  const char* const time = R"("last_updated_timestamp":)";
  EXPECT_LT(before.substr(before.find(time)), after.substr(after.find(time)));
}

TEST_F(RegistryTest, ARenamedModelTakesEverythingAlong) {
  MakeModel();
  MakeModel("taken");
  MakeVersion();
  SetAlias("champion", "1");
  Post("/registered-models/set-tag", {{"name", "loans"}, {"key", "k"}, {"value", "v"}});
  Post("/model-versions/set-tag",
       {{"name", "loans"}, {"version", "1"}, {"key", "t"}, {"value", "1"}});
  EXPECT_EQ(Post("/registered-models/rename", {{"name", "loans"}, {"new_name", "taken"}}),
            "RESOURCE_ALREADY_EXISTS: Registered Model (name=taken) already exists.");
  const std::string renamed =
      Post("/registered-models/rename", {{"name", "loans"}, {"new_name", "credits"}});
  EXPECT_EQ(renamed, GetModel("credits"));
  EXPECT_TRUE(Has(renamed, R"("aliases":[{"alias":"champion","version":"1"}])")) << renamed;
  EXPECT_TRUE(Has(renamed, R"("tags":[{"key":"k","value":"v"}])"));
  EXPECT_TRUE(Has(GetVersion("1", "credits"), R"("tags":[{"key":"t","value":"1"}])"));
  EXPECT_TRUE(Has(GetModel(), "RESOURCE_DOES_NOT_EXIST"));
}

TEST_F(RegistryTest, ADeletedModelIsGoneWithItsVersions) {
  MakeModel();
  MakeVersion();
  SetAlias("champion", "1");
  Post("/model-versions/set-tag",
       {{"name", "loans"}, {"version", "1"}, {"key", "t"}, {"value", "1"}});
  EXPECT_EQ(Erase("/registered-models/delete", {{"name", "loans"}}), "{}");
  EXPECT_TRUE(Has(GetVersion("1"), "Model Version (name=loans, version=1) not found"));
  MakeModel();
  EXPECT_EQ(MakeVersion(), "1");
  EXPECT_FALSE(Has(GetVersion("1"), "tags"));
}

TEST_F(RegistryTest, TheNewestVersionOfEachStageIsTold) {
  MakeModel();
  for (int i = 0; i < 4; ++i) MakeVersion();
  MoveTo("1", "Production");
  MoveTo("2", "Staging");
  MoveTo("3", "Production");
  SetAlias("champion", "3");
  const auto latest = [&](const std::string& stages) {
    std::string found;
    std::string answer =
        Answer("GET", "/registered-models/get-latest-versions", "name=loans" + stages);
    constexpr std::string_view kVersion = R"("version":")";
    for (std::size_t at = answer.find(kVersion); at != std::string::npos;
         at = answer.find(kVersion, at + 1))
      found += answer[at + kVersion.size()];
    return found;
  };
  EXPECT_EQ(latest(""), "234");
  EXPECT_EQ(latest("&stages=production&stages=None"), "34");
  EXPECT_EQ(latest("&stages=Archived"), "");
  EXPECT_TRUE(Has(Answer("GET", "/registered-models/get-latest-versions", "name=loans&stages=x"),
                  "Invalid Model Version stage: x."));
  EXPECT_TRUE(Has(Post("/registered-models/get-latest-versions", {{"name", "loans"}}),
                  R"("aliases":["champion"])"));
}

TEST_F(RegistryTest, TagsAreSetReplacedAndDeleted) {
  MakeModel();
  const auto set = [&](const char* value) {
    return Post("/registered-models/set-tag", {{"name", "loans"}, {"key", "k"}, {"value", value}});
  };
  EXPECT_EQ(set("1"), "{}");
  EXPECT_EQ(set(""), "{}");
  EXPECT_TRUE(Has(GetModel(), R"("tags":[{"key":"k","value":""}])")) << GetModel();
  EXPECT_EQ(Erase("/registered-models/delete-tag", {{"name", "loans"}, {"key", "k"}}), "{}");
  EXPECT_EQ(Erase("/registered-models/delete-tag", {{"name", "loans"}, {"key", "k"}}), "{}");
  EXPECT_FALSE(Has(GetModel(), "tags"));
}

}  // namespace
}  // namespace reeve::mlflow
