#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/predictions/schema.h"
#include "reeve/table/table.h"

namespace reeve::predictions {

/// Which rows are wanted; what is empty does not matter.
struct ReadFilter {
  /// From (inclusive) and to (exclusive), milliseconds since 1970 UTC.
  std::optional<std::int64_t> since_ms = std::nullopt, until_ms = std::nullopt;
  std::string model = "", version = "", request_id = "", key = "";
};

struct ReadOptions {
  ReadFilter filter;
  /// Join the true answers that came later.
  bool with_labels = true;
  /// Blocks with the latest rows first, instead of in the order they were written.
  bool newest_first = false;
  /// Most memory for labels: they are held all at once, unlike rows.
  std::uint64_t most_label_bytes = 1ULL << 30;
};

/// Rows of one model version, from one block.
struct PredictionChunk {
  std::shared_ptr<const Schema> schema;
  /// time (datetime), request_id, row, key, model, version; the contract's columns, typed by it (a
  /// field that is called like one of the others has "input_" before its name); prediction,
  /// probability (of the positive class, of the predicted one for more than two), label,
  /// label_time.
  Table table;
};

/// What was met on the way and could not be read.
struct ReadProblems {
  /// Damaged blocks, and gaps between blocks.
  std::int64_t damaged_blocks = 0;
  /// Files that end in the midst of a block: one that is being written, or whose writer died.
  std::int64_t torn_files = 0;
  /// "FILE: why" of files that were left out altogether.
  std::vector<std::string> unread_files;
};

/// Reads the files of a prediction log, also while they are written: what was flushed before Open
/// is seen. Memory holds one block and the labels. Hostile files cost no more than that. Not
/// thread-safe.
class PredictionReader {
 public:
  /// Looks at the heads of all blocks and reads the labels. Fails with kNotFound when there is no
  /// such folder, kInvalidData for too many labels.
  static Result<std::unique_ptr<PredictionReader>> Open(const std::string& folder,
                                                        const ReadOptions& options);
  virtual ~PredictionReader() = default;

  /// The models that rows of the filter may come from, in order of appearance.
  virtual std::vector<std::shared_ptr<const Schema>> schemas() const = 0;
  /// The next rows of the filter, at least one; false at the end.
  virtual Result<bool> Next(PredictionChunk* chunk) = 0;
  /// An upper bound of the times of the rows that Next has still to give; nothing at the end.
  virtual std::optional<std::int64_t> latest_ms() const = 0;
  /// Complete only at the end.
  virtual const ReadProblems& problems() const = 0;
};

/// Rows of a model version that were written on a day.
struct StoredRows {
  std::string model, version, day;
  std::int64_t rows = 0;
  std::uint64_t bytes = 0;
};
struct StoreSummary {
  std::vector<StoredRows> rows;
  std::int64_t files = 0, labels = 0;
  std::uint64_t bytes = 0;
  ReadProblems problems;
};
/// Counts what a store holds, by the heads of its blocks. Fails with kNotFound.
Result<StoreSummary> SummariseStore(const std::string& folder);

}  // namespace reeve::predictions
