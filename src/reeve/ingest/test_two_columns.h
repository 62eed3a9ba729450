#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/ingest/test_folder.h"
#include "reeve/ingest/writer.h"

namespace reeve::ingest {

/// For tests of tables of a database: two columns, a number and a text that every third row lacks.
inline const std::vector<OutputColumn> kTwoColumns = {{"n", ColumnType::kInteger},
                                                      {"s", ColumnType::kText}};

/// Their values for 0 … rows - 1.
inline Table TwoColumns(int rows) {
  Table table;
  std::vector<double> numbers;
  Column texts = Column::Texts("s");
  for (int i = 0; i < rows; ++i) {
    numbers.push_back(i);
    texts.AppendText(i % 3 == 2 ? "" : "r" + std::to_string(i));
  }
  table.Add(Column::Numbers("n", ColumnType::kInteger, std::move(numbers)));
  table.Add(std::move(texts));
  return table;
}

inline Status WriteTwoColumns(const std::string& target, int rows, const WriteOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const auto writer, TableWriter::Open(target, kTwoColumns, options));
  REEVE_RETURN_IF_ERROR(writer->Append(TwoColumns(rows)));
  return writer->Commit();
}

/// The first cell of a source; empty, and a failure of the test, when it cannot be read.
inline std::string FirstCell(const std::string& source) {
  const ReadOutcome outcome = ReadWhole(source);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.message();
  return outcome.table.rows() > 0 ? outcome.table.column(0).ToText(0) : "";
}

}  // namespace reeve::ingest
