#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/mlflow/search/test_database.h"

namespace reeve::mlflow {
namespace {

class RegistryQueryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!database_.why().empty()) GTEST_SKIP() << database_.why();
  }
  RegistryQueryTest() {
    database_.Fill(R"sql(
INSERT INTO registered_models(name, creation_time, last_updated_time) VALUES ('Ant', 1, 10), ('bee', 2, 30), ('cat', 3, 20), ('hello', 4, 40);
INSERT INTO registered_model_tags(key, value, name) VALUES ('kind', 'tree', 'Ant'), ('kind', 'Tree', 'bee'), ('x', '1', 'bee'),
 ('mlflow.prompt.is_prompt', 'true', 'hello'), ('kind', 'tree', 'hello');
INSERT INTO model_versions(name, version, creation_time, last_updated_time, current_stage, source, run_id) VALUES
 ('bee', 1, 1, 5, 'None', 's3://b/0', NULL), ('bee', 2, 2, 5, 'None', 's3://b/1', NULL), ('bee', 3, 3, 9, 'None', 's3://b/2', 'r1'),
 ('bee', 4, 4, 8, 'Deleted_Internal', 's3://b/3', 'r1'), ('cat', 1, 5, 7, 'None', 's3://c/0', 'r1'),
 ('hello', 1, 6, 6, 'None', 'prompt', NULL);
INSERT INTO model_version_tags(key, value, name, version) VALUES ('odd', '1', 'bee', 1), ('odd', '0', 'bee', 2), ('odd', '1', 'bee', 3),
 ('mlflow.prompt.is_prompt', 'true', 'hello', 1);
)sql");
  }

  std::string Models(const std::string& filter, const std::vector<std::string>& order = {}) {
    auto parsed = ParseFilter(SearchTarget::kRegisteredModels, filter);
    if (!parsed.ok()) return parsed.status().message();
    RegisteredModelSearch search{.filter = *parsed};
    search.order = *ParseOrderBy(SearchTarget::kRegisteredModels, order);
    return database_.Answer(RegisteredModelQuery(search, database_.dialect()));
  }
  /// The sources, which differ for all versions.
  std::string Versions(const std::string& filter, const std::vector<std::string>& order = {},
                       const Page& page = {}) {
    auto parsed = ParseFilter(SearchTarget::kModelVersions, filter);
    if (!parsed.ok()) return parsed.status().message();
    ModelVersionSearch search{.filter = *parsed, .page = page};
    search.order = *ParseOrderBy(SearchTarget::kModelVersions, order);
    return database_.Answer(ModelVersionQuery(search, database_.dialect()), 7);
  }

  TestDatabase database_;
};

TEST_F(RegistryQueryTest, ModelFilters) {
  EXPECT_EQ(Models(""), "Ant bee cat");
  EXPECT_EQ(Models("name LIKE 'a%'"), "");
  EXPECT_EQ(Models("name ILIKE 'a%'"), "Ant");
  EXPECT_EQ(Models("name IN ('bee', 'cat', 'hello')"), "bee cat");
  EXPECT_EQ(Models("tags.kind = 'tree'"), "Ant");
  EXPECT_EQ(Models("tags.kind ILIKE 'TREE' and tags.x = '1'"), "bee");
}

TEST_F(RegistryQueryTest, ModelOrders) {
  EXPECT_EQ(Models("", {"name DESC"}), "cat bee Ant");
  EXPECT_EQ(Models("", {"timestamp ASC"}), "Ant cat bee");
  EXPECT_EQ(Models("", {"last_updated_timestamp DESC", "name ASC"}), "bee cat Ant");
}

TEST_F(RegistryQueryTest, PromptsAreHiddenUnlessAskedFor) {
  EXPECT_EQ(Models("tags.`mlflow.prompt.is_prompt` != 'true'"), "Ant bee cat");
  EXPECT_EQ(Models("tags.`mlflow.prompt.is_prompt` = 'false' AND name != 'bee'"), "Ant cat");
  EXPECT_EQ(Models("tags.`mlflow.prompt.is_prompt` = 'true'"), "hello");
  EXPECT_EQ(Models("tags.`mlflow.prompt.is_prompt` != 'false' AND tags.kind = 'tree'"), "hello");
  EXPECT_EQ(Versions("name = 'hello'"), "");
  EXPECT_EQ(Versions("tag.`mlflow.prompt.is_prompt` = 'True'"), "");
  EXPECT_EQ(Versions("tag.`mlflow.prompt.is_prompt` = 'true'"), "prompt");
}

TEST_F(RegistryQueryTest, VersionFilters) {
  EXPECT_EQ(Versions(""), "s3://b/2 s3://c/0 s3://b/1 s3://b/0");
  EXPECT_EQ(Versions("name = 'bee' AND tags.odd = '1'"), "s3://b/2 s3://b/0");
  EXPECT_EQ(Versions("source_path = 's3://b/1'"), "s3://b/1");
  EXPECT_EQ(Versions("name = 'bee' and version_number > 2"), "s3://b/2");
  EXPECT_EQ(Versions("version_number = '1'"), "s3://c/0 s3://b/0");
  EXPECT_EQ(Versions("run_id IN ('r1', 'none')"), "s3://b/2 s3://c/0");
}

TEST_F(RegistryQueryTest, VersionOrders) {
  EXPECT_EQ(Versions("", {"version_number ASC"}), "s3://b/0 s3://c/0 s3://b/1 s3://b/2");
  EXPECT_EQ(Versions("", {"name DESC"}), "s3://c/0 s3://b/2 s3://b/1 s3://b/0");
  EXPECT_EQ(Versions("", {"creation_timestamp DESC"}), "s3://c/0 s3://b/2 s3://b/1 s3://b/0");
  EXPECT_EQ(Versions("", {"name", "version_number"}, {.limit = 2, .offset = 1}),
            "s3://b/1 s3://b/2");
}

}  // namespace
}  // namespace reeve::mlflow
