#include "reeve/server/tracking_api/artifact_places.h"

#include <gtest/gtest.h>

#include "reeve/server/artifacts/artifact_bucket.h"
#include "reeve/server/artifacts/artifact_folder.h"

namespace reeve::server {
namespace {

const ArtifactPlaces& Places() {
  static const ArtifactPlaces places(std::make_shared<ArtifactFolder>("/srv/artifacts"),
                                     {"/srv/artifacts", "/srv/mlruns"});
  return places;
}

std::string NameOf(const ArtifactPlaces& places, const std::string& location) {
  const auto found = places.Find(location);
  return found.ok() ? (*found)->name() : found.status().message();
}

TEST(ArtifactPlacesTest, WhatLiesBehindTheProxyIsBelowItsFolder) {
  EXPECT_EQ(NameOf(Places(), "mlflow-artifacts:/1/abc/artifacts"),
            "/srv/artifacts/1/abc/artifacts");
  EXPECT_EQ(NameOf(Places(), "mlflow-artifacts://host:5000/1"), "/srv/artifacts/1");
  EXPECT_EQ(NameOf(Places(), "https://h/api/2.0/mlflow-artifacts/artifacts/1/a"),
            "/srv/artifacts/1/a");
  EXPECT_EQ(NameOf(Places(), "mlflow-artifacts:/"), "/srv/artifacts");
}

TEST(ArtifactPlacesTest, LocalFoldersCountBelowOurs) {
  EXPECT_EQ(NameOf(Places(), "file:///srv/mlruns/0/a"), "/srv/mlruns/0/a");
  EXPECT_EQ(NameOf(Places(), "/srv/mlruns"), "/srv/mlruns");
}

TEST(ArtifactPlacesTest, ABucketMayBeBehindTheProxyAndFoldersBeside) {
  const ArtifactPlaces places(std::make_shared<ArtifactBucket>(nullptr, "s3://b/p", "p"),
                              {"/srv/mlruns"});
  EXPECT_EQ(NameOf(places, "mlflow-artifacts:/1/a"), "s3://b/p/1/a");
  EXPECT_EQ(NameOf(places, "mlflow-artifacts:/"), "s3://b/p");
  EXPECT_EQ(NameOf(places, "s3://b/p/1/a"), "s3://b/p/1/a");
  EXPECT_EQ(NameOf(places, "/srv/mlruns/0"), "/srv/mlruns/0");
  for (const char* location :
       {"s3://b/p2", "s3://b/x", "s3://b", "s3://b/p/../x", "s3://c/p", "/p"})
    EXPECT_FALSE(places.Find(location).ok()) << location;
}

TEST(ArtifactPlacesTest, NothingElseIsReadThroughTheServer) {
  for (const char* location :
       {"/etc", "file:///etc", "/srv/mlruns2/a", "/srv", "s3://b/a", "mlflow-artifacts:/../x",
        "mlflow-artifacts:/%2e%2e/x", "file:///srv/mlruns/../../etc", "http://h/x", ""})
    EXPECT_EQ(Places().Find(location).status().code(), StatusCode::kInvalidArgument) << location;
}

}  // namespace
}  // namespace reeve::server
