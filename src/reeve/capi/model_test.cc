#include "reeve/capi/model.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/capi/test_bundle.h"

namespace reeve::capi {
namespace {

TEST(ModelTest, DescribesItself) {
  const TestFolder folder;
  const TestModel model(folder.Path("model"));
  const reeve_description* const described = reeve_model_describe(model.get());
  ASSERT_NE(described, nullptr);
  EXPECT_EQ(described->format_version, 1);
  ASSERT_EQ(described->class_count, 2);
  EXPECT_STREQ(described->classes[0], "no");
  EXPECT_STREQ(described->classes[1], "yes");
  EXPECT_STREQ(described->target, "answer");
  EXPECT_EQ(described->threshold, 0.4);
  EXPECT_THAT(described->contract, testing::HasSubstr("\"York\""));
  ASSERT_EQ(described->feature_count, 5);
  const reeve_feature& age = *described->features[0];
  EXPECT_STREQ(age.name, "age");
  EXPECT_STREQ(age.type, "integer");
  EXPECT_EQ(age.required, 1);
  EXPECT_EQ(age.minimum, 20);
  EXPECT_EQ(age.maximum, 50);
  EXPECT_EQ(age.category_count, 0);
  EXPECT_EQ(age.categories, nullptr);
  const reeve_feature& city = *described->features[2];
  EXPECT_STREQ(city.type, "category");
  EXPECT_EQ(city.required, 0);
  EXPECT_TRUE(std::isnan(city.minimum) && std::isnan(city.maximum));
  ASSERT_EQ(city.category_count, 2);
  EXPECT_STREQ(city.categories[0], "York");
  EXPECT_STREQ(city.categories[1], "Ely");
}

TEST(ModelTest, HasNoThresholdForThreeClasses) {
  const TestFolder folder;
  const TestModel model(folder.Path("model"), 3);
  EXPECT_EQ(reeve_model_describe(model.get())->class_count, 3);
  EXPECT_TRUE(std::isnan(reeve_model_describe(model.get())->threshold));
}

TEST(ModelTest, SaysWhyAFolderCannotBeOpened) {
  const TestFolder folder;
  reeve_model* model = nullptr;
  reeve_error* error = nullptr;
  EXPECT_EQ(reeve_model_open(folder.Path("none").c_str(), &model, &error), REEVE_NOT_FOUND);
  EXPECT_EQ(reeve_error_code(error), REEVE_NOT_FOUND);
  EXPECT_THAT(reeve_error_message(error), testing::HasSubstr("no such folder"));
  reeve_error_free(error);
  EXPECT_EQ(model, nullptr);

  { const TestModel whole(folder.Path("model")); }
  std::ofstream(folder.Path("model/model.reeve"), std::ios::app) << "x";
  EXPECT_EQ(reeve_model_open(folder.Path("model").c_str(), &model, &error), REEVE_CORRUPT);
  EXPECT_THAT(reeve_error_message(error), testing::HasSubstr("checksum"));
  EXPECT_THAT(reeve_error_fixes(error), testing::HasSubstr("train anew"));
  reeve_error_free(error);
  // Who does not ask what went wrong still learns that it did.
  EXPECT_EQ(reeve_model_open(folder.Path("model").c_str(), &model, nullptr), REEVE_CORRUPT);
}

TEST(ModelTest, RefusesNullPointers) {
  reeve_model* model = nullptr;
  EXPECT_EQ(reeve_model_open(nullptr, &model, nullptr), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(reeve_model_open("folder", nullptr, nullptr), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(reeve_model_set_threads(nullptr, 1), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(reeve_model_describe(nullptr), nullptr);
  reeve_model_free(nullptr);
  reeve_error_free(nullptr);
  reeve_issues_free(nullptr);
  EXPECT_EQ(reeve_error_code(nullptr), REEVE_INTERNAL);
  EXPECT_STREQ(reeve_error_message(nullptr), "");
  EXPECT_STREQ(reeve_error_fixes(nullptr), "");
  EXPECT_EQ(reeve_issues_count(nullptr), 0);
  EXPECT_EQ(reeve_issues_get(nullptr, 0), nullptr);
}

TEST(ModelTest, ThreadsAreNeverNegative) {
  const TestFolder folder;
  const TestModel model(folder.Path("model"));
  EXPECT_EQ(reeve_model_set_threads(model.get(), -1), REEVE_INVALID_ARGUMENT);
  EXPECT_EQ(reeve_model_set_threads(model.get(), 0), REEVE_OK);
  EXPECT_GE(model.get()->threads, 1);
  EXPECT_EQ(reeve_model_set_threads(model.get(), 2), REEVE_OK);
  EXPECT_EQ(model.get()->threads, 2);
}

TEST(ModelTest, RefusesNamesThatCWouldCutShort) {
  bundle::Bundle bundle = MakeTestBundle();
  bundle.contract.columns[0].name = std::string("a\0b", 3);
  EXPECT_EQ(Description::Make(bundle.contract, bundle.decision).status().code(),
            StatusCode::kCorrupt);
}

TEST(ModelTest, KnowsItsVersion) {
  EXPECT_EQ(reeve_abi_version(), REEVE_ABI_VERSION);
  EXPECT_GT(std::strlen(reeve_version()), 0U);
}

}  // namespace
}  // namespace reeve::capi
