#include "reeve/explain/partial_dependence.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "reeve/base/nearest.h"
#include "reeve/base/parallel.h"
#include "reeve/base/text.h"
#include "reeve/explain/permutation_importance.h"

namespace reeve::explain {
namespace {

// Evenly spaced rows, so that the part is the same whatever the seed.
std::vector<std::int64_t> SomeRows(std::int64_t rows, std::int64_t most) {
  if (rows <= most) return AllRows(rows);
  std::vector<std::int64_t> some;
  for (std::int64_t i = 0; i < most; ++i) some.push_back(i * rows / most);
  return some;
}

std::vector<double> GridOf(std::span<const double> numbers, bool whole, int most_points) {
  std::vector<double> sorted;
  for (const double number : numbers) {
    if (!std::isnan(number)) sorted.push_back(number);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> distinct = sorted;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() <= static_cast<std::size_t>(most_points)) return distinct;
  std::vector<double> grid;
  for (int i = 0; i < most_points; ++i) {
    const double share = static_cast<double>(i) / (most_points - 1);
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = at - static_cast<double>(below);
    const double value = sorted[below] + part * (sorted[above] - sorted[below]);
    // Values that occur, where only whole ones do.
    grid.push_back(whole ? sorted[part < 0.5 ? below : above] : value);
  }
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

std::vector<DependencePoint> NumberPoints(const Column& column, int most_points) {
  const bool whole = column.type() != ColumnType::kReal;
  std::vector<DependencePoint> points;
  for (const double number : GridOf(column.numbers(), whole, most_points)) {
    points.push_back({.value = Column::Numbers("", column.type(), {number}).ToText(0),
                      .number = number,
                      .bands = {}});
  }
  double rows = 0;
  for (const double number : column.numbers()) {
    if (std::isnan(number) || points.empty()) continue;
    const auto nearest =
        std::min_element(points.begin(), points.end(), [&](const auto& a, const auto& b) {
          return std::abs(*a.number - number) < std::abs(*b.number - number);
        });
    nearest->share += 1;
    rows += 1;
  }
  for (DependencePoint& point : points) point.share /= rows;
  return points;
}

std::vector<DependencePoint> CategoryPoints(const Column& column, int most_points) {
  std::map<std::int32_t, std::int64_t> counts;
  for (const std::int32_t code : column.codes()) {
    if (code != kMissingCode) ++counts[code];
  }
  std::vector<DependencePoint> points;
  for (const auto& [code, count] : counts) {
    points.push_back({.value = column.dictionary()[static_cast<std::size_t>(code)],
                      .share = static_cast<double>(count) / static_cast<double>(column.size()),
                      .bands = {}});
  }
  std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.share > b.share || (a.share == b.share && a.value < b.value);
  });
  if (points.size() > static_cast<std::size_t>(most_points))
    points.resize(static_cast<std::size_t>(most_points));
  return points;
}

// A column of `rows` rows with the point's value in each.
Column Constant(const Column& like, const DependencePoint& point, std::size_t rows) {
  if (like.storage() == Column::Storage::kNumbers)
    return Column::Numbers(like.name(), like.type(), std::vector<double>(rows, *point.number));
  return Column::Codes(like.name(), like.type(), std::vector<std::int32_t>(rows, 0), {point.value});
}

std::vector<DependenceBand> BandsOf(const Probabilities& probabilities) {
  constexpr double kLow = 0.1, kHigh = 0.9;
  std::vector<DependenceBand> bands;
  const int first = probabilities.classes == 2 ? 1 : 0;
  for (int k = first; k < probabilities.classes; ++k) {
    std::vector<double> values;
    double sum = 0;
    for (std::int64_t row = 0; row < probabilities.rows; ++row) {
      values.push_back(probabilities.at(row, k));
      sum += values.back();
    }
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
    };
    bands.push_back({sum / static_cast<double>(values.size()), at(kLow), at(kHigh)});
  }
  return bands;
}

}  // namespace

Result<PartialDependence> DependenceOn(const ExplainedModel& model, const Table& table,
                                       const std::string& column,
                                       const PartialDependenceOptions& options) {
  const std::vector<std::string> known = ColumnsLookedAt(model.pipeline);
  const auto position = table.Find(column);
  if (!position || std::find(known.begin(), known.end(), column) == known.end()) {
    return Status::InvalidArgument("column " + Quote(column) + " is not one the model looks at." +
                                   Suggest(column, known));
  }
  const Column& values = table.column(*position);
  const bool numbers = values.storage() == Column::Storage::kNumbers;
  if (!numbers && values.type() != ColumnType::kCategory) {
    return Status::InvalidArgument("column " + Quote(column) + " is " +
                                   std::string(ColumnTypeName(values.type())) +
                                   ", expected numbers, dates or categories");
  }
  PartialDependence dependence{.column = column, .type = values.type(), .points = {}};
  dependence.points = numbers ? NumberPoints(values, options.most_points)
                              : CategoryPoints(values, options.most_points);
  if (dependence.points.empty())
    return Status::InvalidData("column " + Quote(column) + " has no value in these rows");
  const Table some = table.Take(SomeRows(table.rows(), options.most_rows));
  const auto rows = static_cast<std::size_t>(some.rows());
  REEVE_RETURN_IF_ERROR(ParallelFor(
      options.threads, static_cast<std::int64_t>(dependence.points.size()), [&](std::int64_t i) {
        DependencePoint& point = dependence.points[static_cast<std::size_t>(i)];
        Table changed = some;
        changed.mutable_column(*position) = Constant(values, point, rows);
        REEVE_ASSIGN_OR_RETURN(const Matrix matrix,
                               model.pipeline.Transform(changed, AllRows(changed.rows())));
        point.bands = BandsOf(inference::PredictCorrected(model.model, model.decision, matrix, 1));
        return Status::Ok();
      }));
  return dependence;
}

}  // namespace reeve::explain
