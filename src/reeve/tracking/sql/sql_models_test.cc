#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class SqlModelsTest : public AnyStoreTest {};
INSTANTIATE_TEST_SUITE_P(Databases, SqlModelsTest, AnyStoreTest::Kinds(), AnyStoreTest::KindName);

std::vector<std::int64_t> Numbers(const std::vector<ModelVersion>& versions) {
  std::vector<std::int64_t> numbers;
  for (const ModelVersion& version : versions) numbers.push_back(version.version);
  return numbers;
}

TEST_P(SqlModelsTest, ALoggedModelIsPendingUntilPublished) {
  const Run run = NewTestRun();
  const Result<LoggedModel> model = store_->CreateLoggedModel(run, "model");
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_THAT(model->id, testing::MatchesRegex("m-[0-9a-f]{32}"));
  EXPECT_EQ(model->artifact_location,
            "file://" + store_->folder() + ("/mlruns/0/models/" + model->id + "/artifacts"));
  EXPECT_TRUE(store_->FindLoggedModels(run.id)->empty());
  EXPECT_EQ(store_->GetLoggedModel(model->id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Select("SELECT status FROM logged_models"), "1");

  const auto published = store_->Publish({.run_id = run.id, .model_id = model->id});
  ASSERT_TRUE(published.ok()) << published.status().message();
  EXPECT_FALSE(published->has_value());
  const std::vector<LoggedModel> models = *store_->FindLoggedModels(run.id);
  ASSERT_EQ(models.size(), 1u);
  EXPECT_EQ(models[0].id, model->id);
  EXPECT_EQ(models[0].name, "model");
  EXPECT_EQ(models[0].source_run_id, run.id);
  EXPECT_EQ(store_->GetLoggedModel(model->id)->artifact_location, model->artifact_location);
  EXPECT_EQ(Select("SELECT status || model_type FROM logged_models"), "2classifier");
  EXPECT_EQ(store_->GetRun(run.id)->status, RunStatus::kFinished);
}

TEST_P(SqlModelsTest, LoggedModelsOfARunAreInTheOrderTheyWereMade) {
  const Run run = NewTestRun();
  std::vector<std::string> ids;
  for (int i = 0; i < 8; ++i) {
    ids.push_back(store_->CreateLoggedModel(run, "model")->id);
    ASSERT_TRUE(store_->Publish({.run_id = run.id, .model_id = ids.back()}).ok());
  }
  std::vector<std::string> found;
  const std::vector<LoggedModel> models = *store_->FindLoggedModels(run.id);
  for (const LoggedModel& model : models) found.push_back(model.id);
  EXPECT_EQ(found, ids);
}

TEST_P(SqlModelsTest, TheRunHasAnEdgeToItsModel) {
  const Run run = NewTestRun();
  const LoggedModel model = *store_->CreateLoggedModel(run, "model");
  EXPECT_EQ(Select("SELECT source_type || ' ' || source_id || ' ' || destination_type || ' ' || "
                   "destination_id FROM inputs"),
            "RUN_OUTPUT " + run.id + " MODEL_OUTPUT " + model.id);
  EXPECT_THAT(*store_->ListInputs(run.id), IsEmpty());
}

TEST_P(SqlModelsTest, PublishingMakesAVersionAndMovesTheAlias) {
  const Run run = NewTestRun();
  const LoggedModel model = *store_->CreateLoggedModel(run, "model");
  const auto published = store_->Publish({.run_id = run.id,
                                          .model_id = model.id,
                                          .registered_name = "loans",
                                          .alias = "champion",
                                          .description = "first of all",
                                          .tags = {{"reeve.data_digest", "abc"}}});
  ASSERT_TRUE(published.ok()) << published.status().message();
  ASSERT_TRUE(published->has_value());
  const ModelVersion& version = **published;
  EXPECT_EQ(version.name, "loans");
  EXPECT_EQ(version.version, 1);
  EXPECT_EQ(version.source, "models:/" + model.id);
  EXPECT_EQ(version.storage_location, model.artifact_location);
  EXPECT_EQ(version.run_id, run.id);
  EXPECT_EQ(version.description, "first of all");
  EXPECT_EQ(version.stage, "None");
  EXPECT_EQ(version.status, "READY");
  EXPECT_GT(version.created_ms, run.start_ms);
  EXPECT_THAT(version.tags, ElementsAre(Pair("reeve.data_digest", "abc")));
  EXPECT_THAT(version.aliases, ElementsAre("champion"));
  EXPECT_EQ(store_->GetRun(run.id)->status, RunStatus::kFinished);
  EXPECT_EQ(
      Select("SELECT tag_value FROM logged_model_tags WHERE tag_key = 'mlflow.modelVersions'"),
      R"([{"name":"loans","version":1}])");

  EXPECT_EQ(NewTestVersion("loans", "champion").version, 2);
  const Result<RegisteredModel> loans = store_->GetModel("loans");
  ASSERT_TRUE(loans.ok());
  EXPECT_EQ(loans->description, "first of all");
  EXPECT_EQ(loans->latest_version, 2);
  EXPECT_THAT(loans->aliases, ElementsAre(Pair("champion", 2)));
  EXPECT_THAT(store_->GetVersion("loans", 1)->aliases, IsEmpty());
}

TEST_P(SqlModelsTest, AFailedPublicationLeavesNothingBehind) {
  const Run run = NewTestRun();
  const LoggedModel model = *store_->CreateLoggedModel(run, "model");
  // Each fails at another step, the last ones after the version was written.
  const std::vector<Publication> broken = {
      {.run_id = run.id, .model_id = "m-absent"},
      {.run_id = run.id, .model_id = "m-absent", .registered_name = "loans"},
      {.run_id = run.id, .registered_name = "loans"},
      {.run_id = run.id, .model_id = model.id, .registered_name = "a/b"},
      {.run_id = run.id, .model_id = model.id, .registered_name = "loans", .alias = "latest"},
      {.run_id = std::string(32, 'f'),
       .model_id = model.id,
       .registered_name = "loans",
       .alias = "champion"}};
  for (const Publication& publication : broken) {
    const auto published = store_->Publish(publication);
    EXPECT_FALSE(published.ok()) << publication.registered_name << " " << publication.alias;
    EXPECT_EQ(store_->GetRun(run.id)->status, RunStatus::kRunning);
    EXPECT_EQ(Select("SELECT count(*) FROM registered_models"), "0");
    EXPECT_EQ(Select("SELECT count(*) FROM model_versions"), "0");
    EXPECT_EQ(Select("SELECT count(*) FROM registered_model_aliases"), "0");
    EXPECT_EQ(Select("SELECT count(*) FROM logged_model_tags"), "0");
    EXPECT_EQ(Select("SELECT status FROM logged_models"), "1");
  }
  EXPECT_TRUE(
      store_->Publish({.run_id = run.id, .model_id = model.id, .registered_name = "loans"}).ok());
}

TEST_P(SqlModelsTest, AFailingDiskInTheMiddleLeavesNothingBehind) {
  const Run run = NewTestRun();
  const LoggedModel model = *store_->CreateLoggedModel(run, "model");
  if (GetParam() == sql::Dialect::kPostgres) {
    ASSERT_TRUE(Raw()
                    ->RunScript("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
                                "$$BEGIN RAISE 'no more'; END$$")
                    .ok());
  }
  // Each trigger fails one of the writes that follow the first.
  for (const char* write :
       {"INSERT ON registered_models", "INSERT ON model_versions", "INSERT ON model_version_tags",
        "INSERT ON logged_model_tags", "INSERT ON registered_model_aliases", "UPDATE ON runs"}) {
    std::string trigger = std::string("CREATE TRIGGER fail BEFORE ") + write;
    trigger += GetParam() == sql::Dialect::kSqlite ? " BEGIN SELECT RAISE(ABORT, 'no more'); END;"
                                                   : " FOR EACH ROW EXECUTE FUNCTION fail()";
    ASSERT_TRUE(Raw()->RunScript(trigger.c_str()).ok());
    const auto published = store_->Publish({.run_id = run.id,
                                            .model_id = model.id,
                                            .registered_name = "loans",
                                            .alias = "champion",
                                            .tags = {{"a", "b"}}});
    EXPECT_FALSE(published.ok()) << write;
    EXPECT_THAT(published.status().message(), HasSubstr("no more"));
    EXPECT_EQ(store_->GetRun(run.id)->status, RunStatus::kRunning) << write;
    EXPECT_TRUE(store_->ListModels()->empty()) << write;
    EXPECT_EQ(Select("SELECT count(*) FROM model_versions"), "0") << write;
    EXPECT_EQ(Select("SELECT status FROM logged_models"), "1") << write;
    const std::string drop =
        GetParam() == sql::Dialect::kSqlite
            ? "DROP TRIGGER fail"
            : "DROP TRIGGER fail" + std::string(write).substr(std::string(write).find(" ON "));
    ASSERT_TRUE(Raw()->RunScript(drop.c_str()).ok());
  }
  EXPECT_EQ(NewTestVersion("loans").version, 1);
}

TEST_P(SqlModelsTest, ModelsAreListedByName) {
  NewTestVersion("b");
  NewTestVersion("a", "champion");
  NewTestVersion("a");
  const std::vector<RegisteredModel> models = *store_->ListModels();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].name, "a");
  EXPECT_EQ(models[0].latest_version, 2);
  EXPECT_THAT(models[0].aliases, ElementsAre(Pair("champion", 1)));
  EXPECT_EQ(models[1].name, "b");
  EXPECT_EQ(models[1].latest_version, 1);
}

