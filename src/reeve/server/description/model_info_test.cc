#include "reeve/server/description/model_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/server/description/test_small_models.h"

namespace reeve::server {
namespace {

TEST(ModelInfoTest, SaysWhatIsServed) {
  const Json info = ModelInfo(*MakeSmallModel());
  EXPECT_EQ(info["name"], "loans");
  EXPECT_EQ(info["version"], "3");
  EXPECT_EQ(info["classes"], Json({"Rejected", "Approved"}));
  EXPECT_EQ(info["positive"], "Approved");
  EXPECT_EQ(info["threshold"], 0.4);
  EXPECT_EQ(info["learner"], "logistic");
  EXPECT_EQ(info["trained_at"], "2026-03-13T10:30:00Z");
  EXPECT_EQ(info["loaded_at"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(info["test"]["auc"], 0.9983);
  EXPECT_EQ(info["lineage"]["data"]["rows"], 40);
}

TEST(ModelInfoTest, NamesEachFieldWithTypeAndRange) {
  const Json features = ModelInfo(*MakeSmallModel())["features"];
  ASSERT_EQ(features.size(), 5u);
  EXPECT_EQ(features[0], Json::parse(R"({"name":"score","type":"integer","required":true,
                                         "minimum":300.0,"maximum":885.0})"));
  EXPECT_EQ(features[1]["required"], false);
  EXPECT_EQ(features[2]["categories"], Json({"Graduate", "Not Graduate"}));
}

TEST(ModelInfoTest, WhatABundleDoesNotHoldIsNull) {
  const auto model = MakeSmallModel({.classes = {"a", "b", "c"}});
  model->alias = "";
  model->lineage = "{}";
  model->scores = "not even JSON";
  const Json info = ModelInfo(*model);
  for (const char* const member :
       {"alias", "positive", "threshold", "learner", "params", "trained_at", "test"})
    EXPECT_TRUE(info.at(member).is_null()) << member;
  EXPECT_EQ(ModelScores(*model), Json::parse(R"({"name":"loans","version":"3"})"));
}

TEST(ModelInfoTest, ManyCategoriesAreCountedNotListed) {
  std::vector<std::string> towns;
  for (int i = 0; i < 300; ++i) towns.push_back("town " + std::to_string(i));
  const auto model = MakeSmallModel({.more_categories = towns});
  const Json feature = ModelInfo(*model)["features"][2];
  EXPECT_EQ(feature["category_count"], 302);
  EXPECT_EQ(feature["categories"].size(), 50u);
  EXPECT_EQ(ModelContract(*model)["columns"][2]["categories"].size(), 302u);
}

TEST(ModelInfoTest, ScoresAreThoseOfTheTraining) {
  const Json scores = ModelScores(*MakeSmallModel());
  EXPECT_EQ(scores["version"], "3");
  EXPECT_EQ(scores["test"]["auc"], 0.9983);
}

TEST(ModelInfoTest, ListsEveryModel) {
  const TestDirectory models({MakeSmallModel(), MakeSmallModel({.name = "cars"})});
  const Json list = ModelList(models);
  ASSERT_EQ(list["models"].size(), 2u);
  EXPECT_EQ(list["models"][1]["name"], "cars");
  EXPECT_EQ(list["models"][1]["versions"], Json({"3"}));
}

}  // namespace
}  // namespace reeve::server
