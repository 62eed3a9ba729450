#include "reeve/mlflow/locations.h"

#include <gtest/gtest.h>

#include "reeve/base/file_system.h"

namespace reeve::mlflow {
namespace {

TEST(LocationsTest, PartsAreAddedBeforeTheQuery) {
  EXPECT_EQ(AppendToUri("mlflow-artifacts:/", "7"), "mlflow-artifacts:/7");
  EXPECT_EQ(AppendToUri("s3://b/a?x=1", "/7/artifacts"), "s3://b/a/7/artifacts?x=1");
  EXPECT_EQ(AppendToUri("/tmp/a", "b"), "/tmp/a/b");
}

TEST(LocationsTest, LocalPathsBecomeAbsolute) {
  EXPECT_EQ(*ResolveLocation("", "l"), "");
  EXPECT_EQ(*ResolveLocation("s3://b/a", "l"), "s3://b/a");
  EXPECT_EQ(*ResolveLocation("/tmp/a", "l"), "/tmp/a");
  EXPECT_EQ(*ResolveLocation("a/b", "l"), AbsolutePath("a/b"));
  EXPECT_EQ(*ResolveLocation("file:a/b", "l"), "file://" + AbsolutePath("a/b"));
  EXPECT_EQ(*ResolveLocation("file:///a/b", "l"), "file:///a/b");
}

TEST(LocationsTest, TricksAreRefused) {
  for (const char* location :
       {"runs:/abc/model", "s3://b/a#x", "s3://b/a?x=../y", "s3://b/a?x=%252e%252e/y", "s3://b;p"})
    EXPECT_EQ(ResolveLocation(location, "l").status().code(), StatusCode::kInvalidArgument)
        << location;
  EXPECT_FALSE(ResolveLocation("s3://" + std::string(2050, 'x'), "l").ok());
}

}  // namespace
}  // namespace reeve::mlflow
