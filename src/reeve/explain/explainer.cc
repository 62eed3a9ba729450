#include "reeve/explain/explainer.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "reeve/base/parallel.h"
#include "reeve/features/step.h"

namespace reeve::explain {
namespace {

// Fixed, so that sums over rows do not depend on the threads.
constexpr std::int64_t kBlockRows = 256;
constexpr double kTwoSided95 = 1.959963984540054;

}  // namespace

Result<Explainer> Explainer::Make(const ExplainedModel& model) {
  REEVE_ASSIGN_OR_RETURN(auto attributor, MakeAttributor(model.model));
  return Explainer(model, std::move(attributor));
}

Explainer::Explainer(const ExplainedModel& model, std::unique_ptr<Attributor> attributor)
    : model_(model), attributor_(std::move(attributor)) {
  std::map<std::string, std::size_t> known;
  for (const auto& step : model.pipeline.steps()) {
    const std::vector<features::StepInput> inputs = step->Inputs();
    for (const MatrixColumn& output : step->Outputs()) {
      const std::string& name = inputs.size() == 1 ? inputs[0].column : output.name;
      const auto [it, is_new] = known.emplace(name, fields_.size());
      if (is_new) fields_.push_back(name);
      field_of_.push_back(it->second);
    }
  }
}

// Rows of one class at a time, one after the other in memory.
void Explainer::ExplainBlock(const Matrix& matrix, std::span<const std::int32_t> classes,
                             std::int64_t block, const Visit& visit) const {
  const std::int64_t begin = block * kBlockRows;
  const std::int64_t end = std::min(begin + kBlockRows, matrix.rows());
  std::map<std::int32_t, std::vector<std::int64_t>> rows_of;
  for (std::int64_t row = begin; row < end; ++row) {
    const std::int32_t class_idx = classes[static_cast<std::size_t>(row)];
    if (class_idx >= 0) rows_of[model_.model.classes() == 2 ? 1 : class_idx].push_back(row);
  }
  // Wide matrices in pieces, so that memory does not grow with rows times columns.
  constexpr std::size_t kMostValues = 1 << 16;
  const std::size_t most = std::max<std::size_t>(
      1, kMostValues / std::max<std::size_t>(static_cast<std::size_t>(matrix.cols()), 1));
  for (const auto& [class_idx, rows] : rows_of) {
    for (std::size_t first = 0; first < rows.size(); first += most) {
      const std::size_t count = std::min(most, rows.size() - first);
      ExplainRows(matrix, class_idx, std::span(rows).subspan(first, count), visit);
    }
  }
}

void Explainer::ExplainRows(const Matrix& matrix, int class_idx, std::span<const std::int64_t> rows,
                            const Visit& visit) const {
  const auto width = static_cast<std::size_t>(matrix.cols());
  std::vector<float> values(rows.size() * width);
  for (std::size_t j = 0; j < width; ++j) {
    const auto column = matrix.column(static_cast<std::int64_t>(j));
    for (std::size_t i = 0; i < rows.size(); ++i)
      values[i * width + j] = column[static_cast<std::size_t>(rows[i])];
  }
  std::vector<double> contributions(rows.size() * width), by_field(fields_.size());
  attributor_->Contributions(
      {.values = values.data(), .stride = 1, .rows = rows.size(), .row_stride = width}, class_idx,
      contributions);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::fill(by_field.begin(), by_field.end(), 0.0);
    for (std::size_t j = 0; j < width; ++j) by_field[field_of_[j]] += contributions[i * width + j];
    visit(rows[i], by_field);
  }
}

Status Explainer::ForEachRow(const Table& table, std::span<const std::int32_t> classes, int threads,
                             const Visit& visit) const {
  REEVE_ASSIGN_OR_RETURN(const Matrix matrix,
                         model_.pipeline.Transform(table, AllRows(table.rows())));
  return ParallelFor(threads, (matrix.rows() + kBlockRows - 1) / kBlockRows,
                     [&](std::int64_t block) {
                       ExplainBlock(matrix, classes, block, visit);
                       return Status::Ok();
                     });
}

Result<std::vector<std::vector<Reason>>> Explainer::Reasons(const Table& table,
                                                            std::span<const std::int32_t> classes,
                                                            std::size_t top, int threads) const {
  std::vector<std::vector<Reason>> reasons(classes.size());
  const auto stronger = [](const Reason& a, const Reason& b) {
    const double x = std::abs(a.contribution), y = std::abs(b.contribution);
    return x > y || (x == y && a.field < b.field);
  };
  REEVE_RETURN_IF_ERROR(
      ForEachRow(table, classes, threads, [&](std::int64_t row, std::span<const double> by_field) {
        std::vector<Reason> all;
        for (std::size_t field = 0; field < by_field.size(); ++field) {
          if (by_field[field] != 0) all.push_back({field, by_field[field]});
        }
        const std::size_t kept = std::min(top, all.size());
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                          stronger);
        reasons[static_cast<std::size_t>(row)].assign(
            all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept));
      }));
  return reasons;
}

Result<std::vector<ColumnImportance>> Explainer::Importance(const Table& table,
                                                            std::span<const std::int32_t> classes,
                                                            int threads) const {
  // Sums of sizes and of their squares, block by block.
  struct Sums {
    std::vector<double> sizes, squares;
    double rows = 0;
  };
  std::vector<Sums> blocks(classes.size() / static_cast<std::size_t>(kBlockRows) + 1);
  for (Sums& sums : blocks) {
    sums.sizes.resize(fields_.size());
    sums.squares.resize(fields_.size());
  }
  REEVE_RETURN_IF_ERROR(
      ForEachRow(table, classes, threads, [&](std::int64_t row, std::span<const double> by_field) {
        Sums& sums = blocks[static_cast<std::size_t>(row / kBlockRows)];
        sums.rows += 1;
        for (std::size_t field = 0; field < by_field.size(); ++field) {
          sums.sizes[field] += std::abs(by_field[field]);
          sums.squares[field] += by_field[field] * by_field[field];
        }
      }));
  double rows = 0;
  for (const Sums& sums : blocks) rows += sums.rows;
  std::vector<ColumnImportance> importance;
  for (std::size_t field = 0; field < fields_.size() && rows > 0; ++field) {
    double size = 0, square = 0;
    for (const Sums& sums : blocks) {
      size += sums.sizes[field];
      square += sums.squares[field];
    }
    const double mean = size / rows;
    const double variance = std::max(0.0, square / rows - mean * mean);
    const double half = kTwoSided95 * std::sqrt(variance / rows);
    importance.push_back({fields_[field], mean, std::max(0.0, mean - half), mean + half});
  }
  std::stable_sort(importance.begin(), importance.end(),
                   [](const auto& a, const auto& b) { return a.mean > b.mean; });
  return importance;
}

}  // namespace reeve::explain
