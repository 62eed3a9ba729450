#include "reeve/tracking/open_database.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"

namespace reeve::tracking {
namespace {

class OpenDatabaseTest : public ::testing::Test {
 protected:
  std::string Uri() const { return "sqlite:///" + folder_.Path("a/b/x.db"); }
  TestFolder folder_;
};

TEST_F(OpenDatabaseTest, MakesFoldersAndTables) {
  const auto database = OpenTrackingDatabase(Uri(), {});
  ASSERT_TRUE(database.ok()) << database.status().message();
  EXPECT_TRUE(*(*database)->HasTable("runs"));
  EXPECT_TRUE(CheckHasLoggedModels(**database).ok());
}

TEST_F(OpenDatabaseTest, MakesNothingUnlessAsked) {
  const auto database = OpenTrackingDatabase(Uri(), {.create = false});
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(OpenTrackingDatabase(Uri(), {}).ok());
  EXPECT_TRUE(OpenTrackingDatabase(Uri(), {.create = false}).ok());
}

TEST_F(OpenDatabaseTest, TheDefaultExperimentIsMadeOnce) {
  const auto database = OpenTrackingDatabase(Uri(), {});
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE(EnsureDefaultExperiment(**database, "first", 1).ok());
  ASSERT_TRUE(EnsureDefaultExperiment(**database, "second", 2).ok());
  sql::Statement row = *(*database)->Prepare("SELECT name, artifact_location FROM experiments");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Text(0), "Default");
  EXPECT_EQ(row.Text(1), "first");
  EXPECT_FALSE(*row.Step());
}

TEST_F(OpenDatabaseTest, AStoreOfMlflow2HasNoPlaceForModels) {
  const auto database = OpenTrackingDatabase(Uri(), {});
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE((*database)
                  ->RunScript("DROP TABLE logged_model_params; DROP TABLE logged_model_tags;"
                              "DROP TABLE logged_model_metrics; DROP TABLE logged_models")
                  .ok());
  EXPECT_EQ(CheckHasLoggedModels(**database).code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace reeve::tracking
