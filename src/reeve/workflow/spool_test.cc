#include "reeve/workflow/spool.h"

#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/base/test_folder.h"

namespace reeve::workflow {
namespace {

TEST(SpoolTest, EachServerHasItsOwnWhoeverAsks) {
  const std::string plain = SpoolOf("/s", {.tracking = "http://mlflow.internal:5000"}).folder;
  EXPECT_TRUE(plain.starts_with("/s/mlflow.internal_5000-")) << plain;
  EXPECT_EQ(SpoolOf("/s", {.tracking = "http://ada:hunter2@mlflow.internal:5000/"}).folder, plain);
  EXPECT_NE(SpoolOf("/s", {.tracking = "http://mlflow.internal:5001"}).folder, plain);
  EXPECT_NE(SpoolOf("/s", {.tracking = "https://mlflow.internal:5000"}).folder, plain);
  EXPECT_TRUE(SpoolOf("/s", {.tracking = "http://h/../../x"}).folder.starts_with("/s/h_.._.._x-"));
}

TEST(SpoolTest, APairOfStoresHasItsOwn) {
  const tracking::StoreUris plain{.tracking = "http://a:1"};
  const tracking::StoreUris pair{.tracking = "http://a:1", .registry = "http://ada:hunter2@b:2"};
  EXPECT_NE(SpoolOf("/s", pair).folder, SpoolOf("/s", plain).folder);
  EXPECT_EQ(SpoolOf("/s", pair).folder.find("hunter2"), std::string::npos);
  EXPECT_EQ(SpoolOf("/s", {.tracking = "http://a:1", .registry = "http://a:1/"}).folder,
            SpoolOf("/s", plain).folder);
}

TEST(SpoolTest, NothingWaitsWhereNothingWasKept) {
  const TestFolder folder;
  const auto sent =
      SyncSpool({.stores = {.tracking = "http://127.0.0.1:1"}, .spool = folder.Path("spool")});
  ASSERT_TRUE(sent.ok()) << sent.status().message();
  EXPECT_FALSE(sent->has_value());
  EXPECT_FALSE(FileSystem::System().Exists(folder.Path("spool")));
}

TEST(SpoolTest, OneProcessAtATime) {
  const TestFolder folder;
  const Spool spool = SpoolOf(folder.Path("spool"), {.tracking = "http://h"});
  auto first = SpoolLock::Take(spool, SpoolLock::WhenTaken::kWait);
  ASSERT_TRUE(first.ok()) << first.status().message();
  EXPECT_EQ(SpoolLock::Take(spool, SpoolLock::WhenTaken::kFail).status().code(),
            StatusCode::kUnavailable);
  first->reset();
  EXPECT_TRUE(SpoolLock::Take(spool, SpoolLock::WhenTaken::kFail).ok());
}

TEST(SpoolTest, WhatCannotBeSentWaitsOn) {
  const TestFolder folder;
  const Spool spool = SpoolOf(folder.Path("spool"), {.tracking = "http://127.0.0.1:1"});
  {
    const auto store = *tracking::Store::Open(spool.uri, {});
    const auto run = store->CreateRun({.experiment_id = "0"});
    ASSERT_TRUE(run.ok());
    ASSERT_TRUE(store->EndRun(run->id, tracking::RunStatus::kFinished).ok());
  }
  const auto sent =
      SyncSpool({.stores = {.tracking = "http://127.0.0.1:1"}, .spool = folder.Path("spool")});
  EXPECT_EQ(sent.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ((*tracking::Store::Open(spool.uri, {}))->ListRuns("", 9)->size(), 1u);
}

}  // namespace
}  // namespace reeve::workflow
