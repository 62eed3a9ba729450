#pragma once

#include <cstdint>
#include <string_view>

#include "reeve/predictions/columns.h"
#include "reeve/predictions/page_pool.h"
#include "reeve/predictions/prediction_log.h"
#include "reeve/predictions/schema.h"

namespace reeve::predictions {

/// Rows without one of the contract's classes were refused: they are not kept.
inline bool IsUsable(const ScoredCall& call, std::size_t row) {
  return static_cast<std::uint32_t>(call.predicted[row]) < call.contract->classes.size();
}

/// A piece of memory that rows and labels are copied into as they come, row by row: writing it is
/// one pass over the cells and allocates nothing. Turned into columns later, by another thread.
/// Never leaves the process, so that it holds pointers and native numbers. Thread-compatible.
class RowChunk {
 public:
  /// Nothing, and no room for anything.
  RowChunk() = default;
  explicit RowChunk(Pages memory) : memory_(std::move(memory)) {}

  bool is_empty() const { return used_ == 0; }
  /// Rows (not labels) in it.
  std::int64_t rows() const { return rows_; }

  /// Copies the usable rows from `row` on as far as they fit, and moves `row` behind them. True
  /// when none is left. `schema` has to outlive the chunk's content.
  bool Append(const ScoredCall& call, const Schema& schema, std::size_t& row);
  /// Takes `rows` rows of a call as PackRows made them, to be compressed. False when they do not
  /// fit.
  struct Packed {
    const Schema* schema = nullptr;
    std::int64_t time_ms = 0;
    std::uint32_t rows = 0;
    std::string_view payload;
  };
  bool AppendPacked(const Packed& packed);
  static std::size_t BytesOfPacked(const Packed& packed);
  /// False when it does not fit.
  bool AppendLabel(const Label& label);

  /// What a chunk needs to take row `row` of the call, or the label.
  static std::size_t BytesOfRow(const ScoredCall& call, const Schema& schema, std::size_t row);
  static std::size_t BytesOfLabel(const Label& label);

  /// A look at one call's rows, or at one label.
  class Records;

 private:
  friend class Records;
  Pages memory_;
  std::size_t used_ = 0;
  std::int64_t rows_ = 0;
};

/// Goes through a chunk from its beginning, row by row.
class RowChunk::Records {
 public:
  explicit Records(const RowChunk& chunk)
      : at_(chunk.memory_.data()), end_(chunk.memory_.data() + chunk.used_) {}

  /// False at the end. Otherwise packed() is null, or what AppendPacked took; else schema() is that
  /// of the row that AddRow takes, or null when AddLabel has to take a label.
  bool Next();
  const Packed* packed() const { return is_packed_ ? &packed_ : nullptr; }
  const Schema* schema() const { return schema_; }
  void AddRow(RowColumns& columns) const;
  void AddLabel(LabelColumns& columns) const;

 private:
  const char* at_;
  const char* end_;
  const Schema* schema_ = nullptr;
  // Of the record that is being gone through.
  const char* record_ = nullptr;
  const char* row_ = nullptr;
  std::uint32_t rows_left_ = 0;
  bool is_packed_ = false;
  Packed packed_;
};

}  // namespace reeve::predictions
