#include "reeve/tracking/sql/registry_log.h"

#include "reeve/base/user_name.h"
#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

class RegistryLogTest : public StoreTest {
 protected:
  // A version of "loans", the alias moved to it when one is given.
  void Publish(const std::string& alias = "") {
    const Result<Run> run = store_->CreateRun({.experiment_id = "0"});
    ASSERT_TRUE(run.ok()) << run.status().message();
    const Result<LoggedModel> model = store_->CreateLoggedModel(*run, "model");
    ASSERT_TRUE(model.ok()) << model.status().message();
    const auto made = store_->Publish(
        {.run_id = run->id, .model_id = model->id, .registered_name = "loans", .alias = alias});
    ASSERT_TRUE(made.ok()) << made.status().message();
  }

  // "alias_set champion 1>2", with "?" behind what nobody recorded.
  std::vector<std::string> History(const std::string& name = "loans") {
    const auto events = store_->ListRegistryEvents(name);
    EXPECT_TRUE(events.ok()) << events.status().message();
    std::vector<std::string> words;
    if (!events.ok() || !events->has_value()) return words;
    for (const RegistryEvent& event : **events) {
      std::string word(RegistryActionName(event.action));
      if (!event.alias.empty()) word += " " + event.alias;
      if (event.version > 0) word += " v" + std::to_string(event.version);
      if (!event.from.empty() || !event.to.empty()) word += " " + event.from + ">" + event.to;
      if (!event.is_recorded) word += "?";
      words.push_back(word);
    }
    return words;
  }

  Status RawRun(const char* sql) const { return Raw()->Run(sql); }
};

using Texts = std::vector<std::string>;

TEST_F(RegistryLogTest, WhatTheStoreDoesIsRecorded) {
  Publish("champion");
  Publish();
  ASSERT_TRUE(store_->SetAlias("loans", "champion", 2).ok());
  ASSERT_TRUE(store_->SetStage("loans", 2, "production").ok());
  ASSERT_TRUE(store_->SetStage("loans", 2, "Production").ok());
  ASSERT_TRUE(store_->DeleteAlias("loans", "nothing").ok());
  ASSERT_TRUE(store_->DeleteVersion("loans", 2).ok());
  EXPECT_EQ(History(), (Texts{"model_created", "version_created v1", "alias_set champion >1",
                              "version_created v2", "alias_set champion 1>2",
                              "stage_changed v2 None>Production", "alias_deleted champion 2>",
                              "version_deleted v2"}));
  const auto events = store_->ListRegistryEvents("loans");
  EXPECT_EQ((**events)[0].actor, UserName());
  EXPECT_GT((**events)[0].time_ms, 1'700'000'000'000);
}

TEST_F(RegistryLogTest, WhatFailsIsNotRecorded) {
  Publish("champion");
  EXPECT_FALSE(store_->SetAlias("loans", "champion", 9).ok());
  EXPECT_FALSE(store_->SetStage("loans", 1, "Prod").ok());
  EXPECT_EQ(History().size(), 3u);
}

TEST_F(RegistryLogTest, ARecordIsNeitherChangedNorRemoved) {
  Publish("champion");
  for (const char* sql :
       {"UPDATE reeve_registry_history SET actor = 'nobody'", "DELETE FROM reeve_registry_history",
        "INSERT OR REPLACE INTO reeve_registry_history SELECT id, 0, 'nobody', action, model, "
        "version, alias, old_value, new_value FROM reeve_registry_history",
        "UPDATE OR IGNORE reeve_registry_history SET time_ms = 0"}) {
    EXPECT_NE(RawRun(sql).message().find("only appended to"), std::string::npos) << sql;
  }
  EXPECT_EQ(Select("SELECT count(*) FROM reeve_registry_history WHERE actor <> 'nobody'"), "3");
}

TEST_F(RegistryLogTest, WhatAnotherProgramDoesShowsAsAGap) {
  Publish("champion");
  Publish();
  ASSERT_TRUE(RawRun("UPDATE registered_model_aliases SET version = 2").ok());
  const Texts before = History();
  EXPECT_EQ(before.back(), "alias_set champion 1>2?");
  ASSERT_TRUE(store_->SetAlias("loans", "champion", 1).ok());
  const Texts after = History();
  ASSERT_EQ(after.size(), before.size() + 1);
  EXPECT_EQ(after[after.size() - 2], "alias_set champion 1>2?");
  EXPECT_EQ(after.back(), "alias_set champion 2>1");
}

TEST_F(RegistryLogTest, AModelFromBeforeTheHistoryHasOnlyGaps) {
  ASSERT_TRUE(RawRun("INSERT INTO registered_models (name, creation_time) VALUES ('old', 1)").ok());
  ASSERT_TRUE(RawRun("INSERT INTO model_versions (name, version, creation_time, current_stage) "
                     "VALUES ('old', 1, 2, 'None')")
                  .ok());
  EXPECT_EQ(History("old"), (Texts{"version_created v1?"}));
  EXPECT_EQ(Select("SELECT count(*) FROM sqlite_master WHERE name = 'reeve_registry_history'"),
            "0");
}

TEST_F(RegistryLogTest, EarlierNamesBelongToTheHistory) {
  Publish("champion");
  const std::unique_ptr<sql::Database> database = Raw();
  ASSERT_TRUE(database->Run("PRAGMA foreign_keys = ON").ok());
  ASSERT_TRUE(database->Run("UPDATE registered_models SET name = 'credits'").ok());
  RegistryEvent renamed;
  renamed.action = RegistryAction::kModelRenamed;
  renamed.model = renamed.from = "loans";
  renamed.to = "credits";
  ASSERT_TRUE(AppendRegistryEvents(*database, {renamed}).ok());
  const Texts expected = {"model_created", "version_created v1", "alias_set champion >1",
                          "model_renamed loans>credits"};
  EXPECT_EQ(History("credits"), expected);
  EXPECT_EQ(History("loans"), expected);
  Publish();
  EXPECT_EQ(History("credits"), expected);
  EXPECT_EQ(History("loans").size(), 6u);
}

TEST_F(RegistryLogTest, AnUnknownModelNamesTheNearest) {
  Publish();
  const auto events = store_->ListRegistryEvents("loan");
  EXPECT_EQ(events.status().code(), StatusCode::kNotFound);
  EXPECT_NE(events.status().message().find("Did you mean \"loans\""), std::string::npos);
}

}  // namespace
}  // namespace reeve::tracking
