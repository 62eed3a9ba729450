#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/features/pipeline.h"
#include "reeve/inference/linear.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

// Gives a model its scorers. REQUIRES: the parts fit each other.
inline void Assemble(ServedModel& model, contract::Contract contract,
                     features::FittedPipeline pipeline, inference::Linear linear,
                     inference::Decision decision) {
  model.scorer = std::make_unique<inference::Scorer>(
      inference::Scorer::Make(std::move(contract), std::move(pipeline),
                              inference::LinearModel::Make(std::move(linear)).value(), decision)
          .value());
  model.row_scorer =
      std::make_unique<inference::RowScorer>(inference::RowScorer::Make(*model.scorer).value());
  model.fields = std::make_unique<FieldIndex>(model.contract());
}

// A small model put together by hand: age (integer, required), income (real), city (category).
inline std::shared_ptr<const ServedModel> MakeTestModel(const std::string& version = "3",
                                                        std::vector<std::string> classes = {
                                                            "no", "yes"}) {
  contract::TypedTable typed;
  typed.table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, 50}));
  typed.table.Add(
      Column::Numbers("income", ColumnType::kReal, {1000.5, kMissingNumber, 3000, 4000}));
  typed.table.Add(
      Column::Codes("city", ColumnType::kCategory, {0, 1, 0, kMissingCode}, {"York", "Ely"}));
  typed.typing = {{ColumnType::kInteger, {}}, {ColumnType::kReal, {}}, {ColumnType::kCategory, {}}};
  const std::vector<std::string> features = {"age", "income", "city"};
  contract::Contract contract = contract::MakeContract(typed, features);
  contract.target = "bought";
  contract.classes = std::move(classes);
  if (contract.classes.size() == 2) contract.positive = contract.classes[1];
  auto pipeline = features::Pipeline::Fit(typed.table, AllRows(4), features,
                                          features::PipelineOptions::ForLinear())
                      .value();
  const std::size_t width = pipeline.outputs().size();
  const std::size_t rows = contract.classes.size() == 2 ? 1 : contract.classes.size();
  inference::Linear linear{.features = static_cast<std::int64_t>(width),
                           .classes = static_cast<int>(contract.classes.size())};
  for (std::size_t i = 0; i < rows * width; ++i)
    linear.weights.push_back(0.5 - 0.25 * static_cast<double>(i % 7));
  linear.intercepts.assign(rows, 0.125);
  linear.means.assign(width, 0.5);
  linear.deviations.assign(width, 1);
  inference::Decision decision;
  if (rows == 1) decision.threshold = 0.5;

  auto served = std::make_shared<ServedModel>();
  served->name = "shop";
  served->version = version;
  served->alias = "champion";
  served->run_id = "0123456789abcdef0123456789abcdef";
  served->profile = contract::MakeProfile(typed.table);
  served->scores = R"({"test":{"auc":0.875}})";
  served->lineage = R"({"learner":"logistic"})";
  Assemble(*served, std::move(contract), std::move(pipeline), std::move(linear), decision);
  return served;
}

// Models that a test puts there.
class TestDirectory final : public ModelDirectory {
 public:
  explicit TestDirectory(std::vector<std::shared_ptr<const ServedModel>> models)
      : models_(std::move(models)) {}

  std::shared_ptr<const ServedModel> Find(std::string_view name,
                                          std::string_view version) const override {
    for (const auto& model : models_) {
      if ((name.empty() || model->name == name) && (version.empty() || model->version == version))
        return model;
    }
    return nullptr;
  }
  std::vector<std::shared_ptr<const ServedModel>> List() const override { return models_; }
  std::vector<std::string> Versions(std::string_view name) const override {
    std::vector<std::string> versions;
    for (const auto& model : models_) {
      if (model->name == name) versions.push_back(model->version);
    }
    return versions;
  }
  std::vector<std::pair<std::string, std::string>> Problems() const override { return problems; }

  std::vector<std::pair<std::string, std::string>> problems;

 private:
  std::vector<std::shared_ptr<const ServedModel>> models_;
};

// Keeps what it was told, as text.
class TestLog final : public predictions::PredictionLog {
 public:
  void Append(const predictions::ScoredCall& call) override {
    for (const std::int32_t predicted : call.predicted) rows += predicted >= 0 ? 1 : 0;
    for (const std::string_view key : call.keys) keys.emplace_back(key);
    request_id = call.request_id;
  }
  void AppendLabel(const predictions::Label& label) override {
    labels.push_back(std::string(label.request_id) + "|" + std::string(label.key) + "|" +
                     std::to_string(label.row) + "|" + std::string(label.label));
  }
  Status Flush() override { return Status::Ok(); }
  predictions::PredictionLogStats stats() const override { return log_stats; }

  std::int64_t rows = 0;
  std::string request_id;
  std::vector<std::string> keys, labels;
  predictions::PredictionLogStats log_stats;
};

}  // namespace reeve::server
