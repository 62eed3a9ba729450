#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/id.h"
#include "reeve/ingest/reader.h"

namespace reeve::ingest {

/// What a whole source holds, as texts; or why it could not be read.
struct ReadOutcome {
  Status status;
  std::vector<std::string> names;
  Table table;
  std::vector<BadRow> bad_rows;
  std::size_t chunks = 0;

  /// The cells of a row, as they would stand in a CSV file.
  std::vector<std::string> Row(std::int64_t row) const {
    std::vector<std::string> cells;
    for (const Column& column : table.columns()) cells.push_back(column.ToText(row));
    return cells;
  }
};

inline ReadOutcome ReadWhole(const std::string& source, const ReadOptions& options = {}) {
  ReadOutcome outcome;
  Result<std::unique_ptr<TableReader>> reader = TableReader::Open(source, options);
  if (!reader.ok()) {
    outcome.status = reader.status();
    return outcome;
  }
  outcome.names = (*reader)->column_names();
  for (;;) {
    Table chunk;
    const Result<bool> more = (*reader)->Next(&chunk);
    if (!more.ok()) {
      outcome.status = more.status();
      break;
    }
    if (outcome.chunks == 0) {
      outcome.table = std::move(chunk);
    } else if (*more) {
      outcome.table.Append(chunk);
    }
    if (!*more) break;
    ++outcome.chunks;
  }
  outcome.bad_rows = (*reader)->bad_rows();
  return outcome;
}

/// A test with a folder of its own, removed afterwards.
class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("reeve-ingest-" + NewId());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const { return (folder_ / name).string(); }
  /// Writes a file and gives its path.
  std::string Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(PathOf(name), std::ios::binary) << bytes;
    return PathOf(name);
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(PathOf(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::filesystem::path folder_;
};

}  // namespace reeve::ingest
