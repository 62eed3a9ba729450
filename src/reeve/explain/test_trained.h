#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/explain/explained_model.h"
#include "reeve/features/pipeline.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/linear.h"
#include "reeve/table/table.h"

namespace reeve::explain {

/// A small table: income (large numbers), age, city (a category) and noise, with classes that
/// depend on income and city alone.
inline Table TestTable(std::int64_t rows, std::vector<std::int32_t>* labels = nullptr) {
  Random random(5);
  std::vector<double> income, age, noise;
  std::vector<std::int32_t> city;
  for (std::int64_t row = 0; row < rows; ++row) {
    income.push_back(50'000 + 20'000 * random.Normal());
    age.push_back(random.Uniform() < 0.1 ? kMissingNumber
                                         : static_cast<double>(20 + random.Below(50)));
    noise.push_back(random.Normal());
    city.push_back(static_cast<std::int32_t>(random.Below(3)));
    if (labels == nullptr) continue;
    const double z = (income.back() - 50'000) / 10'000 + (city.back() == 1 ? 2 : 0);
    labels->push_back(random.Uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0);
  }
  Table table;
  table.Add(Column::Numbers("income", ColumnType::kReal, std::move(income)));
  table.Add(Column::Numbers("age", ColumnType::kInteger, std::move(age)));
  table.Add(Column::Codes("city", ColumnType::kCategory, std::move(city), {"Ely", "York", "Bath"}));
  table.Add(Column::Numbers("noise", ColumnType::kReal, std::move(noise)));
  return table;
}

/// A fitted pipeline with a model of given numbers on top.
struct TestModel {
  features::FittedPipeline pipeline;
  std::unique_ptr<inference::Model> model;
  inference::Decision decision = {.threshold = 0.5, .odds = {}};

  ExplainedModel explained() const { return {pipeline, *model, decision}; }
};

inline features::FittedPipeline FitPipeline(const Table& table,
                                            const features::PipelineOptions& options) {
  return std::move(*features::Pipeline::Fit(table, AllRows(table.rows()), table.Names(), options));
}

/// Weights by the name of the matrix column, 0 for others; with the means of the table's columns.
inline TestModel LinearTestModel(
    const Table& table, const std::vector<std::pair<std::string, double>>& weights,
    const features::PipelineOptions& options = features::PipelineOptions::ForLinear()) {
  TestModel test{FitPipeline(table, options), nullptr};
  const Matrix matrix = *test.pipeline.Transform(table, AllRows(table.rows()));
  inference::Linear linear{.features = matrix.cols(), .intercepts = {-0.5}};
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    double weight = 0, sum = 0, squares = 0;
    for (const auto& [name, value] : weights) {
      if (matrix.columns()[static_cast<std::size_t>(j)].name == name) weight = value;
    }
    for (const float value : matrix.column(j)) sum += value;
    const double mean = sum / static_cast<double>(matrix.rows());
    for (const float value : matrix.column(j)) squares += (value - mean) * (value - mean);
    linear.weights.push_back(weight);
    linear.means.push_back(mean);
    linear.deviations.push_back(std::sqrt(squares / static_cast<double>(matrix.rows())));
    linear.standard_errors.push_back(0.1);
  }
  test.model = std::move(*inference::LinearModel::Make(linear));
  return test;
}

/// A forest of stumps over the pipeline for trees: each splits one column at a threshold.
struct TestStump {
  std::int32_t column;
  float threshold;
  /// Leaf values (kLogistic) or shares of class 1 (kMean).
  float left, right;
};

inline TestModel ForestTestModel(const Table& table, inference::Link link,
                                 const std::vector<TestStump>& stumps) {
  TestModel test{FitPipeline(table, features::PipelineOptions::ForTrees()), nullptr};
  inference::Forest forest{.features = static_cast<std::int64_t>(test.pipeline.outputs().size()),
                           .link = link};
  if (link == inference::Link::kLogistic) forest.base_margin = {0.25F};
  for (const TestStump& stump : stumps) {
    inference::Tree tree{.left = {1, -1, -1},
                         .right = {2, -1, -1},
                         .feature = {stump.column, 0, 0},
                         .threshold = {stump.threshold, stump.left, stump.right},
                         .default_left = {1, 0, 0},
                         .category_set = {-1, -1, -1},
                         .cover = {10, 4, 6}};
    if (link == inference::Link::kMean) {
      const auto row = static_cast<std::int32_t>(forest.leaf_vectors.size() / 2);
      tree.leaf_vector = {-1, row, row + 1};
      for (const float share : {stump.left, stump.right}) {
        forest.leaf_vectors.push_back(1 - share);
        forest.leaf_vectors.push_back(share);
      }
    }
    forest.trees.push_back(std::move(tree));
  }
  test.model = std::move(*inference::ForestModel::Make(forest));
  return test;
}

}  // namespace reeve::explain
