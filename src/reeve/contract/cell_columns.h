#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/contract/cell.h"
#include "reeve/contract/text_head.h"

namespace reeve::contract {

/// Cells of many rows, field after field: a field's kinds, numbers and texts lie side by side, so
/// that whoever works through a field reads nothing else. Holds what a Cell holds, and the heads of
/// texts. Texts are not owned. Reused from batch to batch: a warm one allocates nothing.
/// Thread-compatible.
class CellColumns {
 public:
  CellColumns() = default;
  CellColumns(const CellColumns&) = delete;
  CellColumns& operator=(const CellColumns&) = delete;

  /// Forgets all rows; those that follow have `fields` fields.
  void Begin(std::size_t fields);
  /// A further row, all of it missing.
  void AddRow() {
    if (rows_ == capacity_) Grow();
    ++rows_;
  }

  // Fields of the last row; what was set before is replaced. REQUIRES: field < fields(), rows() >
  // 0.
  /// kNumber; `number` is finite.
  void SetNumber(std::size_t field, double number) {
    const std::size_t at = Last(field);
    kinds_[at] = Cell::Kind::kNumber;
    numbers_[at] = number;
  }
  /// kText; `text` has to live as long as it is looked at.
  void SetText(std::size_t field, std::string_view text) {
    SetText(field, text, TextHead::Of(text));
  }
  /// The same for who knows the text's head.
  void SetText(std::size_t field, std::string_view text, const TextHead& head) {
    const std::size_t at = Last(field);
    kinds_[at] = Cell::Kind::kText;
    texts_[at] = text;
    heads_[at] = head;
  }
  /// Any kind.
  void Set(std::size_t field, const Cell& cell) {
    const std::size_t at = Last(field);
    kinds_[at] = cell.kind;
    numbers_[at] = cell.number;
    texts_[at] = cell.text;
    heads_[at] = TextHead::Of(cell.text);
  }

  /// Cells of a field in rows that follow the last one, for who writes many rows at once.
  struct Room {
    Cell::Kind* kinds;
    double* numbers;
    std::string_view* texts;
    TextHead* heads;
  };
  /// Makes memory for `rows` further rows.
  void MakeRoom(std::size_t rows) {
    while (capacity_ - rows_ < rows) Grow();
  }
  /// Whoever writes by vectors may also write numbers, texts and heads of so many rows behind those
  /// of the room; they mean nothing.
  static constexpr std::size_t kSlack = 8;
  /// REQUIRES: field < fields(). Valid for the rows that MakeRoom was called for, until the next
  /// call that is not const. All of them are missing.
  Room RoomOf(std::size_t field) {
    const std::size_t at = field * stride_ + rows_;
    return {kinds_.get() + at, numbers_.get() + at, texts_.get() + at, heads_.get() + at};
  }
  /// The first `rows` of them are rows from now on.
  void KeepRoom(std::size_t rows) { rows_ += rows; }
  /// The first `rows` of them are missing again.
  void ClearRoom(std::size_t rows);

  // What is there. Spans live until the next AddRow or Begin.
  std::size_t rows() const { return rows_; }
  std::size_t fields() const { return fields_; }
  /// A cell as it was set; its text is not copied.
  Cell At(std::size_t row, std::size_t field) const {
    const std::size_t at = field * stride_ + row;
    Cell cell{.kind = kinds_[at]};
    if (cell.kind == Cell::Kind::kText) {
      cell.text = texts_[at];
    } else if (cell.kind != Cell::Kind::kMissing) {
      cell.number = numbers_[at];
    }
    return cell;
  }
  /// One row as cells in the order of fields.
  std::vector<Cell> Row(std::size_t row) const;

  // A field of all rows. Numbers are set where the kind is number or boolean, texts and their heads
  // where it is text; anything may stand elsewhere.
  std::span<const Cell::Kind> kinds(std::size_t field) const {
    return {kinds_.get() + field * stride_, rows_};
  }
  std::span<const double> numbers(std::size_t field) const {
    return {numbers_.get() + field * stride_, rows_};
  }
  std::span<const std::string_view> texts(std::size_t field) const {
    return {texts_.get() + field * stride_, rows_};
  }
  std::span<const TextHead> heads(std::size_t field) const {
    return {heads_.get() + field * stride_, rows_};
  }

 private:
  std::size_t Last(std::size_t field) const {
    assert(field < fields_ && rows_ > 0);
    return field * stride_ + rows_ - 1;
  }
  void Grow();

  std::size_t fields_ = 0, rows_ = 0;
  // Rows there is room for, and how far fields are apart.
  std::size_t capacity_ = 0, stride_ = 0;
  // Cells there is memory for.
  std::size_t cells_ = 0;
  // Missing wherever no row has been set.
  std::unique_ptr<Cell::Kind[]> kinds_;
  std::unique_ptr<double[]> numbers_;
  std::unique_ptr<std::string_view[]> texts_;
  std::unique_ptr<TextHead[]> heads_;
};

}  // namespace reeve::contract
