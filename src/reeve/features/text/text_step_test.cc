#include "reeve/features/text/text_step.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/features/table_inputs.h"

namespace reeve::features {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kRows = 240;

std::vector<std::int32_t> Labels(int classes) {
  std::vector<std::int32_t> labels;
  for (std::int64_t row = 0; row < kRows; ++row)
    labels.push_back(static_cast<std::int32_t>(row % classes));
  return labels;
}

// Texts that tell the class, some of them missing; as a list when `is_list`.
Table TextTable(int classes, bool is_list, std::uint64_t seed) {
  Random random(seed);
  Column texts = Column::Texts("note", is_list ? ColumnType::kList : ColumnType::kText);
  for (std::int64_t row = 0; row < kRows; ++row) {
    std::vector<std::string> words = {"sign" + std::to_string(row % classes)};
    while (random.Uniform() < 0.7) words.push_back("é" + std::to_string(random.Below(40)));
    std::string text;
    for (const std::string& word : words)
      text += is_list ? (text.empty() ? "[\"" : ",\"") + word + "\"" : word + " ";
    if (is_list) text += "]";
    texts.AppendText(random.Uniform() < 0.1 ? "" : text);
  }
  Table table;
  table.Add(std::move(texts));
  return table;
}

TextStep::Fitted Fit(const Table& table, int classes, const PipelineOptions& options) {
  const std::vector<std::int32_t> labels = Labels(classes);
  return TextStep::Fit(table.column(0), AllRows(kRows), options,
                       {.labels = labels, .classes = classes});
}

std::vector<std::string> NamesOf(const Step& step) {
  std::vector<std::string> names;
  for (const MatrixColumn& output : step.Outputs()) names.push_back(output.name);
  return names;
}

// Output k of row i at [k * rows + i].
std::vector<float> Applied(const Step& step, const Table& table) {
  std::vector<float> values(step.Outputs().size() * static_cast<std::size_t>(table.rows()));
  auto inputs = TableInputs::Make(step, ColumnIndex(table));
  const auto rows = AllRows(table.rows());
  step.Apply(inputs->Gather(rows), rows.size(), {.first = values.data(), .stride = rows.size()});
  return values;
}

TEST(TextStepTest, ScoresAndCounts) {
  const auto names = [](int classes, bool is_list) {
    const Table table = TextTable(classes, is_list, 1);
    return NamesOf(*Fit(table, classes, PipelineOptions::ForTrees()).step);
  };
  EXPECT_THAT(names(2, false), ElementsAre("note (score)", "note (words)"));
  EXPECT_THAT(names(3, true),
              ElementsAre("note (score of class 0)", "note (score of class 1)",
                          "note (score of class 2)", "note (words)", "note (elements)"));
}

TEST(TextStepTest, WithoutLabelsOnlyCounts) {
  const Table table = TextTable(2, false, 1);
  const auto fitted =
      TextStep::Fit(table.column(0), AllRows(kRows), PipelineOptions::ForTrees(), {});
  EXPECT_THAT(NamesOf(*fitted.step), ElementsAre("note (words)"));
  EXPECT_EQ(fitted.learnt, Applied(*fitted.step, table));
}

TEST(TextStepTest, LearntRowsAreScoredAsTextsThatNobodySaw) {
  const Table table = TextTable(2, false, 1);
  const auto fitted = Fit(table, 2, PipelineOptions::ForTrees());
  const std::vector<float> applied = Applied(*fitted.step, table);
  ASSERT_EQ(fitted.learnt.size(), applied.size());
  EXPECT_NE(fitted.learnt, applied);
  for (std::size_t i = 0; i < applied.size(); ++i) EXPECT_NEAR(fitted.learnt[i], applied[i], 0.7);
}

TEST(TextStepTest, LinearModelsGetScaledNumbers) {
  const Table table = TextTable(2, false, 1);
  const auto fitted = Fit(table, 2, PipelineOptions::ForLinear());
  for (std::size_t output = 0; output < 2; ++output) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
      const double value = fitted.learnt[output * kRows + i];
      EXPECT_FALSE(std::isnan(value));
      sum += value;
      squares += value * value;
    }
    EXPECT_NEAR(sum / kRows, 0, 1e-6);
    EXPECT_NEAR(squares / kRows, 1, 1e-5);
  }
}

TEST(TextStepTest, GivesNothingWithoutTexts) {
  Column texts = Column::Texts("note");
  for (std::int64_t row = 0; row < kRows; ++row) texts.AppendText("");
  Table table;
  table.Add(std::move(texts));
  EXPECT_EQ(Fit(table, 2, PipelineOptions::ForTrees()).step.get(), nullptr);
}

TEST(TextStepTest, OneRowIsScoredAsManyAre) {
  const Table table = TextTable(3, true, 1), fresh = TextTable(3, true, 2);
  const auto fitted = Fit(table, 3, PipelineOptions::ForLinear());
  const std::vector<float> all = Applied(*fitted.step, fresh);
  for (std::int64_t row = 0; row < kRows; ++row) {
    const std::string_view text = fresh.column(0).text(row);
    const StepValues values = {.texts = {&text, 1}};
    std::vector<float> one(fitted.step->Outputs().size());
    fitted.step->Apply({&values, 1}, 1, {.first = one.data(), .stride = 1});
    for (std::size_t k = 0; k < one.size(); ++k)
      EXPECT_EQ(one[k], all[k * kRows + static_cast<std::size_t>(row)]);
  }
}

TEST(TextStepTest, ReadsBackEqual) {
  for (const bool is_list : {false, true}) {
    const Table table = TextTable(3, is_list, 1), fresh = TextTable(3, is_list, 2);
    const auto fitted = Fit(table, 3, PipelineOptions::ForLinear());
    const auto read = StepFromJson(ParseJson(DumpJson(fitted.step->ToJson())).value());
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ((*read)->ToJson(), fitted.step->ToJson());
    EXPECT_EQ(Applied(**read, fresh), Applied(*fitted.step, fresh));
  }
}

TEST(TextStepTest, RefusesDamagedJson) {
  const Table table = TextTable(2, false, 1);
  const Json good = Fit(table, 2, PipelineOptions::ForTrees()).step->ToJson();
  ASSERT_TRUE(StepFromJson(good).ok());
  const auto expect_refused = [&](const auto& damage) {
    Json damaged = good;
    damage(damaged);
    EXPECT_EQ(StepFromJson(damaged).status().code(), StatusCode::kCorrupt) << DumpJson(damaged);
  };
  expect_refused([](Json& json) { json.erase("column"); });
  expect_refused([](Json& json) { json["is_list"] = 1; });
  expect_refused([](Json& json) { json["outputs"] = Json::array(); });
  expect_refused([](Json& json) { json["outputs"].erase(0); });
  expect_refused([](Json& json) { json["outputs"][1]["measure"] = "score"; });
  expect_refused([](Json& json) { json["outputs"][0]["measure"] = "words"; });
  expect_refused([](Json& json) { json["outputs"][0]["measure"] = "magic"; });
  expect_refused([](Json& json) { json["outputs"][0]["scale"] = 0; });
  expect_refused([](Json& json) { json.erase("scores"); });
  expect_refused([](Json& json) { json["scores"] = Json::object(); });
}

}  // namespace
}  // namespace reeve::features
