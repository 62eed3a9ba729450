#include "reeve/server/tracking_api/artifact_places.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

const ArtifactPlaces& Places() {
  static const ArtifactPlaces places("/srv/artifacts/", {"/srv/mlruns"});
  return places;
}

TEST(ArtifactPlacesTest, WhatLiesBehindTheProxyIsBelowItsFolder) {
  EXPECT_EQ(*Places().FolderOf("mlflow-artifacts:/1/abc/artifacts"),
            "/srv/artifacts/1/abc/artifacts");
  EXPECT_EQ(*Places().FolderOf("mlflow-artifacts://host:5000/1"), "/srv/artifacts/1");
  EXPECT_EQ(*Places().FolderOf("https://h/api/2.0/mlflow-artifacts/artifacts/1/a"),
            "/srv/artifacts/1/a");
  EXPECT_EQ(*Places().FolderOf("mlflow-artifacts:/"), "/srv/artifacts");
}

TEST(ArtifactPlacesTest, LocalFoldersCountBelowOurs) {
  EXPECT_EQ(*Places().FolderOf("file:///srv/mlruns/0/a"), "/srv/mlruns/0/a");
  EXPECT_EQ(*Places().FolderOf("/srv/mlruns"), "/srv/mlruns");
}

TEST(ArtifactPlacesTest, NothingElseIsReadThroughTheServer) {
  for (const char* location :
       {"/etc", "file:///etc", "/srv/mlruns2/a", "/srv", "s3://b/a", "mlflow-artifacts:/../x",
        "mlflow-artifacts:/%2e%2e/x", "file:///srv/mlruns/../../etc", "http://h/x", ""})
    EXPECT_EQ(Places().FolderOf(location).status().code(), StatusCode::kInvalidArgument)
        << location;
}

}  // namespace
}  // namespace reeve::server
