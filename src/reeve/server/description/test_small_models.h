#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/inference/linear.h"
#include "reeve/server/scoring/scoring.h"
#include "reeve/server/scoring/served_model.h"
#include "reeve/server/scoring/test_model.h"

namespace reeve::server {

/// A small linear model put together by hand for the tests of this folder, so that it is known what
/// moves it.
struct SmallModelOptions {
  std::string name = "loans";
  std::vector<std::string> classes = {"Rejected", "Approved"};
  /// What the column of categories is called, and further categories it has.
  std::string category_column = "education";
  std::vector<std::string> more_categories = {};
  /// Further columns "n0", "n1", … of whole numbers.
  int more_numbers = 0;
  /// False: as an older Reeve wrote it, without what explanations are made of.
  bool has_means = true;
};

inline constexpr int kSmallRows = 40;

/// score (integer), income (real, gaps), the column of categories (Graduate, Not Graduate, …),
/// member (boolean, gaps), since (date, gaps), further numbers.
inline contract::TypedTable SmallTable(const SmallModelOptions& options,
                                       const std::vector<std::string>& categories) {
  contract::TypedTable typed;
  const auto numbers = [&](const std::string& name, ColumnType type, auto&& value) {
    std::vector<double> values;
    for (int row = 0; row < kSmallRows; ++row) values.push_back(value(row));
    typed.table.Add(Column::Numbers(name, type, std::move(values)));
    typed.typing.push_back({.type = type});
  };
  const auto gap = [](int row, double value) { return row % 8 == 3 ? kMissingNumber : value; };
  numbers("score", ColumnType::kInteger, [](int row) { return 300.0 + 15 * row; });
  numbers("income", ColumnType::kReal, [&](int row) { return gap(row, 1e5 + 250.5 * row); });
  std::vector<std::int32_t> codes;
  for (int row = 0; row < kSmallRows; ++row)
    codes.push_back(row % 2 == 0 ? 0 : row % static_cast<int>(categories.size()));
  typed.table.Add(Column::Codes(options.category_column, ColumnType::kCategory, codes, categories));
  typed.typing.push_back({.type = ColumnType::kCategory});
  numbers("member", ColumnType::kBoolean, [&](int row) { return gap(row, row % 3 == 0); });
  numbers("since", ColumnType::kDatetime, [&](int row) { return gap(row, 86400.0 * (row / 2)); });
  for (int i = 0; i < options.more_numbers; ++i)
    numbers("n" + std::to_string(i), ColumnType::kInteger, [&](int row) { return row % (i + 2); });
  return typed;
}

inline contract::Contract SmallContract(const contract::TypedTable& typed,
                                        const SmallModelOptions& options,
                                        const std::vector<std::string>& categories) {
  contract::Contract contract = contract::MakeContract(typed, typed.table.Names());
  auto& known = contract.columns[2].categories;
  for (const std::string& category : categories) {
    const bool is_known = std::any_of(known.begin(), known.end(),
                                      [&](const auto& other) { return other.first == category; });
    if (!is_known) known.emplace_back(category, 0);
  }
  contract.target = "loan_status";
  contract.classes = options.classes;
  if (options.classes.size() == 2) contract.positive = options.classes[1];
  return contract;
}

/// Every feature counts a little; the first one, the score, much for the last class.
inline inference::Linear SmallLinear(std::size_t features, std::size_t classes, bool has_means) {
  const std::size_t rows = classes == 2 ? 1 : classes;
  inference::Linear linear{.features = static_cast<std::int64_t>(features),
                           .classes = static_cast<std::int32_t>(classes)};
  linear.weights.assign(rows * features, 0.01);
  linear.weights[(rows - 1) * features] = 2;
  linear.intercepts.assign(rows, 0);
  if (has_means) {
    linear.means.assign(features, 0);
    linear.deviations.assign(features, 1);
  }
  return linear;
}

inline std::shared_ptr<ServedModel> MakeSmallModel(const SmallModelOptions& options = {}) {
  std::vector<std::string> categories = {"Graduate", "Not Graduate"};
  categories.insert(categories.end(), options.more_categories.begin(),
                    options.more_categories.end());
  const contract::TypedTable typed = SmallTable(options, categories);
  auto pipeline = features::Pipeline::Fit(typed.table, AllRows(kSmallRows), typed.table.Names(),
                                          features::PipelineOptions::ForLinear())
                      .value();
  const std::size_t classes = options.classes.size();
  const std::size_t width = pipeline.outputs().size();
  inference::Decision decision;
  if (classes == 2) decision.threshold = 0.4;

  auto model = std::make_shared<ServedModel>();
  model->name = options.name;
  model->version = "3";
  model->alias = "champion";
  model->run_id = "0123456789abcdef0123456789abcdef";
  model->profile = contract::MakeProfile(typed.table);
  model->scores = R"({"format_version":1,"metric":"auc","test":{"auc":0.9983,"accuracy":0.985}})";
  model->lineage = R"({"created":"2026-03-13T10:30:00Z","learner":"logistic","params":{"c":"1"},)"
                   R"("data":{"rows":40}})";
  model->digest = std::string(64, 'a');
  model->loaded_ms = 1'700'000'000'000;
  Assemble(*model, SmallContract(typed, options, categories), std::move(pipeline),
           SmallLinear(width, classes, options.has_means), decision);
  return model;
}

/// A context that serves them.
class SmallService {
 public:
  explicit SmallService(std::vector<std::shared_ptr<const ServedModel>> models)
      : models_(std::move(models)) {
    context_.models = &models_;
  }
  const ScoringContext& context() const { return context_; }

 private:
  TestDirectory models_;
  ScoringContext context_;
};

}  // namespace reeve::server
