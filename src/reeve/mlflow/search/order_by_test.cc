#include "reeve/mlflow/search/order_by.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/text.h"
#include "reeve/mlflow/search/rules.h"

namespace reeve::mlflow {
namespace {

std::string Read(SearchTarget target, const std::vector<std::string>& clauses) {
  const auto keys = ParseOrderBy(target, clauses);
  if (!keys.ok()) return keys.status().message();
  std::vector<std::string> shown;
  for (const OrderKey& key : *keys) {
    shown.push_back(std::string(EntityName(key.kind)) + " " + key.key +
                    (key.ascending ? " up" : " down"));
  }
  return Join(shown, "; ");
}

struct Case {
  SearchTarget target;
  const char* clause;
  const char* expected;
};

TEST(OrderByTest, ReadsKeysAndDirections) {
  const std::vector<Case> cases = {
      {SearchTarget::kRuns, "metrics.x", "metric x up"},
      {SearchTarget::kRuns, "metrics.x   desc", "metric x down"},
      {SearchTarget::kRuns, "metrics.`a b` DESC", "metric a b down"},
      {SearchTarget::kRuns, "metrics.`a desc`", "metric a desc up"},
      {SearchTarget::kRuns, "metrics.\"a b\" asc", "metric a b up"},
      {SearchTarget::kRuns, "metrics.'a b' DESC", "metric a b down"},
      {SearchTarget::kRuns, "`metrics`.x", "metric x up"},
      {SearchTarget::kRuns, "metrics.key desc", "metric key down"},
      {SearchTarget::kRuns, "params.lr", "parameter lr up"},
      {SearchTarget::kRuns, "tag.a.b ASC", "tag a.b up"},
      {SearchTarget::kRuns, "created DESC", "attribute start_time down"},
      {SearchTarget::kRuns, "attributes.run_name", "attribute name up"},
      {SearchTarget::kRuns, "run_id", "attribute run_uuid up"},
      {SearchTarget::kExperiments, "experiment_id", "attribute experiment_id up"},
      {SearchTarget::kExperiments, "attribute.last_update_time DESC",
       "attribute last_update_time down"},
      {SearchTarget::kRegisteredModels, "timestamp DESC", "attribute last_updated_time down"},
      {SearchTarget::kRegisteredModels, "last_updated_timestamp", "attribute last_updated_time up"},
      {SearchTarget::kRegisteredModels, "`name` desc", "attribute name down"},
      {SearchTarget::kModelVersions, "version_number ASC", "attribute version up"},
      {SearchTarget::kModelVersions, "creation_timestamp", "attribute creation_time up"},
  };
  for (const Case& c : cases) EXPECT_EQ(Read(c.target, {c.clause}), c.expected) << c.clause;
  EXPECT_EQ(Read(SearchTarget::kRuns, {"metrics.a", "params.a DESC"}),
            "metric a up; parameter a down");
  EXPECT_EQ(Read(SearchTarget::kRuns, {}), "");
}

TEST(OrderByTest, RefusesInMlflowsWords) {
  const std::vector<Case> cases = {
      {SearchTarget::kRuns, "", "Invalid order_by clause ''. Could not be parsed."},
      {SearchTarget::kRuns, "  ", "Invalid order_by clause '  '. Could not be parsed."},
      {SearchTarget::kRuns, "metrics.x SIDEWAYS",
       "Invalid ordering key in order_by clause 'metrics.x SIDEWAYS'."},
      {SearchTarget::kRuns, "metrics.x DESC extra",
       "Invalid order_by clause 'metrics.x DESC extra'. Could not be parsed."},
      {SearchTarget::kRuns, "metrics.x desc desc",
       "Invalid order_by clause 'metrics.x desc desc'. Could not be parsed."},
      {SearchTarget::kRuns, "metrics.x, metrics.y",
       "Invalid order_by clause 'metrics.x, metrics.y'. Could not be parsed."},
      {SearchTarget::kRuns, "metrics.x;", "Invalid order_by clause 'metrics.x;'"},
      {SearchTarget::kRuns, "metrics.a/b", "Invalid order_by clause 'metrics.a/b'"},
      {SearchTarget::kRuns, "key", "Invalid order_by clause 'key'"},
      {SearchTarget::kRuns, "timestamp", "Invalid attribute key 'timestamp' specified. Valid keys"},
      {SearchTarget::kRuns, "colour ASC", "Invalid attribute key 'colour' specified. Valid keys"},
      {SearchTarget::kRuns, "dataset.name", "Invalid identifier type 'dataset'"},
      {SearchTarget::kExperiments, "tags.x", "Invalid order_by entity: tag"},
      {SearchTarget::kExperiments, "colour ASC", "Invalid attribute key 'colour' specified."},
      {SearchTarget::kRegisteredModels, "creation_timestamp",
       "Invalid order by key 'creation_timestamp' specified. Valid keys are '{'"},
      {SearchTarget::kRegisteredModels, "TIMESTAMP", "Invalid order_by clause 'TIMESTAMP'."},
      {SearchTarget::kModelVersions, "version ASC", "Invalid order_by clause 'version ASC'."},
      {SearchTarget::kModelVersions, "run_id", "Invalid attribute key 'run_id' specified."},
      {SearchTarget::kModelVersions, "attributes.name", "Invalid entity type 'attributes'."},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(Read(c.target, {c.clause}).starts_with(c.expected))
        << c.clause << ": " << Read(c.target, {c.clause});
    EXPECT_EQ(ParseOrderBy(c.target, {c.clause}).status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(OrderByTest, RefusesAKeyTwiceUnderWhateverName) {
  EXPECT_TRUE(Read(SearchTarget::kRuns, {"start_time", "created DESC"})
                  .starts_with("`order_by` contains duplicate fields"));
  EXPECT_TRUE(Read(SearchTarget::kRegisteredModels, {"timestamp", "last_updated_timestamp"})
                  .starts_with("`order_by` contains duplicate fields"));
  EXPECT_FALSE(ParseOrderBy(SearchTarget::kRuns, std::vector<std::string>(31, "name")).ok());
}

TEST(OrderByTest, KeysOfLoggedModelsAreStructures) {
  const auto metric = ParseLoggedModelOrder({"metrics.val/f1.x", false, "loan", "1"});
  ASSERT_TRUE(metric.ok());
  EXPECT_EQ(*metric, (OrderKey{EntityKind::kMetric, "val/f1.x", false}));
  const auto time = ParseLoggedModelOrder({"creation_time"});
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(*time, (OrderKey{EntityKind::kAttribute, "creation_timestamp_ms", true}));
  EXPECT_FALSE(ParseLoggedModelOrder({""}).ok());
  EXPECT_EQ(ParseLoggedModelOrder({"metrics.x", true, "", "1"}).status().message(),
            "`dataset_digest` can only be specified if `dataset_name` is also specified.");
}

}  // namespace
}  // namespace reeve::mlflow
