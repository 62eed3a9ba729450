#include "reeve/tracking/registry_log.h"

#include "reeve/base/user_name.h"
#include "reeve/tracking/sql/test_store.h"

namespace reeve::tracking {
namespace {

class RegistryLogTest : public AnyStoreTest {
 protected:
  void Publish(const std::string& alias = "") { NewTestVersion("loans", alias); }

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

TEST_P(RegistryLogTest, WhatTheStoreDoesIsRecorded) {
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

TEST_P(RegistryLogTest, CopiesAreRecordedToo) {
  ASSERT_TRUE(store_->CreateModel("loans", "", {}).ok());
  NewVersion version{.name = "loans", .version = 3, .source = "s3://b/m", .run_id = ""};
  version.stage = "Staging";
  const Result<ModelVersion> made = store_->AddVersion(version);
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(History(),
            (Texts{"model_created", "version_created v3", "stage_changed v3 None>Staging"}));
}

TEST_P(RegistryLogTest, WhatFailsIsNotRecorded) {
  Publish("champion");
  EXPECT_FALSE(store_->SetAlias("loans", "champion", 9).ok());
  EXPECT_FALSE(store_->SetStage("loans", 1, "Prod").ok());
  EXPECT_EQ(History().size(), 3u);
}

TEST_P(RegistryLogTest, ARecordIsNeitherChangedNorRemoved) {
  Publish("champion");
  std::vector<const char*> attempts = {"UPDATE reeve_registry_history SET actor = 'nobody'",
                                       "DELETE FROM reeve_registry_history"};
  if (GetParam() == sql::Dialect::kSqlite) {
    attempts.push_back(
        "INSERT OR REPLACE INTO reeve_registry_history SELECT id, 0, 'nobody', action, model, "
        "version, alias, old_value, new_value FROM reeve_registry_history");
    attempts.push_back("UPDATE OR IGNORE reeve_registry_history SET time_ms = 0");
  } else {
    attempts.push_back("TRUNCATE reeve_registry_history");
  }
  for (const char* const sql : attempts)
    EXPECT_NE(RawRun(sql).message().find("only appended to"), std::string::npos) << sql;
  EXPECT_EQ(Select("SELECT count(*) FROM reeve_registry_history WHERE actor <> 'nobody'"), "3");
}

TEST_P(RegistryLogTest, WhatAnotherProgramDoesShowsAsAGap) {
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

TEST_P(RegistryLogTest, AModelFromBeforeTheHistoryHasOnlyGaps) {
  ASSERT_TRUE(RawRun("INSERT INTO registered_models (name, creation_time) VALUES ('old', 1)").ok());
  ASSERT_TRUE(RawRun("INSERT INTO model_versions (name, version, creation_time, current_stage) "
                     "VALUES ('old', 1, 2, 'None')")
                  .ok());
  EXPECT_EQ(History("old"), (Texts{"version_created v1?"}));
  EXPECT_FALSE(*Raw()->HasTable("reeve_registry_history"));
}

TEST_P(RegistryLogTest, EarlierNamesBelongToTheHistory) {
  Publish("champion");
  const std::unique_ptr<sql::Database> database = Raw();
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

TEST_P(RegistryLogTest, AnUnknownModelNamesTheNearest) {
  Publish();
  const auto events = store_->ListRegistryEvents("loan");
  EXPECT_EQ(events.status().code(), StatusCode::kNotFound);
  EXPECT_NE(events.status().message().find("Did you mean \"loans\""), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Databases, RegistryLogTest, AnyStoreTest::Kinds(), AnyStoreTest::KindName);

}  // namespace
}  // namespace reeve::tracking
