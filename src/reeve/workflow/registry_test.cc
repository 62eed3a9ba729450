#include "reeve/workflow/registry.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/test_folder.h"

namespace reeve::workflow {
namespace {

// A store with versions of "loans".
class RegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = tracking::Store::Open("sqlite:///" + folder_.Path("mlflow.db"), {});
    ASSERT_TRUE(store.ok()) << store.status().message();
    store_ = std::move(*store);
    for (int i = 0; i < 4; ++i) {
      const auto run = store_->CreateRun({.experiment_id = "0"});
      ASSERT_TRUE(run.ok());
      const auto model = store_->CreateLoggedModel(*run, "model");
      ASSERT_TRUE(model.ok());
      ASSERT_TRUE(
          store_->Publish({.run_id = run->id, .model_id = model->id, .registered_name = "loans"})
              .ok());
    }
  }

  void Point(std::int64_t version) {
    ASSERT_TRUE(store_->SetAlias("loans", "champion", version).ok());
  }
  // The version the alias is moved to, 0 when there is none.
  std::int64_t Back() {
    const Result<RolledBack> back = RollBack(*store_, "loans", "champion");
    return back.ok() ? back->version.version : 0;
  }

  TestFolder folder_;
  std::unique_ptr<tracking::Store> store_;
};

TEST_F(RegistryTest, ARollbackGoesTheWayTheAliasCame) {
  for (const std::int64_t version : {3, 1, 4}) Point(version);
  EXPECT_EQ(Back(), 1);
  EXPECT_EQ(Back(), 3);
  const Result<RolledBack> further = RollBack(*store_, "loans", "champion");
  ASSERT_TRUE(further.ok());
  EXPECT_EQ(further->version.version, 2);
  EXPECT_FALSE(further->is_by_history);
}

TEST_F(RegistryTest, AVersionThatIsGoneIsPassedOver) {
  for (const std::int64_t version : {1, 2, 4}) Point(version);
  ASSERT_TRUE(store_->DeleteVersion("loans", 2).ok());
  EXPECT_EQ(Back(), 1);
  EXPECT_EQ(Back(), 0);
}

TEST_F(RegistryTest, AnAliasThatIsNotThereCannotGoBack) {
  EXPECT_EQ(RollBack(*store_, "loans", "champion").status().code(), StatusCode::kNotFound);
}

TEST_F(RegistryTest, TheHistoryIsToldInWords) {
  Point(2);
  ASSERT_TRUE(store_->SetStage("loans", 2, "Staging").ok());
  const auto events = ReadHistory(*store_, "loans");
  ASSERT_TRUE(events.ok());
  const std::string text = ToText(*events);
  EXPECT_NE(text.find("version 4 made\n"), std::string::npos) << text;
  EXPECT_NE(text.find("champion: – → 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("version 2: stage None → Staging\n"), std::string::npos) << text;
  const Json json = ToJson(events->back());
  EXPECT_EQ(json["version"], "2");
  EXPECT_EQ(json["to"], "Staging");
  EXPECT_EQ(json["alias"], nullptr);
}

}  // namespace
}  // namespace reeve::workflow
