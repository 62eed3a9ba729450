#include "reeve/contract/cell_columns.h"

#include <algorithm>

namespace reeve::contract {
namespace {

constexpr std::size_t kFewestRows = 8;
// Between fields, also so that the cells of a row do not all fall into one set of the cache.
constexpr std::size_t kGap = CellColumns::kSlack;

}  // namespace

void CellColumns::Begin(std::size_t fields) {
  if (fields == fields_) {
    for (std::size_t field = 0; field < fields_; ++field)
      std::fill_n(kinds_.get() + field * stride_, rows_, Cell::Kind::kMissing);
    rows_ = 0;
    return;
  }
  std::fill_n(kinds_.get(), cells_, Cell::Kind::kMissing);
  fields_ = fields;
  rows_ = 0;
  // What memory there is becomes as many rows as fit.
  stride_ = fields == 0 ? 0 : cells_ / fields;
  capacity_ = stride_ > kGap ? stride_ - kGap : 0;
}

void CellColumns::Grow() {
  const std::size_t capacity = std::max(kFewestRows, 2 * capacity_);
  const std::size_t stride = capacity + kGap, cells = stride * fields_;
  auto kinds = std::make_unique<Cell::Kind[]>(cells);
  auto numbers = std::make_unique_for_overwrite<double[]>(cells);
  auto texts = std::make_unique_for_overwrite<std::string_view[]>(cells);
  auto heads = std::make_unique_for_overwrite<TextHead[]>(cells);
  for (std::size_t field = 0; field < fields_; ++field) {
    const std::size_t from = field * stride_, to = field * stride;
    std::copy_n(kinds_.get() + from, rows_, kinds.get() + to);
    std::copy_n(numbers_.get() + from, rows_, numbers.get() + to);
    std::copy_n(texts_.get() + from, rows_, texts.get() + to);
    std::copy_n(heads_.get() + from, rows_, heads.get() + to);
  }
  kinds_ = std::move(kinds);
  numbers_ = std::move(numbers);
  texts_ = std::move(texts);
  heads_ = std::move(heads);
  capacity_ = capacity;
  stride_ = stride;
  cells_ = cells;
}

void CellColumns::ClearRoom(std::size_t rows) {
  for (std::size_t field = 0; field < fields_; ++field)
    std::fill_n(RoomOf(field).kinds, rows, Cell::Kind::kMissing);
}

std::vector<Cell> CellColumns::Row(std::size_t row) const {
  std::vector<Cell> cells;
  cells.reserve(fields_);
  for (std::size_t field = 0; field < fields_; ++field) cells.push_back(At(row, field));
  return cells;
}

}  // namespace reeve::contract
