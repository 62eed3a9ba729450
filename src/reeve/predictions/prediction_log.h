#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "reeve/base/clock.h"
#include "reeve/base/file_system.h"
#include "reeve/base/result.h"
#include "reeve/contract/cell_columns.h"
#include "reeve/contract/contract.h"

namespace reeve::predictions {

/// What the scorer read a column's texts as, one for each row or none: it saves the log looking at
/// them again.
struct ReadTexts {
  /// Equal codes (0 and more) are equal texts, to the byte; -1 is any other cell.
  std::span<const std::int32_t> codes;
  /// Dates: seconds since 1970 UTC, NaN = missing.
  std::span<const double> dates;
};

/// The rows of one scoring call. Everything is looked at during Append only.
struct ScoredCall {
  std::string_view request_id;
  /// When it was answered, milliseconds since 1970 UTC.
  std::int64_t time_ms = 0;
  std::string_view model, version;
  /// Names and types of the cells' columns; has to be the same object for one model version.
  const contract::Contract* contract = nullptr;
  /// The contract's columns in its order, as the caller gave them.
  const contract::CellColumns* cells = nullptr;
  /// For each column, or none at all.
  std::span<const ReadTexts> read = {};
  /// Row-major, rows x contract->classes.
  std::span<const double> probabilities;
  /// Index into contract->classes; rows at -1 were refused and are not kept.
  std::span<const std::int32_t> predicted;
  /// What names each row at the caller's ("loan_id" 17): one for each row, or none at all.
  std::span<const std::string_view> keys;
};

/// The true answer of an earlier prediction, found by request id (and row) or by key.
struct Label {
  std::string_view request_id, key;
  /// Row of the request that is meant, 0-based.
  std::int64_t row = 0;
  std::string_view label;
  std::int64_t time_ms = 0;
  std::string_view model;
};

struct PredictionLogOptions {
  /// Folder of the store; made when it is not there. Up to 64 processes may write it at once.
  std::string folder = "predictions";
  /// Memory for rows that are not on disk yet; beyond it rows are dropped and counted. Up
  /// to half of it holds blocks that were written and not yet synced.
  std::size_t buffer_bytes = 12U << 20;
  /// A block is written when it holds this much, or after flush_ms.
  std::size_t block_bytes = 1U << 20;
  std::int64_t flush_ms = 1000;
  /// A file is closed and the next begun at this size, or at the next UTC day.
  std::uint64_t file_bytes = 128U << 20;
  /// Files older than this many days, and the oldest beyond this many bytes in all, are removed; 0
  /// for no such limit.
  std::int64_t retention_days = 30;
  std::uint64_t retention_bytes = 10ULL << 30;
  /// Not owned; has to outlive the log.
  const Clock* clock = &Clock::System();
  /// Not owned; has to outlive the log.
  FileSystem* files = &FileSystem::System();
};

struct PredictionLogStats {
  std::int64_t rows_taken = 0, rows_written = 0, labels_written = 0;
  /// Lost because memory was full or the disk refused, by row.
  std::int64_t rows_dropped = 0;
  std::uint64_t bytes_written = 0;
  /// The failure that keeps the log from writing right now, empty while all is well.
  std::string problem;
};

/// Every scored row, kept in a local columnar store without slowing the answer: Append copies and
/// returns; one thread of the log's own turns rows into columns, compresses and writes them.
/// Thread-safe. The format is docs/formats/predictions.md.
class PredictionLog {
 public:
  /// Fails with kIo when the folder cannot be made or written, kUnavailable when too many
  /// processes write it.
  static Result<std::unique_ptr<PredictionLog>> Open(const PredictionLogOptions& options);
  virtual ~PredictionLog() = default;

  /// Never waits for the disk. Rows that find no memory are counted as dropped.
  virtual void Append(const ScoredCall& call) = 0;
  virtual void AppendLabel(const Label& label) = 0;
  /// Waits until what was appended before is on disk (fsync). Fails with kIo when the disk refused
  /// it: it is kept and tried again each flush_ms as long as there is memory for it.
  virtual Status Flush() = 0;
  virtual PredictionLogStats stats() const = 0;
};

}  // namespace reeve::predictions
