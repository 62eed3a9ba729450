#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/file_system.h"
#include "reeve/bundle/bundle.h"
#include "reeve/capi/reeve.h"
#include "reeve/inference/linear.h"

namespace reeve::capi {

/// A small model put together by hand, with a feature of every kind: age (integer, required),
/// income (real), city (category), member (boolean, required), since (datetime, required).
/// Classes: no, yes, or, of three, high, low, middle.
inline bundle::Bundle MakeTestBundle(int classes = 2) {
  contract::TypedTable typed;
  typed.table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, 50}));
  typed.table.Add(Column::Numbers("income", ColumnType::kReal, {1.5, kMissingNumber, 3.25, 4}));
  typed.table.Add(
      Column::Codes("city", ColumnType::kCategory, {0, 1, 0, kMissingCode}, {"York", "Ely"}));
  typed.table.Add(Column::Numbers("member", ColumnType::kBoolean, {0, 1, 1, 0}));
  typed.table.Add(Column::Numbers("since", ColumnType::kDatetime, {0, 86'400, 172'800, 1e9}));
  for (const Column& column : typed.table.columns()) typed.typing.push_back({column.type()});
  const std::vector<std::string> names = typed.table.Names();
  bundle::Bundle made{.contract = contract::MakeContract(typed, names),
                      .profile = contract::MakeProfile(typed.table),
                      .pipeline = features::Pipeline::Fit(typed.table, AllRows(4), names,
                                                          features::PipelineOptions::ForLinear())
                                      .value(),
                      .model = nullptr,
                      .decision = {},
                      .scores = "{}",
                      .lineage = "{}",
                      .native_bytes = ""};
  made.contract.target = "answer";
  made.contract.classes = {"no", "yes"};
  made.contract.positive = "yes";
  if (classes == 2) {
    made.decision.threshold = 0.4;
    made.decision.calibration = {
        .kind = inference::CalibrationKind::kPlatt, .slope = 1.25, .intercept = 0.125};
  } else {
    made.decision.calibration = {.kind = inference::CalibrationKind::kTemperature,
                                 .temperature = 1.5};
    made.contract.classes = {"high", "low", "middle"};
    made.contract.positive = "";
  }
  const std::size_t outputs = made.pipeline.outputs().size();
  inference::Linear linear{.features = static_cast<std::int64_t>(outputs), .classes = classes};
  const std::size_t rows = classes == 2 ? 1 : static_cast<std::size_t>(classes);
  for (std::size_t i = 0; i < rows * outputs; ++i) {
    linear.weights.push_back(0.25 * static_cast<double>(i % 5) - 0.4);
  }
  linear.intercepts.assign(rows, -0.25);
  made.model = inference::LinearModel::Make(std::move(linear)).value();
  return made;
}

/// The scorer of that model, to compare with.
inline inference::Scorer MakeTestScorer(int classes = 2) {
  return bundle::IntoScorer(MakeTestBundle(classes)).value();
}

/// That model written to `folder` and opened through the C interface.
class TestModel {
 public:
  explicit TestModel(const std::string& folder, int classes = 2) {
    EXPECT_TRUE(bundle::Write(FileSystem::System(), MakeTestBundle(classes), {}, folder).ok());
    reeve_error* error = nullptr;
    EXPECT_EQ(reeve_model_open(folder.c_str(), &model_, &error), REEVE_OK)
        << reeve_error_message(error);
    reeve_error_free(error);
  }
  ~TestModel() { reeve_model_free(model_); }
  TestModel(const TestModel&) = delete;
  TestModel& operator=(const TestModel&) = delete;

  reeve_model* get() const { return model_; }

 private:
  reeve_model* model_ = nullptr;
};

}  // namespace reeve::capi
