#include "reeve/report/picture_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/report/test_report.h"

namespace reeve::report {
namespace {

TEST(PictureDataTest, WhatTwoRunsAreComparedByComesBack) {
  const PictureData data = FullReport("income").pictures;
  const auto parsed = ParseJson(DumpJson(ToJson(data)));
  ASSERT_TRUE(parsed.ok());
  const auto read = PictureDataFromJson(*parsed);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->rows, data.rows);
  EXPECT_EQ(read->base_rate, data.base_rate);
  ASSERT_EQ(read->roc.size(), 1U);
  EXPECT_EQ(read->roc[0].points, data.roc[0].points);
  EXPECT_EQ(read->roc[0].area, data.roc[0].area);
  ASSERT_EQ(read->calibration.size(), 2U);
  EXPECT_EQ(read->calibration[1].rows, 50);
  EXPECT_EQ(read->calibration[1].interval.high, 0.6);
  ASSERT_TRUE(read->distribution.has_value());
  EXPECT_EQ(read->distribution->groups[0].counts, data.distribution->groups[0].counts);
  EXPECT_EQ(read->distribution->threshold, 0.4);
  ASSERT_TRUE(read->importance.has_value());
  EXPECT_EQ(read->importance->bars[0].interval->low, 0.15);
  EXPECT_FALSE(read->importance->bars[1].interval.has_value());
}

TEST(PictureDataTest, EmptyDataAreReadAsEmpty) {
  const auto read = PictureDataFromJson(ToJson(PictureData{}));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->roc.empty());
  EXPECT_FALSE(read->distribution.has_value());
}

// Whatever member is taken away or has another type: an error, no fault.
TEST(PictureDataTest, EveryDamageIsAnError) {
  const Json whole = ToJson(FullReport("income").pictures);
  for (const char* const member : {"format_version", "rows", "roc", "precision_recall",
                                   "calibration", "distribution", "importance"}) {
    Json damaged = whole;
    damaged.erase(member);
    EXPECT_EQ(PictureDataFromJson(damaged).status().code(), StatusCode::kCorrupt) << member;
    damaged = whole;
    damaged[member] = Json{{"surprise", true}};
    EXPECT_EQ(PictureDataFromJson(damaged).status().code(), StatusCode::kCorrupt) << member;
  }
  Json damaged = whole;
  damaged["roc"][0]["x"].push_back(0.5);
  EXPECT_EQ(PictureDataFromJson(damaged).status().code(), StatusCode::kCorrupt);
  damaged = whole;
  damaged["distribution"]["groups"][0]["counts"][0] = -1;
  EXPECT_EQ(PictureDataFromJson(damaged).status().code(), StatusCode::kCorrupt);
  damaged = whole;
  damaged["calibration"][0]["interval"] = Json::array({1});
  EXPECT_EQ(PictureDataFromJson(damaged).status().code(), StatusCode::kCorrupt);
  damaged = whole;
  for (int i = 0; i < 200; ++i) damaged["roc"].push_back(whole["roc"][0]);
  EXPECT_THAT(PictureDataFromJson(damaged).status().message(),
              testing::HasSubstr("roc has 201 entries, expected at most 100"));
  EXPECT_FALSE(PictureDataFromJson(Json(3)).ok());
  EXPECT_FALSE(PictureDataFromJson(Json()).ok());
}

}  // namespace
}  // namespace reeve::report
