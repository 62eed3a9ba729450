#include "reeve/features/derived_step.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"

namespace reeve::features {
namespace {

static_assert(Expression::kMostColumns <= kMostStepInputs);

}  // namespace

Result<std::vector<double>> DeriveColumn(const Derived& derived, const Table& table,
                                         std::span<const std::int64_t> rows) {
  REEVE_ASSIGN_OR_RETURN(const Expression expression, Expression::Parse(derived.expression));
  std::vector<const Column*> columns;
  for (const std::string& name : expression.columns()) {
    REEVE_ASSIGN_OR_RETURN(const Column* const column, table.Get(name));
    if (column->storage() != Column::Storage::kNumbers)
      return Status::InvalidArgument(
          "column " + Quote(name) + " of the derived column " + Quote(derived.name) + " holds " +
          std::string(ColumnTypeName(column->type())) + " values, expected numbers or dates");
    columns.push_back(column);
  }
  std::vector<double> derived_values(rows.size());
  std::vector<std::array<double, Expression::kMostRows>> blocks(columns.size());
  std::vector<const double*> values;
  for (const auto& block : blocks) values.push_back(block.data());
  for (std::size_t begin = 0; begin < rows.size(); begin += Expression::kMostRows) {
    const std::size_t count = std::min(Expression::kMostRows, rows.size() - begin);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      for (std::size_t i = 0; i < count; ++i)
        blocks[j][i] = columns[j]->numbers()[static_cast<std::size_t>(rows[begin + i])];
    }
    expression.Evaluate(values, count, derived_values.data() + begin);
  }
  return derived_values;
}

Result<std::unique_ptr<Step>> DerivedStep::Fit(const Derived& derived, const Table& table,
                                               std::span<const std::int64_t> rows,
                                               const PipelineOptions& options) {
  REEVE_ASSIGN_OR_RETURN(std::vector<double> values, DeriveColumn(derived, table, rows));
  REEVE_ASSIGN_OR_RETURN(Expression expression, Expression::Parse(derived.expression));
  return std::unique_ptr<Step>(std::make_unique<DerivedStep>(
      std::move(expression), FitNumberOutput(derived.name, "", std::move(values), options)));
}

std::vector<StepInput> DerivedStep::Inputs() const {
  std::vector<StepInput> inputs;
  for (const std::string& column : expression_.columns())
    inputs.push_back({.column = column, .storage = Column::Storage::kNumbers});
  return inputs;
}

std::vector<MatrixColumn> DerivedStep::Outputs() const { return number_.Outputs(number_.name); }

void DerivedStep::Apply(std::span<const StepValues> inputs, std::size_t rows,
                        FeatureColumns out) const {
  std::array<const double*, kMostStepInputs> values;
  std::array<double, Expression::kMostRows> derived;
  for (std::size_t begin = 0; begin < rows; begin += derived.size()) {
    const std::size_t count = std::min(derived.size(), rows - begin);
    for (std::size_t j = 0; j < inputs.size(); ++j) values[j] = inputs[j].numbers.data() + begin;
    expression_.Evaluate(std::span(values).first(inputs.size()), count, derived.data());
    number_.Apply(derived.data(), count, {.first = out.first + begin, .stride = out.stride});
  }
}

Json DerivedStep::ToJson() const {
  Json json;
  json["kind"] = "derived";
  json["expression"] = expression_.text();
  json["number"] = number_.ToJson();
  return json;
}

Result<std::unique_ptr<Step>> DerivedStep::FromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::string text, JsonString(json, "expression"));
  Result<Expression> expression = Expression::Parse(text);
  if (!expression.ok()) return Status::Corrupt(expression.status().message());
  REEVE_ASSIGN_OR_RETURN(const Json* const member, JsonMember(json, "number"));
  REEVE_ASSIGN_OR_RETURN(NumberOutput number, NumberOutput::FromJson(*member));
  return std::unique_ptr<Step>(
      std::make_unique<DerivedStep>(std::move(expression).value(), std::move(number)));
}

}  // namespace reeve::features
