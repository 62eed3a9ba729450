#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/contract/contract.h"
#include "reeve/contract/lint.h"
#include "reeve/contract/typing.h"
#include "reeve/table/table.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {

/// Which table is learnt from, and what each column is for.
struct TrainingTableRequest {
  /// A source: see docs/guide/sources.md.
  std::string data;
  std::string target;
  /// The positive class; empty: 1, yes, true, or else the rarer one.
  std::string positive;
  /// Columns that are left out.
  std::vector<std::string> drop;
  /// Column that holds whole groups, or empty. Not a feature.
  std::string group;
  /// Column that orders rows in time, or empty. Not a feature.
  std::string time;
  /// A second source with labelled rows for the test part, or empty.
  std::string test;
  /// Types the user fixed.
  std::map<std::string, ColumnType> column_types;
  std::vector<std::string> missing_texts = contract::DefaultMissingTexts();
  ingest::BadRowLimit skip_bad_rows;
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// A table that is ready to be learnt from: typed, labelled, linted. Rows without a label are gone;
/// rows of a test source stand behind the others.
struct TrainingTable {
  Table table;
  /// Texts and lists that nothing is learnt from but that may say something about the others: the
  /// same rows, without those of a test source.
  Table set_aside;
  /// The contract without anything that training decides.
  contract::Contract contract;
  /// Columns to learn from, in table order.
  std::vector<std::string> features;
  /// [negative, positive] for two, else sorted.
  std::vector<std::string> classes;
  /// Class of each row.
  std::vector<std::int32_t> labels;
  /// Group and time of each row, or empty.
  std::vector<std::int32_t> groups;
  std::vector<double> times;
  /// Rows of the test source: the last ones. 0 when there is none.
  std::int64_t test_rows = 0;
  /// Rows of `data` read and left out because they had no label; rows of the source skipped as
  /// malformed.
  std::int64_t rows_read = 0, rows_dropped = 0, rows_skipped = 0;
  /// For each row the row of its source (0-based, header not counted).
  std::vector<std::int64_t> source_rows;
  /// DigestOf the typed table of `data`, label column included, before rows were dropped.
  std::string digest;
  /// The files that `data` came from, and their format.
  std::vector<std::string> files;
  std::string format;
  std::vector<contract::Warning> warnings;
  /// What was done to the table, in order, for lineage.json: "dropped column loan_id" …
  std::vector<std::string> transformations;
};

/// Reads, types, labels and lints. Fails with kInvalidArgument for columns and classes that do not
/// exist (naming the nearest), kInvalidData when there is nothing to learn: one class only, no
/// labels, no usable column.
Result<TrainingTable> LoadTrainingTable(const TrainingTableRequest& request);

/// The classes of a target column in the order of the interface, from its labels.
/// `positive` is the name asked for, or empty.
Result<std::vector<std::string>> OrderClasses(const std::map<std::string, std::int64_t>& counts,
                                              const std::string& positive);

}  // namespace reeve::workflow
