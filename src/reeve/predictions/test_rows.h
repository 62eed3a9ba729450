#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reeve/predictions/prediction_log.h"

namespace reeve::predictions {

/// For tests: a model of loans with a column of each kind that matters here, one of them ("time")
/// called like a column that the reader gives.
/// Two classes, "Yes" is the positive one.
inline contract::Contract LoanContract() {
  contract::Contract contract;
  contract.columns = {
      {.name = "income", .type = ColumnType::kInteger, .required = true},
      {.name = "score", .type = ColumnType::kReal},
      {.name = "education", .type = ColumnType::kCategory, .categories = {{"Graduate", 3}}},
      {.name = "asked", .type = ColumnType::kDatetime},
      {.name = "time", .type = ColumnType::kText}};
  contract.target = "approved";
  contract.classes = {"No", "Yes"};
  contract.positive = "Yes";
  return contract;
}

/// For tests (of other modules too): the rows of one call, and what they point into. Answers as
/// model "loans", version 3, unless told otherwise. `contract` and the texts of cells and keys have
/// to outlive it.
class TestCall {
 public:
  /// `time_ms`: when it was answered, milliseconds since 1970 UTC.
  TestCall(const contract::Contract& contract, std::string request_id, std::int64_t time_ms)
      : contract_(contract), request_id_(std::move(request_id)), time_ms_(time_ms) {
    cells_->Begin(contract.columns.size());
  }

  /// One more row. Fields that are not given are missing; a class of -1 is a refused row. The
  /// probability is that of class 1, the others share nothing sensible.
  TestCall& Row(std::vector<contract::Cell> cells, std::int32_t predicted, double probability) {
    cells.resize(contract_.columns.size());
    cells_->AddRow();
    for (std::size_t f = 0; f < cells.size(); ++f) cells_->Set(f, cells[f]);
    predicted_.push_back(predicted);
    for (std::size_t k = 0; k < contract_.classes.size(); ++k)
      probabilities_.push_back(k == 1 ? probability : 1 - probability);
    return *this;
  }
  /// One for each row.
  TestCall& Keys(std::vector<std::string_view> keys) {
    keys_ = std::move(keys);
    return *this;
  }
  /// Another model, or version of it; the contract stays.
  TestCall& Model(std::string model, std::string version) {
    model_ = std::move(model);
    version_ = std::move(version);
    return *this;
  }
  /// What PredictionLog::Append takes. Lives as long as this object is not changed.
  ScoredCall Get() const {
    return {.request_id = request_id_,
            .time_ms = time_ms_,
            .model = model_,
            .version = version_,
            .contract = &contract_,
            .cells = cells_.get(),
            .probabilities = probabilities_,
            .predicted = predicted_,
            .keys = keys_};
  }

 private:
  // What the call points to; copies of the object share their cells.
  const contract::Contract& contract_;
  std::string request_id_, model_ = "loans", version_ = "3";
  std::int64_t time_ms_;
  // Column by column, as a service has them.
  std::shared_ptr<contract::CellColumns> cells_ = std::make_shared<contract::CellColumns>();
  std::vector<double> probabilities_;
  std::vector<std::int32_t> predicted_;
  std::vector<std::string_view> keys_;
};

// Cells, as a caller's JSON gives them.

/// 12.5
inline contract::Cell Number(double value) {
  return {.kind = contract::Cell::Kind::kNumber, .number = value};
}
/// "12.5"; the text is not copied.
inline contract::Cell Text(std::string_view text) {
  return {.kind = contract::Cell::Kind::kText, .text = text};
}
/// true; a JSON boolean
inline contract::Cell Boolean(bool value) {
  return {.kind = contract::Cell::Kind::kBoolean, .number = value ? 1.0 : 0.0};
}

}  // namespace reeve::predictions