TEST_P(SqlModelsTest, TagsOfARegisteredModelAreRead) {
  NewTestVersion("a");
  ASSERT_TRUE(Raw()
                  ->RunScript("INSERT INTO registered_model_tags (key, value, name) VALUES ('k', "
                              "'v', 'a')")
                  .ok());
  EXPECT_THAT(store_->GetModel("a")->tags, ElementsAre(Pair("k", "v")));
}

TEST_P(SqlModelsTest, MissingNamesSuggestTheNearest) {
  NewTestVersion("loan_approval");
  const std::vector<Status> outcomes = {store_->GetModel("loan_aproval").status(),
                                        store_->ListVersions("loan_aproval").status(),
                                        store_->GetVersion("loan_aproval", 1).status(),
                                        store_->SetAlias("loan_aproval", "champion", 1),
                                        store_->DeleteAlias("loan_aproval", "champion"),
                                        store_->SetStage("loan_aproval", 1, "Production"),
                                        store_->DeleteVersion("loan_aproval", 1)};
  for (const Status& status : outcomes) {
    EXPECT_EQ(status.code(), StatusCode::kNotFound);
    EXPECT_THAT(status.message(), HasSubstr("\"loan_approval\""));
  }
}

TEST_P(SqlModelsTest, MissingVersionsNameThoseThatAreThere) {
  NewTestVersion("loans");
  NewTestVersion("loans");
  const std::vector<Status> outcomes = {
      store_->GetVersion("loans", 3).status(),    store_->GetVersion("loans", 0).status(),
      store_->GetVersion("loans", -1).status(),   store_->SetAlias("loans", "champion", 3),
      store_->SetStage("loans", 3, "Production"), store_->DeleteVersion("loans", 3)};
  for (const Status& status : outcomes) {
    EXPECT_EQ(status.code(), StatusCode::kNotFound);
    EXPECT_THAT(status.message(), HasSubstr("Valid: 2, 1"));
  }
}

