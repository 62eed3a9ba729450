#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/cell.h"
#include "reeve/predictions/schema.h"

namespace reeve::predictions {

/// Texts, one after the other.
struct TextCells {
  std::vector<std::uint32_t> lengths;
  std::string bytes;

  void Add(std::string_view text) {
    lengths.push_back(static_cast<std::uint32_t>(text.size()));
    bytes.append(text);
  }
  std::size_t size() const { return lengths.size(); }
  /// Views in order; they live as long as nothing is added.
  std::vector<std::string_view> Views() const;
};

/// One field of many rows, as the callers gave it.
struct FieldCells {
  /// contract::Cell::Kind of each row.
  std::vector<std::uint8_t> kinds;
  /// Of the cells that are numbers or booleans, in order.
  std::vector<double> numbers;
  /// Of the cells that are texts, in order.
  TextCells texts;
};

/// Scored rows of one model, column by column: what a block of rows holds, plain.
struct RowColumns {
  std::vector<std::int64_t> times_ms;
  /// Row of the request, 0-based.
  std::vector<std::uint32_t> rows;
  std::vector<std::int32_t> predicted;
  /// By class, then by row.
  std::vector<std::vector<double>> probabilities;
  TextCells request_ids, keys;
  /// In the contract's order.
  std::vector<FieldCells> fields;

  std::size_t size() const { return times_ms.size(); }
  /// About what it holds in memory and at most needs on disk.
  std::size_t bytes = 0;
  /// Empty columns for rows of `schema`; memory is kept.
  void Clear(const Schema& schema);
};

std::string EncodeRows(const RowColumns& columns);
/// Fails with kCorrupt unless the payload is `rows` rows of `schema`, to its last byte. Takes no
/// memory that the payload's own size does not warrant.
Result<RowColumns> DecodeRows(std::string_view payload, std::uint32_t rows, const Schema& schema);

/// What a block of labels holds.
struct LabelColumns {
  std::vector<std::int64_t> times_ms, rows;
  TextCells request_ids, keys, models, labels;

  std::size_t size() const { return times_ms.size(); }
  std::size_t bytes = 0;
  void Clear();
};

std::string EncodeLabels(const LabelColumns& columns);
Result<LabelColumns> DecodeLabels(std::string_view payload, std::uint32_t rows);

}  // namespace reeve::predictions
