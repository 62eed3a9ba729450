#include "reeve/bundle/bundle.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/id.h"
#include "reeve/inference/linear.h"

namespace reeve::bundle {
namespace {

namespace fs = std::filesystem;

// A small model of two columns, put together by hand.
Bundle MakeBundle() {
  contract::TypedTable typed;
  typed.table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, 50}));
  typed.table.Add(
      Column::Codes("city", ColumnType::kCategory, {0, 1, 0, kMissingCode}, {"York", "Ely"}));
  typed.typing = {{ColumnType::kInteger, {}}, {ColumnType::kCategory, {}}};
  Bundle bundle{.contract = contract::MakeContract(typed, {"age", "city"}),
                .profile = contract::MakeProfile(typed.table),
                .pipeline = features::Pipeline::Fit(typed.table, AllRows(4), {"age", "city"},
                                                    features::PipelineOptions::ForLinear())
                                .value(),
                .model = nullptr,
                .decision = {.threshold = 0.4, .odds = {}},
                .scores = "{\"test\":null}",
                .lineage = "{\"rows\":4}",
                .native_bytes = ""};
  bundle.contract.target = "y";
  bundle.contract.classes = {"no", "yes"};
  bundle.contract.positive = "yes";
  inference::Linear linear{.features = static_cast<std::int64_t>(bundle.pipeline.outputs().size()),
                           .classes = 2};
  linear.weights.assign(bundle.pipeline.outputs().size(), 0.5);
  linear.intercepts = {-0.25};
  bundle.model = inference::LinearModel::Make(std::move(linear)).value();
  return bundle;
}

class BundleTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("reeve-bundle-" + NewId());
    fs::create_directories(root_);
    folder_ = (root_ / "model").string();
  }
  void TearDown() override { fs::remove_all(root_); }

  Status WriteIt() {
    return Write(FileSystem::System(), MakeBundle(), {.created_ms = 1'700'000'000'000}, folder_);
  }
  void Overwrite(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
  }
  Table Rows() const {
    Table table;
    table.Add(Column::Numbers("age", ColumnType::kInteger, {33, 61}));
    table.Add(Column::Codes("city", ColumnType::kCategory, {0, 1}, {"Ely", "Oslo"}));
    return table;
  }

  fs::path root_;
  std::string folder_;
};

TEST_F(BundleTest, ScoresTheSameAfterReading) {
  ASSERT_TRUE(WriteIt().ok());
  auto read = Read(FileSystem::System(), folder_);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->scores, "{\"test\":null}");
  const auto before = IntoScorer(MakeBundle())->Score(Rows(), 0, 1);
  const auto after = IntoScorer(std::move(*read))->Score(Rows(), 0, 1);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(before->probabilities.values, after->probabilities.values);
  EXPECT_EQ(before->predicted, after->predicted);
  EXPECT_EQ(after->unseen.at("city").at("Oslo"), 1);
}

TEST_F(BundleTest, IsNeverWrittenOverAnother) {
  ASSERT_TRUE(WriteIt().ok());
  EXPECT_EQ(WriteIt().code(), StatusCode::kAlreadyExists);
}

TEST_F(BundleTest, LeavesNothingWhenItCannotBeWritten) {
  std::ofstream(root_ / "file") << "x";
  folder_ = (root_ / "file" / "model").string();
  EXPECT_FALSE(WriteIt().ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), fs::directory_iterator()), 1);
}

TEST_F(BundleTest, RefusesEveryEditedFile) {
  ASSERT_TRUE(WriteIt().ok());
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (name == "MLmodel") continue;
    const std::string original = FileSystem::System().Read(entry.path().string(), 1 << 20).value();
    std::string edited = original;
    edited[edited.size() / 2] = static_cast<char>(edited[edited.size() / 2] ^ 1);
    Overwrite(name, edited);
    EXPECT_EQ(Read(FileSystem::System(), folder_).status().code(), StatusCode::kCorrupt) << name;
    Overwrite(name, original.substr(0, original.size() / 2));
    const Status cut = Read(FileSystem::System(), folder_).status();
    EXPECT_EQ(cut.code(), StatusCode::kCorrupt) << name;
    EXPECT_THAT(cut.message(), testing::HasSubstr("bundle"));
    fs::remove(entry.path());
    EXPECT_FALSE(Read(FileSystem::System(), folder_).ok()) << name;
    Overwrite(name, original);
  }
  EXPECT_TRUE(Read(FileSystem::System(), folder_).ok());
}

TEST_F(BundleTest, SaysWhatAForeignFolderIs) {
  EXPECT_EQ(Read(FileSystem::System(), folder_).status().code(), StatusCode::kNotFound);
  fs::create_directories(folder_);
  EXPECT_THAT(Read(FileSystem::System(), folder_).status().message(),
              testing::HasSubstr("not a bundle of Reeve"));
  Overwrite("MLmodel", "flavors: {sklearn: {}}\n");
  EXPECT_THAT(Read(FileSystem::System(), folder_).status().message(),
              testing::HasSubstr("MLflow model"));
}

TEST_F(BundleTest, MlmodelTellsMlflowWhatItWantsToKnow) {
  const Bundle bundle = MakeBundle();
  const std::string text =
      MlmodelText(bundle.contract, {"m-1", "run1", "file:///a b", 1'700'000'000'123}, true, 42);
  EXPECT_THAT(text, testing::HasSubstr("model_id: m-1\n"));
  EXPECT_THAT(text, testing::HasSubstr("artifact_path: \"file:///a b\"\n"));
  EXPECT_THAT(text, testing::HasSubstr("python_function:\n    loader_module: reeve.mlflow\n"));
  EXPECT_THAT(text, testing::HasSubstr("xgboost_model: model.ubj"));
  EXPECT_THAT(text, testing::HasSubstr("utc_time_created: '2023-11-14 22:13:20.123000'"));
  EXPECT_THAT(text,
              testing::HasSubstr(R"({\"type\":\"long\",\"name\":\"age\",\"required\":true})"));
  EXPECT_THAT(
      text, testing::HasSubstr(R"({\"type\":\"long\",\"name\":\"prediction\",\"required\":true})"));
}

TEST_F(BundleTest, MlmodelOfMoreThanTwoClassesAnswersWithNames) {
  Bundle bundle = MakeBundle();
  bundle.contract.classes = {"a", "b", "c"};
  const std::string text = MlmodelText(bundle.contract, {}, false, 42);
  EXPECT_THAT(text, testing::HasSubstr(R"(\"type\":\"string\",\"name\":\"prediction\")"));
  EXPECT_THAT(text, testing::HasSubstr(R"(\"name\":\"probabilities\")"));
}

}  // namespace
}  // namespace reeve::bundle