TEST_P(SqlModelsTest, AliasesMoveAndGo) {
  NewTestVersion("loans");
  NewTestVersion("loans");
  ASSERT_TRUE(store_->SetAlias("loans", "champion", 2).ok());
  ASSERT_TRUE(store_->SetAlias("loans", "challenger", 2).ok());
  EXPECT_THAT(store_->GetVersion("loans", 2)->aliases, ElementsAre("challenger", "champion"));
  ASSERT_TRUE(store_->SetAlias("loans", "champion", 1).ok());
  EXPECT_THAT(store_->GetModel("loans")->aliases,
              ElementsAre(Pair("challenger", 2), Pair("champion", 1)));
  ASSERT_TRUE(store_->DeleteAlias("loans", "champion").ok());
  ASSERT_TRUE(store_->DeleteAlias("loans", "champion").ok());
  EXPECT_THAT(store_->GetModel("loans")->aliases, ElementsAre(Pair("challenger", 2)));
}

TEST_P(SqlModelsTest, AliasesThatMlflowWouldRefuseAreRefused) {
  NewTestVersion("loans");
  for (const char* alias : {"", "latest", "LATEST", "v1", "V22", "a b", "a/b", "a@b", "a.b"}) {
    const Status status = store_->SetAlias("loans", alias, 1);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << alias << ": " << status.message();
  }
  for (const char* alias : {"champion", "v", "v1a", "a-b_c", "1", "\xC3\xA4"})
    EXPECT_TRUE(store_->SetAlias("loans", alias, 1).ok()) << alias;
}

