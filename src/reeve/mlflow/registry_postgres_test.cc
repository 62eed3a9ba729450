// The registry's statements on PostgreSQL.

#include "reeve/mlflow/test_registry.h"
#include "reeve/sql/test_postgres.h"

namespace reeve::mlflow {
namespace {

class RegistryPostgresTest : public RegistryTest {
 protected:
  void SetUp() override {
    std::string why;
    sql::TestPostgres* const server = sql::TestPostgres::Get(why);
    if (server == nullptr) GTEST_SKIP() << why;
    Result<std::unique_ptr<Api>> api =
        Api::Open({.database_uri = server->UrlOfNewSchema(), .clock = &clock_});
    ASSERT_TRUE(api.ok()) << api.status().message();
    api_ = std::move(*api);
  }
};

TEST_F(RegistryPostgresTest, AModelLivesFromItsMakingToItsEnd) {
  EXPECT_TRUE(Has(Answer("POST", "/registered-models/create",
                         R"({"name":"loans","tags":[{"key":"a","value":"1"}]})"),
                  R"("tags":[{"key":"a","value":"1"}])"));
  EXPECT_EQ(MakeVersion(), "1");
  EXPECT_EQ(MakeVersion(), "2");
  for (const char* value : {"1", "2"}) {
    Post("/model-versions/set-tag",
         {{"name", "loans"}, {"version", "2"}, {"key", "t"}, {"value", value}});
    Post("/registered-models/set-tag", {{"name", "loans"}, {"key", "a"}, {"value", value}});
  }
  EXPECT_EQ(SetAlias("champion", "1"), "{}");
  EXPECT_EQ(SetAlias("champion", "2"), "{}");
  EXPECT_TRUE(Has(MoveTo("1", "Production"), R"("current_stage":"Production")"));
  EXPECT_TRUE(Has(Answer("POST", "/model-versions/transition-stage",
                         R"({"name":"loans","version":"2","stage":"Production",
                         "archive_existing_versions":true})"),
                  R"("aliases":["champion"])"));
  EXPECT_TRUE(Has(GetVersion("1"), R"("current_stage":"Archived")"));
  EXPECT_TRUE(
      Has(Answer("GET", "/registered-models/search", "filter=tags.a = '2'"), R"({"name":"loans")"));
  EXPECT_TRUE(Has(Answer("GET", "/model-versions/search", "filter=tags.t = '2'&max_results=1"),
                  R"("version":"2")"));
  const std::string renamed =
      Post("/registered-models/rename", {{"name", "loans"}, {"new_name", "credits"}});
  EXPECT_TRUE(Has(renamed, R"("aliases":[{"alias":"champion","version":"2"}])")) << renamed;
  EXPECT_EQ(Erase("/model-versions/delete", {{"name", "credits"}, {"version", "2"}}), "{}");
  EXPECT_EQ(MakeVersion("credits"), "3");
  EXPECT_EQ(Erase("/registered-models/delete", {{"name", "credits"}}), "{}");
  const std::string history = History("credits");
  for (const char* action : {"model_created", "version_created", "alias_set", "stage_changed",
                             "model_renamed", "alias_deleted", "version_deleted", "model_deleted"})
    EXPECT_TRUE(Has(history, action)) << action << history;
  EXPECT_FALSE(Has(history, R"("recorded":false)")) << history;
}

}  // namespace
}  // namespace reeve::mlflow