TEST_P(SqlModelsTest, StagesAreSetInAnyCase) {
  NewTestVersion("loans");
  for (const auto& [given, kept] :
       std::vector<std::pair<std::string, std::string>>{{"Staging", "Staging"},
                                                        {"production", "Production"},
                                                        {"ARCHIVED", "Archived"},
                                                        {"none", "None"}}) {
    ASSERT_TRUE(store_->SetStage("loans", 1, given).ok()) << given;
    EXPECT_EQ(store_->GetVersion("loans", 1)->stage, kept);
  }
  const Status status = store_->SetStage("loans", 1, "Prodution");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("\"Production\""));
  EXPECT_FALSE(store_->SetStage("loans", 1, "Deleted_Internal").ok());
}

TEST_P(SqlModelsTest, ADeletedVersionIsGoneWithItsAliasesAndItsNumberIsNotUsedAgain) {
  NewTestVersion("loans", "champion");
  NewTestVersion("loans", "challenger");
  ASSERT_TRUE(store_->DeleteVersion("loans", 2).ok());
  EXPECT_THAT(Numbers(*store_->ListVersions("loans")), ElementsAre(1));
  EXPECT_EQ(store_->GetVersion("loans", 2).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store_->DeleteVersion("loans", 2).code(), StatusCode::kNotFound);
  EXPECT_EQ(store_->SetAlias("loans", "champion", 2).code(), StatusCode::kNotFound);
  EXPECT_EQ(store_->SetStage("loans", 2, "Staging").code(), StatusCode::kNotFound);
  EXPECT_THAT(store_->GetModel("loans")->aliases, ElementsAre(Pair("champion", 1)));
  EXPECT_EQ(store_->GetModel("loans")->latest_version, 1);
  EXPECT_EQ(NewTestVersion("loans").version, 3);
}

TEST_P(SqlModelsTest, VersionsAreListedNewestFirst) {
  for (int i = 0; i < 12; ++i) NewTestVersion("loans");
  EXPECT_THAT(Numbers(*store_->ListVersions("loans")),
              ElementsAre(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
}

TEST_P(SqlModelsTest, ARegisteredModelWithoutVersionsIsListed) {
  ASSERT_TRUE(
      Raw()
          ->RunScript("INSERT INTO registered_models (name, creation_time) VALUES ('empty', 1)")
          .ok());
  EXPECT_EQ(store_->GetModel("empty")->latest_version, 0);
  EXPECT_TRUE(store_->ListVersions("empty")->empty());
  EXPECT_EQ(NewTestVersion("empty").version, 1);
}

}  // namespace
}  // namespace reeve::tracking
